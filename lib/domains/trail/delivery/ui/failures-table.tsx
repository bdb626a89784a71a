'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { type Column, DataTable } from '@/components/data';
import { formatNumber } from '@/components/format';
import { Badge, Duration, EmptyState, Panel, TimeAgo } from '@/components/ui';
import { failuresQuery } from '../queries';
import type { FailureView, SinkView } from '../schema';

const columns: Column<FailureView>[] = [
  {
    id: 'error',
    header: 'What happened',
    fixed: true,
    phone: 'title',
    cell: (row) => row.error,
  },
  { id: 'began', header: 'Began', width: '130px', cell: (row) => <TimeAgo at={row.beganAt} /> },
  {
    id: 'lasted',
    header: 'Lasted',
    width: '120px',
    phone: 'aside',
    cell: (row) =>
      row.endedAt ? (
        <Duration ms={Date.parse(row.endedAt) - Date.parse(row.beganAt)} />
      ) : (
        <Badge tone="deny">still failing</Badge>
      ),
  },
  {
    id: 'attempts',
    header: 'Tries',
    width: '80px',
    align: 'right',
    cell: (row) => <span className="num">{formatNumber(row.attempts)}</span>,
  },
  {
    id: 'position',
    header: 'At event',
    width: '110px',
    align: 'right',
    cell: (row) => <span className="num">{formatNumber(row.position)}</span>,
  },
];

/** Each stretch in which a sink could not be delivered to. */
export function FailuresTable({ sink }: { sink: SinkView }) {
  return (
    <Panel padded={false} className="overflow-hidden">
      <DataTable
        id="trail-sink-failures"
        label="Failures"
        columns={columns}
        query={useInfiniteQuery(failuresQuery(sink.id))}
        rowKey={(row) => row.id}
        empty={
          <EmptyState icon={CircleCheck} title="It has never failed" compact>
            A stretch of failing stays here, with what the receiver answered.
          </EmptyState>
        }
      />
    </Panel>
  );
}
