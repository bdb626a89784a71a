'use client';

import { useQuery } from '@tanstack/react-query';
import { type Column, DataTable, LineChart } from '@/components/data';
import type { Tone } from '@/components/ui';
import { Page, PageHeader } from '@/components/layout';
import {
  Badge,
  Duration,
  EmptyState,
  Panel,
  QueryView,
  SkeletonText,
  TimeAgo,
} from '@/components/ui';
import { approvalLoadQuery } from '../queries';
import { ApprovalTabs } from '../ui/approval-tabs';
import type { GroupLoad, Load } from './schema';

/** How much waits for whom, and how long it took of late. */
export function LoadPage() {
  const query = useQuery(approvalLoadQuery());
  return (
    <Page>
      <PageHeader title="Approvals" subtitle="Load: what waits for whom, and how long it took" />
      <ApprovalTabs />
      <QueryView
        query={query}
        title="The load could not be computed"
        skeleton={
          <Panel>
            <SkeletonText lines={8} className="py-4" />
          </Panel>
        }
      >
        {(load) => (
          <Panel title="Decisions a day" note="of what was held in the last 30 days" padded={false}>
            <div className="border-b border-line px-3.5 py-3">
              <LineChart
                label="Decisions a day by group"
                data={load.days.map((day, at) => ({
                  at: day,
                  values: Object.fromEntries(
                    busiest(load).map(({ id, daily }) => [id, daily[at] ?? 0]),
                  ),
                }))}
                series={busiest(load).map((row, at) => ({
                  ...{ key: row.id, label: nameOf(row), tone: tones[at] ?? 'neutral' },
                }))}
              />
            </div>
            <DataTable
              id="approval-load"
              label="Load by group"
              rows={load.items}
              rowKey={(row) => row.id}
              columns={columns}
              empty={<EmptyState title="No group yet">Any approver signs what is held.</EmptyState>}
            />
          </Panel>
        )}
      </QueryView>
    </Page>
  );
}

/** As many lines as have a colour of their own. */
const tones: Tone[] = ['accent', 'neutral'];

function busiest({ items }: Load): GroupLoad[] {
  return items
    .toSorted((a, b) => b.decided - a.decided)
    .slice(0, tones.length)
    .filter(({ decided }, at) => at === 0 || decided > 0);
}

const nameOf = ({ group }: GroupLoad) => group?.name ?? 'Any approver';

function Times({ of }: { of: GroupLoad['wait_seconds'] }) {
  if (!of) return <span className="text-text-3">none yet</span>;
  return (
    <span className="num whitespace-nowrap">
      <Duration ms={of.median * 1_000} />
      <span className="text-text-3">
        {' '}
        / <Duration ms={of.p90 * 1_000} />
      </span>
    </span>
  );
}

const columns: Column<GroupLoad>[] = [
  {
    ...{ id: 'group', header: 'Group', phone: 'title', fixed: true, sortable: true },
    sortValue: nameOf,
    cell: (row) => (
      <span className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{nameOf(row)}</span>
        {row.approvers === 0 ? <Badge tone="deny">nobody can sign</Badge> : null}
      </span>
    ),
  },
  {
    ...{ id: 'approvers', header: 'Can sign', align: 'right', sortable: true },
    sortValue: ({ approvers }) => approvers,
    cell: ({ approvers }) => <span className="num">{approvers}</span>,
  },
  {
    ...{ id: 'pending', header: 'Waiting', align: 'right', phone: 'aside', sortable: true },
    sortValue: ({ pending }) => pending,
    cell: ({ pending }) => <span className="num">{pending}</span>,
  },
  {
    ...{ id: 'oldest', header: 'Oldest', sortable: true },
    sortValue: ({ oldest }) => oldest,
    cell: ({ oldest }) => <TimeAgo at={oldest} empty="none waits" />,
  },
  {
    ...{ id: 'decided', header: 'Decided', align: 'right', sortable: true },
    sortValue: ({ decided }) => decided,
    cell: ({ decided }) => <span className="num">{decided}</span>,
  },
  {
    ...{ id: 'wait', header: 'Wait, median / 90 %', width: '180px', sortable: true },
    sortValue: (row) => row.wait_seconds?.median,
    cell: (row) => <Times of={row.wait_seconds} />,
  },
  {
    ...{ id: 'card', header: 'Card, median / 90 %', width: '180px', sortable: true },
    sortValue: (row) => row.decision_seconds?.median,
    cell: (row) => <Times of={row.decision_seconds} />,
  },
];
