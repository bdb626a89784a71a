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
  LogIn,
  ScrollText,
  Settings,
  Shield,
  Split,
  SquareCheck,
  UserRoundCheck,
  UserRoundX,
} from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { usePathname } from 'next/navigation';
import { signOut } from 'next-auth/react';
import type { ReactNode } from 'react';
import { useLive } from '@/components/hooks';
import {
  AppShell,
  CommandPalette,
  type CommandPaletteProps,
  type NavGroup,
} from '@/components/layout';
import { Button, EmptyState, LinkButton, Notice, SignInAgain } from '@/components/ui';
import { NO_ROLE } from '@/lib/kernel/actor';
import { meQuery } from '../queries';
import type { Me } from '../schema';
import { useSignedOut } from './use-signed-out';

/** Numbers beside the navigation; absent where nothing is known yet. */
export interface NavCounts {
  approvals?: number | undefined;
  /** Whether they wait for the reader; else it is how many wait at all. */
  approvalsAreMine?: boolean | undefined;
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
  search?: CommandPaletteProps['search'];
  /** What the palette asks for where it finds more than pages. */
  searchWords?: string;
  children: ReactNode;
}

/** All that is open to who has no role. */
const ownPages = [{ href: '/settings', label: 'Settings', icon: Settings, phone: true }];

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
          count: (counts.approvals ?? 0) > 99 ? '99+' : counts.approvals || null,
          hot: counts.approvalsAreMine === true && (counts.approvals ?? 0) > 0,
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

const routing = {
  ...{ id: 'routing', href: '/approvals/routing', label: 'Who approves what' },
  ...{ icon: Split, group: 'Pages' },
};

async function leave(): Promise<void> {
  await signOut({ redirect: false });
  window.location.assign('/sign-in');
}

/** The shell around every page of the console, with who is signed in and what changes live. */
export function ConsoleFrame({
  me: first,
  counts = {},
  search,
  searchWords,
  children,
}: ConsoleFrameProps) {
  const { signedOut, tell, retry } = useSignedOut();
  useLive('/api/live', { onSignedOut: tell, enabled: !signedOut });
  const me = useQuery({ ...meQuery(), initialData: first }).data;
  const hasRole = me.member.roles.length > 0;
  const groups = hasRole ? navigation(counts) : [{ items: ownPages }];
  // What is a member's own stands there.
  const own = usePathname() === '/settings';
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
            ...(hasRole ? [routing] : []),
            { id: 'sign-out', label: 'Sign out', group: 'You', onSelect: () => void leave() },
          ]}
          {...(search && hasRole ? { search } : {})}
          {...(searchWords && hasRole ? { placeholder: searchWords } : {})}
        />
      }
    >
      {signedOut ? (
        <div role="alert" className="sticky top-2 z-30 mb-3.5 max-wide:top-14">
          <Notice
            tone="deny"
            icon={LogIn}
            title="You are signed out"
            action={
              <Button size="sm" onClick={retry}>
                I have signed in
              </Button>
            }
          >
            What you typed is kept: <SignInAgain /> and come back to this one.
          </Notice>
        </div>
      ) : null}
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
      {hasRole || own ? children : <NoRole />}
    </AppShell>
  );
}

/** Instead of every page that shows what is the workspace's. */
function NoRole() {
  return (
    <EmptyState
      icon={UserRoundX}
      title="You have no role yet"
      action={<LinkButton href="/settings?tab=security">Your sign-in and security</LinkButton>}
    >
      {NO_ROLE}
    </EmptyState>
  );
}
