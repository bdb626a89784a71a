'use client';

import { useQuery } from '@tanstack/react-query';
import { Page, PageHeader } from '@/components/layout';
import { Tabs } from '@/components/ui';
import { approvalRoutesQuery, approverGroupsQuery, delegationsQuery } from '../../routing/queries';
import { ApprovalTabs } from '../approval-tabs';
import { DelegationsTab } from './delegations-tab';
import { GroupsTab } from './groups-tab';
import { RoutesTab } from './routes-tab';

/** Who approves what: routes, the groups that they name, and who stands in for whom. */
export function RoutingPage() {
  const routes = useQuery(approvalRoutesQuery()).data;
  const groups = useQuery(approverGroupsQuery()).data;
  const delegations = useQuery(delegationsQuery()).data;
  return (
    <Page>
      <PageHeader title="Who approves what" subtitle="Whose signatures a held action takes" />
      <ApprovalTabs />
      <Tabs
        label="Who approves what"
        tabs={[
          {
            ...{ value: 'routes', label: 'Routes', content: <RoutesTab /> },
            count: routes?.items.length,
          },
          {
            ...{ value: 'groups', label: 'Groups', content: <GroupsTab /> },
            count: groups?.items.length,
          },
          {
            ...{ value: 'delegations', label: 'Delegations', content: <DelegationsTab /> },
            count: delegations?.items.filter(({ state }) => state !== 'ended').length,
          },
        ]}
      />
    </Page>
  );
}
