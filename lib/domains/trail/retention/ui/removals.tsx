'use client';

import { type Column, DataTable } from '@/components/data';
import { formatNumber } from '@/components/format';
import { EmptyState, LinkButton, Panel, TimeAgo } from '@/components/ui';
import type { RetentionClass } from '../classes';
import type { RetentionView } from '../schema';
import { classWords } from './words';

type Removal = RetentionView['removals'][number];

const columns: Column<Removal>[] = [
  {
    id: 'month',
    header: 'Month',
    fixed: true,
    phone: 'title',
    cell: (row) => <span className="num font-medium">{row.month}</span>,
  },
  {
    id: 'classes',
    header: 'Classes',
    cell: (row) => row.classes.map((name) => classWords[name as RetentionClass].title).join(', '),
  },
  {
    id: 'events',
    header: 'Events',
    align: 'right',
    phone: 'aside',
    cell: (row) => <span className="num">{formatNumber(row.events)}</span>,
  },
  { id: 'at', header: 'Removed', width: '140px', cell: (row) => <TimeAgo at={row.at} /> },
];

/** What has been removed; each removal is an event of the trail. */
export function Removals({ view }: { view: RetentionView }) {
  return (
    <Panel
      title="Removed"
      note="Hashes stay, so that everything that is left can still be proved"
      padded={false}
      actions={
        <LinkButton
          size="sm"
          variant="ghost"
          href="/trail?type=trail.events_expired,trail.actions_expired"
        >
          In the trail
        </LinkButton>
      }
    >
      <DataTable<Removal>
        id="retention-removals"
        label="Removals"
        columns={columns}
        rows={view.removals}
        rowKey={(row) => row.id}
        shortcuts={false}
        empty={
          <EmptyState compact title="Nothing has been removed yet">
            The first month goes once it is past its period as a whole.
          </EmptyState>
        }
      />
    </Panel>
  );
}
