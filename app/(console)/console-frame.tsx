'use client';

import { useQuery } from '@tanstack/react-query';
import { signOut } from 'next-auth/react';
import { useRouter } from 'next/navigation';
import { useEffect, useMemo, type ReactNode } from 'react';
import { useLive, useShortcut } from '@/components/hooks';
import { AppShell, CommandPalette } from '@/components/layout';
import { ErrorState } from '@/components/ui';
import { approvalCountQuery } from '@/lib/domains/approvals';
import { reviewSummaryQuery } from '@/lib/domains/reviews';
import type { Me } from '@/lib/domains/workspaces';
import { api, ApiProblem } from '@/lib/http/fetcher';
import { navigation } from './navigation';
import { searchEverything } from './palette-search';

const SIGN_IN = '/sign-in';

function goToSignIn() {
  const here = `${window.location.pathname}${window.location.search}`;
  window.location.assign(`${SIGN_IN}?callbackUrl=${encodeURIComponent(here)}`);
}

/** The shell with what it must know: who is signed in, what waits, and that things change. */
export function ConsoleFrame({ children }: { children: ReactNode }) {
  const router = useRouter();
  const me = useQuery({
    queryKey: ['workspace', 'me'],
    queryFn: () => api.get<Me>('/api/workspace/me'),
    staleTime: 60_000,
  });
  const known = me.data !== undefined;
  const waiting = useQuery({ ...approvalCountQuery(), enabled: known });
  const reviews = useQuery({ ...reviewSummaryQuery(), enabled: known });
  useLive('/api/live', { enabled: known, onSignedOut: goToSignIn });

  const signedOut = me.error instanceof ApiProblem && me.error.status === 401;
  useEffect(() => {
    if (signedOut) goToSignIn();
  }, [signedOut]);

  useShortcut('g o', () => router.push('/'), 'Go to the overview', { group: 'Go' });
  useShortcut('g a', () => router.push('/approvals'), 'Go to approvals', { group: 'Go' });
  useShortcut('g t', () => router.push('/trail'), 'Go to the trail', { group: 'Go' });

  const groups = useMemo(
    () => navigation({ waiting: waiting.data?.pending, toReview: reviews.data?.open }),
    [waiting.data?.pending, reviews.data?.open],
  );
  const pages = useMemo(
    () =>
      groups.flatMap((group) =>
        group.items.map(({ href, label, icon }) => ({
          id: href,
          label,
          href,
          icon,
          group: 'Pages',
        })),
      ),
    [groups],
  );
  const member = me.data?.member;
  return (
    <AppShell
      groups={groups}
      user={{ name: member?.name ?? '…', detail: member?.roles.join(', ') ?? '' }}
      workspace={me.data?.workspace.name ?? ''}
      demo={me.data?.workspace.demo ?? false}
      onSignOut={() => void signOut({ callbackUrl: SIGN_IN })}
      palette={<CommandPalette items={pages} search={searchEverything} />}
    >
      {signedOut ? null : me.isError && !known ? (
        <ErrorState error={me.error} onRetry={() => void me.refetch()} />
      ) : (
        children
      )}
    </AppShell>
  );
}
