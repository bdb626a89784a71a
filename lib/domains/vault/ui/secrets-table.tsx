'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Vault } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNow, useUrlState } from '@/components/hooks';
import { type Column, DataTable, FilterBar, StatusPill } from '@/components/data';
import { EmptyState, Panel, TimeAgo } from '@/components/ui';
import { secretsQuery } from '../queries';
import type { SecretView } from '../schema';
import { Due, kindWords, StepPill } from './words';

/** What upstream systems are reached with; never a value. */
export function SecretsTable({ add }: { add: ReactNode }) {
  const [url] = useUrlState({ q: '', state: '' });
  const now = useNow(60_000);
  const filters = {
    ...(url.q ? { q: url.q } : {}),
    ...(url.state ? { state: url.state } : {}),
  };
  const query = useInfiniteQuery(secretsQuery(filters));
  const filtered = Object.keys(filters).length > 0;
  return (
    <div className="grid gap-3">
      <FilterBar
        search={{ placeholder: 'Search secrets' }}
        filters={[
          {
            param: 'state',
            label: 'State',
            options: [
              { value: 'active', label: 'active' },
              { value: 'revoked', label: 'revoked' },
            ],
          },
        ]}
      />
      <Panel padded={false} className="overflow-hidden">
        <DataTable
          id="secrets"
          label="Secrets"
          columns={columns(now)}
          query={query}
          rowKey={(row) => row.id}
          rowHref={(row) => `/vault/${row.id}`}
          empty={
            filtered ? (
              <EmptyState icon={Vault} title="No secret matches">
                Clear a filter, or search for another name.
              </EmptyState>
            ) : (
              <EmptyState icon={Vault} title="No secrets yet" action={add}>
                Keep a tool’s credential here; agents use the tool and never see it.
              </EmptyState>
            )
          }
        />
      </Panel>
    </div>
  );
}

function columns(now: number): Column<SecretView>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      fixed: true,
      phone: 'title',
      sortable: true,
      sortValue: (row) => row.name,
      cell: (row) => (
        <>
          <span className="font-medium">{row.name}</span>
          <span className="note ml-2.5 max-wide:hidden">{row.description}</span>
        </>
      ),
    },
    {
      id: 'state',
      header: 'State',
      width: '140px',
      phone: 'aside',
      cell: (row) =>
        row.rotation ? <StepPill step={row.rotation.step} /> : <StatusPill value={row.state} />,
    },
    {
      id: 'version',
      header: 'Version',
      width: '80px',
      align: 'right',
      phone: 'hide',
      cell: (row) => <span className="num">{row.version ?? '–'}</span>,
    },
    {
      id: 'used',
      header: 'Used by',
      width: '180px',
      cell: (row) =>
        row.usedBy.length > 0 ? (
          row.usedBy.map((tool) => tool.name).join(', ')
        ) : (
          <span className="text-text-3">no tool</span>
        ),
    },
    {
      id: 'rotator',
      header: 'Renewed',
      width: '160px',
      phone: 'hide',
      cell: (row) => kindWords[row.rotator.kind],
    },
    {
      id: 'since',
      header: 'In use since',
      width: '120px',
      sortable: true,
      sortValue: (row) => row.activatedAt ?? '',
      cell: (row) => <TimeAgo at={row.activatedAt} />,
    },
    {
      id: 'due',
      header: 'Due',
      width: '130px',
      sortable: true,
      sortValue: (row) => row.dueAt ?? '',
      cell: (row) => <Due at={row.state === 'active' ? row.dueAt : null} now={now} />,
    },
  ];
}
