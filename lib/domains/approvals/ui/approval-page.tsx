'use client';

import { useQuery } from '@tanstack/react-query';
import { Page, PageHeader } from '@/components/layout';
import { LinkButton, Panel, QueryView, SkeletonText } from '@/components/ui';
import { CardOpened } from '../health/card-opened';
import { watchedApproval } from '../queries';
import { ApprovalCard } from './approval-card';

/** One held action at its own address; the card alone, as a phone shows it. */
export function ApprovalPage({ id }: { id: string }) {
  const query = useQuery(watchedApproval(id));
  return (
    <Page width="wide">
      <PageHeader
        title="Approval"
        tab={query.data && `${query.data.display.action_type.title} by ${query.data.agent.name}`}
        back={{ href: '/approvals', label: 'Approvals' }}
        actions={<LinkButton href={`/policies/explain?action=${id}`}>Explain</LinkButton>}
      />
      <QueryView
        query={query}
        title="This action could not be loaded"
        skeleton={
          <Panel>
            <SkeletonText lines={8} className="py-4" />
          </Panel>
        }
      >
        {(approval) => (
          <>
            <CardOpened approval={approval} />
            <ApprovalCard
              approval={approval}
              after={<LinkButton href="/approvals">Back to the queue</LinkButton>}
            />
          </>
        )}
      </QueryView>
    </Page>
  );
}
