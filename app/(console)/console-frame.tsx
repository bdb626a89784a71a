'use client';

import { useQuery } from '@tanstack/react-query';
import { signOut } from 'next-auth/react';
import { useRouter } from 'next/navigation';
import { useEffect, type ReactNode } from 'react';
import { useLive, useShortcut } from '@/components/hooks';
import { AppShell, CommandPalette, type PaletteItem } from '@/components/layout';
import { LinkButton, Notice } from '@/components/ui';
import { approvalCountQuery } from '@/lib/domains/approvals';
import { reviewSummaryQuery } from '@/lib/domains/reviews';
import { type Me, meQuery } from '@/lib/domains/workspaces';
import { ApiProblem } from '@/lib/http/fetcher';
import { navigation } from './navigation';
import { searchEverything } from './palette-search';

async function leave(): Promise<void> {
  await signOut({ redirect: false });
  window.location.assign('/sign-in');
}

function toSignIn(): void {
  const { pathname, search } = window.location;
  window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/** The shell around every page: who is signed in, what waits, what can be found, and that things change. */
export function ConsoleFrame({ me: first, children }: { me: Me; children: ReactNode }) {
  const router = useRouter();
  const current = useQuery({ ...meQuery(), initialData: first });
  const { data: waiting } = useQuery(approvalCountQuery());
  const { data: reviews } = useQuery(reviewSummaryQuery());
  useLive('/api/live', { onSignedOut: toSignIn });

  const ended = current.error instanceof ApiProblem && current.error.status === 401;
  useEffect(() => {
    if (ended) toSignIn();
  }, [ended]);

  useShortcut('g o', () => router.push('/overview'), 'Overview', { group: 'Go to' });
  useShortcut('g a', () => router.push('/approvals'), 'Approvals', { group: 'Go to' });
  useShortcut('g t', () => router.push('/trail'), 'Trail', { group: 'Go to' });

  const { member, workspace } = current.data;
  const groups = navigation({ waiting: waiting?.pending, toReview: reviews?.open });
  const pages: PaletteItem[] = groups
    .flatMap((group) => group.items)
    .map(({ href, label, icon }) => ({ id: href, href, label, icon, group: 'Pages' }));
  return (
    <AppShell
      groups={groups}
      user={{ name: member.name, detail: member.roles.join(', ') || 'no role' }}
      workspace={workspace.name}
      demo={workspace.demo}
      onSignOut={() => void leave()}
      palette={
        <CommandPalette
          items={[
            ...pages,
            { id: 'sign-out', label: 'Sign out', group: 'You', onSelect: () => void leave() },
          ]}
          search={searchEverything}
        />
      }
    >
      {member.secondFactorMissing ? (
        <Notice
          tone="hold"
          className="mb-3.5"
          title="Your workspace asks approvers for a second factor"
          action={
            <LinkButton size="sm" href="/settings?tab=security">
              Set it up
            </LinkButton>
          }
        >
          You have none yet.
        </Notice>
      ) : null}
      {children}
    </AppShell>
  );
}
