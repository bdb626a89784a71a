'use client';

import { useQuery } from '@tanstack/react-query';
import { Page, PageHeader } from '@/components/layout';
import { LinkButton, QueryView, Tabs, type TabsProps } from '@/components/ui';
import { meQuery } from '../../queries';
import { MembersTab } from './members-tab';
import { SecurityTab } from './security-tab';
import { SessionsTab } from './sessions-tab';
import { SingleSignOnTab } from './single-sign-on-tab';
import { TokensTab } from './tokens-tab';
import { WorkspaceTab } from './workspace-tab';

/** Settings, a tab a subject; what someone may not change is shown and says why. `more` are other rooms' tabs. */
export function SettingsPage({ more = [] }: { more?: TabsProps['tabs'] }) {
  const me = useQuery(meQuery());
  return (
    <Page width="wide">
      <PageHeader
        title="Settings"
        subtitle={me.data?.workspace.name}
        actions={
          <>
            <LinkButton href="/settings/delivery">Delivery</LinkButton>
            <LinkButton href="/settings/payloads">Protected payloads</LinkButton>
            <LinkButton href="/settings/retention">Retention</LinkButton>
          </>
        }
      />
      <QueryView query={me}>
        {(who) => (
          <Tabs
            label="Settings"
            tabs={[
              { value: 'workspace', label: 'Workspace', content: <WorkspaceTab /> },
              { value: 'members', label: 'Members', content: <MembersTab me={who} /> },
              {
                value: 'security',
                label: 'Sign-in & security',
                content: <SecurityTab me={who} />,
              },
              { value: 'sessions', label: 'Sessions', content: <SessionsTab me={who} /> },
              { value: 'tokens', label: 'Access tokens', content: <TokensTab /> },
              { value: 'sso', label: 'Single sign-on', content: <SingleSignOnTab /> },
              ...more,
            ]}
          />
        )}
      </QueryView>
    </Page>
  );
}
