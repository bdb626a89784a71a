'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useNow } from '@/components/hooks';
import { type Column, DataTable } from '@/components/data';
import { Badge, EmptyState, Panel, TimeAgo } from '@/components/ui';
import { dueQuery } from '../queries';
import type { DueItem } from '../schema';
import { Due, kindWords, StepPill } from './words';

/** Every secret and credential in use by age against policy, the most urgent first. */
export function DueTable() {
  const query = useInfiniteQuery(dueQuery());
  const now = useNow(60_000);
  return (
    <Panel padded={false} className="overflow-hidden">
      <DataTable
        id="vault-due"
        label="Secrets and credentials by age"
        columns={columns(now)}
        query={query}
        rowKey={(row) => row.id}
        rowHref={(row) =>
          row.agentId ? `/agents/${row.agentId}?tab=credentials` : `/vault/${row.id}`
        }
        empty={
          <EmptyState icon={KeyRound} title="Nothing is kept yet">
            Put a tool’s credential into the vault, or give an agent one.
          </EmptyState>
        }
      />
    </Panel>
  );
}

function columns(now: number): Column<DueItem>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      fixed: true,
      phone: 'title',
      cell: (row) => <span className="font-medium">{row.name}</span>,
    },
    {
      id: 'kind',
      header: 'Kind',
      width: '220px',
      cell: (row) => (
        <>
          {row.subjectType === 'secret' ? 'secret, ' : 'credential, '}
          {kindWords[row.kind] ?? row.kind}
        </>
      ),
    },
    {
      id: 'since',
      header: 'In use since',
      width: '130px',
      cell: (row) => <TimeAgo at={row.since} />,
    },
    {
      id: 'max',
      header: 'At most',
      width: '90px',
      align: 'right',
      phone: 'hide',
      cell: (row) => <span className="num">{row.maxAgeDays} d</span>,
    },
    {
      id: 'due',
      header: 'Due',
      width: '140px',
      phone: 'aside',
      cell: (row) => <Due at={row.dueAt} now={now} />,
    },
    {
      id: 'renewal',
      header: 'Renewal',
      width: '150px',
      cell: (row) =>
        row.rotation ? (
          <StepPill step={row.rotation.step} />
        ) : row.automatic ? (
          <span className="text-text-2">by schedule</span>
        ) : (
          <Badge>by hand</Badge>
        ),
    },
  ];
}
