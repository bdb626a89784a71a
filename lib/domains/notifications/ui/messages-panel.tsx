'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Inbox } from 'lucide-react';
import Link from 'next/link';
import { type Column, DataTable, FilterBar } from '@/components/data';
import { useUrlState } from '@/components/hooks';
import { formatNumber } from '@/components/format';
import { EmptyState, Panel, TimeAgo } from '@/components/ui';
import { notificationsQuery } from '../queries';
import type { NotificationView, Occasion } from '../schema';
import { MessageState, occasionWords } from './words';

const columns: Column<NotificationView>[] = [
  {
    id: 'occasion',
    header: 'Message',
    fixed: true,
    phone: 'title',
    cell: (row) =>
      row.action ? (
        <Link className="hover:underline" href={`/approvals/${row.action}`}>
          {occasionWords[row.occasion as Occasion]}
        </Link>
      ) : (
        occasionWords[row.occasion as Occasion]
      ),
  },
  {
    id: 'to',
    header: 'To',
    width: '24%',
    cell: (row) =>
      [row.recipient?.name, row.channel?.name ?? 'every admin'].filter(Boolean).join(', '),
  },
  {
    id: 'state',
    header: 'State',
    width: '120px',
    phone: 'aside',
    cell: (row) => <MessageState message={row} />,
  },
  {
    id: 'tries',
    header: 'Tries',
    width: '70px',
    align: 'right',
    cell: (row) => <span className="num">{formatNumber(row.tries)}</span>,
  },
  {
    id: 'error',
    header: 'Why not sent',
    width: '26%',
    cell: (row) => row.error ?? <span className="text-text-3">none</span>,
  },
  {
    id: 'at',
    header: 'When',
    width: '120px',
    cell: (row) => <TimeAgo at={row.ended_at ?? row.created_at} />,
  },
];

/** What was sent, is to be sent, and could not be. */
export function MessagesPanel() {
  const [url] = useUrlState({ state: '' });
  const query = useInfiniteQuery(notificationsQuery(url.state ? { state: url.state } : {}));
  return (
    <Panel title="Messages" note="Kept for 90 days" padded={false}>
      <DataTable
        id="notifications"
        label="Messages"
        columns={columns}
        query={query}
        rowKey={(row) => row.id}
        toolbar={
          <FilterBar
            filters={[
              {
                param: 'state',
                label: 'State',
                options: [
                  { value: 'queued', label: 'waiting' },
                  { value: 'sent', label: 'sent' },
                  { value: 'failed', label: 'given up' },
                  { value: 'skipped', label: 'not needed' },
                ],
              },
            ]}
          />
        }
        empty={
          <EmptyState icon={Inbox} title="Nothing was sent yet" compact>
            Each message stays here with whether it arrived.
          </EmptyState>
        }
      />
    </Panel>
  );
}
