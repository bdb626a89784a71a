'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus, UserRoundCheck } from 'lucide-react';
import { formatDate, formatNumber } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { type Column, DataTable, FilterBar, StatusPill } from '@/components/data';
import { Button, EmptyState, Panel, TimeAgo, Until } from '@/components/ui';
import { campaignsQuery } from '../queries';
import type { Campaign } from '../schema';
import { CampaignDialog } from './campaign-dialog';
import { decidedOf, stateLooks } from './look';

const columns: Column<Campaign>[] = [
  {
    id: 'name',
    header: 'Name',
    fixed: true,
    phone: 'title',
    sortable: true,
    sortValue: (campaign) => campaign.name,
    cell: (campaign) => <span className="font-medium">{campaign.name}</span>,
  },
  {
    id: 'state',
    header: 'State',
    width: '110px',
    phone: 'aside',
    cell: (campaign) => <StatusPill value={campaign.state} map={stateLooks} />,
  },
  {
    id: 'due',
    header: 'Due',
    width: '130px',
    sortable: true,
    sortValue: (campaign) => campaign.dueAt,
    cell: (campaign) =>
      campaign.state === 'open' ? <Until at={campaign.dueAt} /> : formatDate(campaign.dueAt),
  },
  {
    id: 'decided',
    header: 'Decided',
    align: 'right',
    width: '140px',
    sortable: true,
    sortValue: ({ progress }) => decidedOf(progress) / Math.max(1, progress.items),
    cell: ({ progress }) => (
      <span className="num">
        {formatNumber(decidedOf(progress))} of {formatNumber(progress.items)}
      </span>
    ),
  },
  {
    id: 'mine',
    header: 'Waits for you',
    align: 'right',
    width: '130px',
    sortable: true,
    sortValue: ({ progress, state }) => (state === 'open' ? progress.mine : 0),
    cell: ({ progress, state }) =>
      state === 'open' && progress.mine > 0 ? (
        <span className="num font-medium text-hold">{formatNumber(progress.mine)}</span>
      ) : (
        <span className="text-text-3">none</span>
      ),
  },
  {
    id: 'removed',
    header: 'Removed',
    align: 'right',
    width: '110px',
    cell: ({ progress }) => (
      <span className="num">{formatNumber(progress.removed + progress.lapsed)}</span>
    ),
  },
  {
    id: 'created',
    header: 'Started',
    width: '130px',
    phone: 'hide',
    cell: (campaign) => <TimeAgo at={campaign.createdAt} />,
  },
];

/** Each access review, how far it is, and what of it waits for the reader. */
export function CampaignsPage() {
  const [url, setUrl] = useUrlState({ state: '', new: '' });
  const query = useInfiniteQuery(campaignsQuery(url.state ? { state: url.state } : {}));
  const can = query.data?.pages[0]?.can.create;
  const add = (
    <Button variant="primary" icon={Plus} can={can} onClick={() => setUrl({ new: '1' })}>
      New access review
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Access reviews"
        subtitle="What each agent may do, confirmed or removed by its sponsor"
        actions={add}
      />
      <FilterBar
        filters={[
          {
            param: 'state',
            label: 'State',
            options: [
              { value: 'open', label: 'open' },
              { value: 'closed', label: 'closed' },
            ],
          },
        ]}
      />
      <Panel padded={false} className="overflow-hidden">
        <DataTable
          id="campaigns"
          label="Access reviews"
          columns={columns}
          query={query}
          rowKey={(campaign) => campaign.id}
          rowHref={(campaign) => `/access-reviews/${campaign.id}`}
          empty={
            url.state ? (
              <EmptyState icon={UserRoundCheck} title="No access review matches">
                Clear the filter to see all of them.
              </EmptyState>
            ) : (
              <EmptyState icon={UserRoundCheck} title="No access reviews yet" action={add}>
                Start one to have every role and permission confirmed or removed by whoever answers
                for the agent.
              </EmptyState>
            )
          }
        />
      </Panel>
      <CampaignDialog
        open={url.new === '1' && can?.allowed === true}
        onOpenChange={(open) => setUrl({ new: open ? '1' : '' })}
      />
    </Page>
  );
}
