'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { type Column, DataTable } from '@/components/data';
import { Duration, EmptyState, Panel, TimeAgo } from '@/components/ui';
import { rotationsQuery, type RotationFilters } from '../queries';
import type { RotationView } from '../schema';
import { StepPill } from './words';

const columns: Column<RotationView>[] = [
  {
    id: 'subject',
    header: 'What',
    fixed: true,
    phone: 'title',
    cell: (row) => (
      <>
        <span className="font-medium">{row.subjectName}</span>
        <span className="note ml-2">{row.ended?.toDo ?? row.error ?? row.waiting ?? ''}</span>
      </>
    ),
  },
  {
    id: 'step',
    header: 'Step',
    width: '150px',
    phone: 'aside',
    cell: (row) => <StepPill step={row.step} />,
  },
  {
    id: 'trigger',
    header: 'Started',
    width: '120px',
    cell: (row) => (row.trigger === 'schedule' ? 'by schedule' : 'by hand'),
  },
  {
    id: 'at',
    header: 'When',
    width: '120px',
    cell: (row) => <TimeAgo at={row.startedAt} />,
  },
  {
    id: 'took',
    header: 'Took',
    width: '100px',
    align: 'right',
    phone: 'hide',
    cell: (row) =>
      row.finishedAt ? (
        <Duration ms={Date.parse(row.finishedAt) - Date.parse(row.startedAt)} />
      ) : (
        <span className="text-text-3">under way</span>
      ),
  },
];

/** Rotations, latest first; each opens with its steps. */
export function RotationsTable({
  id,
  filters,
  title,
}: {
  id: string;
  filters: RotationFilters;
  title?: string;
}) {
  const query = useInfiniteQuery(rotationsQuery(filters));
  return (
    <Panel title={title} padded={false} className="overflow-hidden">
      <DataTable
        id={id}
        label="Rotations"
        columns={columns}
        query={query}
        rowKey={(row) => row.id}
        rowHref={(row) => `/vault/rotations/${row.id}`}
        empty={
          <EmptyState icon={RefreshCw} title="Nothing has been rotated yet">
            The schedule begins when something nears its age limit; or rotate one by hand.
          </EmptyState>
        }
      />
    </Panel>
  );
}
