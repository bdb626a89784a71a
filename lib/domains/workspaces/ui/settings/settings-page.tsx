'use client';

import { useQuery } from '@tanstack/react-query';
import { UserRoundX } from 'lucide-react';
import { Page, PageHeader } from '@/components/layout';
import { LinkButton, Notice, QueryView, Tabs, type TabsProps } from '@/components/ui';
import { NO_ROLE } from '@/lib/kernel/actor';
import { meQuery } from '../../queries';
import type { Me } from '../../schema';
import { MembersTab } from './members-tab';
import { SecurityTab } from './security-tab';
import { SessionsTab } from './sessions-tab';
import { SingleSignOnTab } from './single-sign-on-tab';
import { TokensTab } from './tokens-tab';
import { WorkspaceTab } from './workspace-tab';

/** The workspace's where the reader has a role in it, and what is their own. */
function tabsOf(who: Me): TabsProps['tabs'] {
  const own = [
    { value: 'security', label: 'Sign-in & security', content: <SecurityTab me={who} /> },
    { value: 'sessions', label: 'Sessions', content: <SessionsTab me={who} /> },
    { value: 'tokens', label: 'Access tokens', content: <TokensTab /> },
  ];
  if (who.member.roles.length === 0) return own;
  return [
    { value: 'workspace', label: 'Workspace', content: <WorkspaceTab />, keep: true },
    { value: 'members', label: 'Members', content: <MembersTab me={who} /> },
    ...own,
    { value: 'sso', label: 'Single sign-on', content: <SingleSignOnTab /> },
  ];
}

/** Settings, a tab a subject; what someone may not change is shown and says why. `more` are other rooms' tabs. */
export function SettingsPage({ more = [] }: { more?: TabsProps['tabs'] }) {
  const me = useQuery(meQuery());
  const hasRole = me.data === undefined || me.data.member.roles.length > 0;
  return (
    <Page width="wide">
      <PageHeader
        title="Settings"
        subtitle={me.data?.workspace.name}
        actions={
          hasRole ? (
            <>
              <LinkButton href="/settings/delivery">Delivery</LinkButton>
              <LinkButton href="/settings/payloads">Protected payloads</LinkButton>
              <LinkButton href="/settings/retention">Retention</LinkButton>
            </>
          ) : null
        }
      />
      <QueryView query={me}>
        {(who) => (
          <>
            {hasRole ? null : (
              <Notice tone="hold" icon={UserRoundX} title="You have no role yet" className="mb-3.5">
                {NO_ROLE}
              </Notice>
            )}
            <Tabs label="Settings" tabs={[...tabsOf(who), ...more]} />
          </>
        )}
      </QueryView>
    </Page>
  );
}
