'use client';

import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useCallback } from 'react';
import { useGo, useShortcut } from '@/components/hooks';
import { accessReviewsWaitingQuery } from '@/lib/domains/access';
import { approvalCountQuery } from '@/lib/domains/approvals';
import { reviewSummaryQuery } from '@/lib/domains/reviews';
import { maySearch } from '@/lib/domains/trail';
import { ConsoleFrame as Frame, type Me, useActor } from '@/lib/domains/workspaces';
import { paletteWords, searchEverything } from './palette-search';

/** The workspace's frame with what only the whole console knows: what waits, and what can be found. */
export function ConsoleFrame({ me, children }: { me: Me; children: ReactNode }) {
  const go = useGo();
  // Whoever has no role may see none of it, and is not refused it on every page.
  const enabled = me.member.roles.length > 0;
  const waiting = useQuery({ ...approvalCountQuery(), enabled });
  const reviews = useQuery({ ...reviewSummaryQuery(), enabled });
  const access = useQuery({ ...accessReviewsWaitingQuery(), enabled });
  useShortcut('g o', () => go('/overview'), 'Overview', { group: 'Go to' });
  useShortcut('g a', () => go('/approvals'), 'Approvals', { group: 'Go to' });
  useShortcut('g t', () => go('/trail'), 'Trail', { group: 'Go to' });
  const actor = useActor();
  const trail = actor !== undefined && maySearch(actor).allowed;
  const search = useCallback((query: string) => searchEverything(query, trail), [trail]);
  const toReview = reviews.data?.open;
  const counts = {
    approvals: waiting.data?.mine ?? waiting.data?.pending,
    approvalsAreMine: typeof waiting.data?.mine === 'number',
    reviews: toReview ? String(toReview) : undefined,
    accessReviews: access.data?.items,
  };
  return (
    <Frame me={me} counts={counts} search={search} searchWords={paletteWords(trail)}>
      {children}
    </Frame>
  );
}
