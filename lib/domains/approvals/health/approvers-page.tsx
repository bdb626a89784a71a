'use client';

import { useQuery } from '@tanstack/react-query';
import { HeartPulse } from 'lucide-react';
import { formatDate, formatDay, formatPercent } from '@/components/format';
import { type Column, DataTable } from '@/components/data';
import { Page, PageHeader } from '@/components/layout';
import {
  Badge,
  Duration,
  EmptyState,
  Notice,
  Panel,
  QueryView,
  SkeletonText,
  Tooltip,
} from '@/components/ui';
import { PlantedPanel } from '../planted/panel';
import { approverHealthQuery } from '../queries';
import { ApprovalTabs } from '../ui/approval-tabs';
import type { ApproverHealth, ApproversHealth } from './schema';

/** How approvers decide: for admins and auditors everyone, for an approver themselves. */
export function ApproversPage() {
  const query = useQuery(approverHealthQuery());
  return (
    <Page>
      <PageHeader
        title="Approvals"
        subtitle={
          query.data?.everyone === false
            ? 'Approvers: how you decide. Admins and auditors see the same of everyone.'
            : 'Approvers: how each decides'
        }
      />
      <ApprovalTabs />
      <QueryView
        query={query}
        title="This could not be computed"
        skeleton={
          <Panel>
            <SkeletonText lines={8} className="py-4" />
          </Panel>
        }
      >
        {(health) => (
          <>
            <Alerts health={health} />
            <Panel padded={false}>
              <DataTable
                id="approver-health"
                label="Approvers"
                rows={health.items}
                rowKey={(row) => row.id}
                columns={columns}
                empty={
                  <EmptyState icon={HeartPulse} title={`No decision in ${health.days} days`}>
                    Once held actions are decided, this says how: the time on the card, the share
                    approved, approvals in a row and decisions at night.
                  </EmptyState>
                }
              />
            </Panel>
            <p className="note">
              Of the last {health.days} days. The time on a card is from its opening to the
              signature, by the server’s clock. What a grant approved is left out, and a batch is
              one decision. An alert means {health.thresholds.in_a_row} approvals in a row, half of
              them in under {health.thresholds.median_seconds} seconds or without the card. Planted
              requests are counted over 90 days.
            </p>
            <PlantedPanel />
          </>
        )}
      </QueryView>
    </Page>
  );
}

function Alerts({ health }: { health: ApproversHealth }) {
  const found = health.items.filter(({ alerts }) => alerts.length > 0);
  if (found.length === 0) return null;
  return (
    <Notice tone="deny" title="Signed without reading">
      <ul className="grid gap-1">
        {found.map(({ id, member, alerts: [last] }) => (
          <li key={id}>
            {member.name}: {last?.in_a_row} approvals in a row, half of them in under{' '}
            {last?.median_seconds} s{last ? `, on ${formatDay(last.day)}` : null}. Talk to them;
            what they approved can be looked at in the trail.
          </li>
        ))}
      </ul>
    </Notice>
  );
}

const share = (part: number, of: number) => (of === 0 ? 0 : part / of);
const seconds = (value: number | null) =>
  value === null ? <span className="text-text-3">no card</span> : <Duration ms={value * 1_000} />;

const columns: Column<ApproverHealth>[] = [
  {
    ...{ id: 'member', header: 'Approver', phone: 'title', fixed: true, sortable: true },
    width: '230px',
    sortValue: ({ member }) => member.name,
    cell: ({ member, alerts, raised }) => (
      <span className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{member.name}</span>
        {alerts.length > 0 ? (
          <Tooltip content={`On ${alerts.map(({ day }) => formatDay(day)).join(', ')}`}>
            <span>
              <Badge tone="deny">signed without reading</Badge>
            </span>
          </Tooltip>
        ) : null}
        {raised ? (
          <Tooltip content={`Since ${formatDate(raised.since)}, until ${formatDate(raised.until)}`}>
            <span>
              <Badge tone="hold">+1 signature</Badge>
            </span>
          </Tooltip>
        ) : null}
      </span>
    ),
  },
  {
    ...{ id: 'decisions', header: 'Decisions', align: 'right', phone: 'aside', sortable: true },
    sortValue: ({ decisions }) => decisions,
    cell: ({ decisions, signatures, batches }) => (
      <span className="num">
        {decisions}
        {batches > 0 ? <span className="note"> ({signatures} signatures)</span> : null}
      </span>
    ),
  },
  {
    ...{ id: 'approved', header: 'Approved', align: 'right', sortable: true },
    sortValue: ({ approved, signatures }) => share(approved, signatures),
    cell: ({ approved, signatures }) => (
      <span className="num">{formatPercent(share(approved, signatures), 0)}</span>
    ),
  },
  {
    ...{ id: 'median', header: 'On card, p50', sortable: true },
    sortValue: ({ median_seconds }) => median_seconds,
    cell: ({ median_seconds }) => seconds(median_seconds),
  },
  {
    ...{ id: 'p90', header: 'On card, p90', sortable: true },
    sortValue: ({ p90_seconds }) => p90_seconds,
    cell: ({ p90_seconds }) => seconds(p90_seconds),
  },
  {
    ...{ id: 'unopened', header: 'Without the card', align: 'right', sortable: true },
    sortValue: ({ unopened }) => unopened,
    cell: ({ unopened }) => <span className="num">{unopened}</span>,
  },
  {
    ...{ id: 'streak', header: 'In a row', align: 'right', sortable: true },
    sortValue: ({ longest_streak }) => longest_streak,
    cell: ({ longest_streak }) => <span className="num">{longest_streak}</span>,
  },
  {
    ...{ id: 'planted', header: 'Planted, caught', align: 'right', sortable: true },
    sortValue: ({ planted }) => share(planted.caught, planted.seen),
    cell: ({ planted }) => (
      <span className="num">
        {planted.seen === 0 ? (
          <span className="text-text-3">none seen</span>
        ) : (
          `${planted.caught} of ${planted.seen}`
        )}
      </span>
    ),
  },
  {
    ...{ id: 'night', header: 'At night', align: 'right', sortable: true },
    sortValue: ({ at_night }) => at_night,
    cell: ({ at_night, decisions }) => (
      <span className="num">
        {at_night} <span className="note">({formatPercent(share(at_night, decisions), 0)})</span>
      </span>
    ),
  },
];
