'use client';

import {
  Bot,
  BookOpen,
  ClipboardCheck,
  Database,
  Clock,
  History,
  House,
  KeyRound,
  ScrollText,
  Settings,
  Shield,
  Split,
  SquareCheck,
  UserRoundCheck,
} from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { signOut } from 'next-auth/react';
import { useEffect, type ReactNode } from 'react';
import { useLive } from '@/components/hooks';
import { AppShell, CommandPalette, type NavGroup, type PaletteItem } from '@/components/layout';
import { LinkButton, Notice } from '@/components/ui';
import { ApiProblem } from '@/lib/http/fetcher';
import { meQuery } from '../queries';
import type { Me } from '../schema';

/** Numbers beside the navigation; absent where nothing is known yet. */
export interface NavCounts {
  approvals?: number | undefined;
  /** `12 of 30` */
  reviews?: string | undefined;
  /** Items of access reviews that wait for the reader. */
  accessReviews?: number | undefined;
  agents?: number | undefined;
}

export interface ConsoleFrameProps {
  me: Me;
  counts?: NavCounts | undefined;
  /** What the palette finds beyond pages. */
  search?: ((q: string) => Promise<PaletteItem[]>) | undefined;
  children: ReactNode;
}

function navigation(counts: NavCounts): NavGroup[] {
  return [
    {
      items: [
        { href: '/overview', label: 'Overview', icon: House, phone: true },
        {
          href: '/approvals',
          label: 'Approvals',
          icon: Clock,
          phone: true,
          count: counts.approvals || null,
          hot: (counts.approvals ?? 0) > 0,
        },
        {
          href: '/reviews',
          label: 'Reviews',
          icon: SquareCheck,
          phone: true,
          count: counts.reviews ?? null,
        },
      ],
    },
    {
      label: 'Govern',
      items: [
        { href: '/agents', label: 'Agents', icon: Bot, count: counts.agents ?? null },
        { href: '/roles', label: 'Roles', icon: Shield },
        { href: '/policies', label: 'Policies', icon: History },
        {
          href: '/access-reviews',
          label: 'Access reviews',
          icon: UserRoundCheck,
          count: counts.accessReviews || null,
          hot: (counts.accessReviews ?? 0) > 0,
        },
        { href: '/catalog', label: 'Catalog', icon: BookOpen },
        { href: '/classification', label: 'Classification', icon: Database },
        { href: '/vault', label: 'Vault', icon: KeyRound },
      ],
    },
    {
      label: 'Assure',
      items: [
        { href: '/trail', label: 'Trail', icon: ScrollText, phone: true },
        { href: '/compliance', label: 'Compliance', icon: ClipboardCheck },
      ],
    },
    { items: [{ href: '/settings', label: 'Settings', icon: Settings }] },
  ];
}

async function leave(): Promise<void> {
  await signOut({ redirect: false });
  window.location.assign('/sign-in');
}

/** The shell around every page of the console, with who is signed in and what changes live. */
export function ConsoleFrame({ me: first, counts = {}, search, children }: ConsoleFrameProps) {
  useLive('/api/live', { onSignedOut: goToSignIn });
  const current = useQuery({ ...meQuery(), initialData: first });
  useSignedInOnly(current.error);
  const me = current.data;
  const groups = navigation(counts);
  const pages = groups.flatMap((group) => group.items);
  return (
    <AppShell
      groups={groups}
      user={{ name: me.member.name, detail: me.member.roles.join(', ') || 'no role' }}
      workspace={me.workspace.name}
      demo={me.workspace.demo}
      onSignOut={() => void leave()}
      palette={
        <CommandPalette
          items={[
            ...pages.map(({ href, label, icon }) => ({
              id: href,
              href,
              label,
              icon,
              group: 'Pages',
            })),
            {
              ...{ id: 'routing', href: '/approvals/routing', label: 'Who approves what' },
              ...{ icon: Split, group: 'Pages' },
            },
            { id: 'sign-out', label: 'Sign out', group: 'You', onSelect: () => void leave() },
          ]}
          {...(search ? { search } : {})}
        />
      }
    >
      {me.member.secondFactorMissing ? (
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

function goToSignIn(): void {
  const { pathname, search } = window.location;
  window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/** Leaves for the sign-in page once the session has ended. */
function useSignedInOnly(error: unknown): void {
  const ended = error instanceof ApiProblem && error.status === 401;
  useEffect(() => {
    if (ended) goToSignIn();
  }, [ended]);
}
