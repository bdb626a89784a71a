'use client';

import { useQuery } from '@tanstack/react-query';
import { type Column, DataTable, StatusPill } from '@/components/data';
import { CopyId, EmptyState, Panel, QueryView, TimeAgo } from '@/components/ui';
import { secretVersionsQuery } from '../queries';
import type { SecretVersionView } from '../schema';

const columns: Column<SecretVersionView>[] = [
  {
    id: 'version',
    header: 'Version',
    fixed: true,
    phone: 'title',
    width: '90px',
    cell: (row) => <span className="num font-medium">{row.version}</span>,
  },
  {
    id: 'state',
    header: 'State',
    width: '130px',
    phone: 'aside',
    cell: (row) => (
      <StatusPill
        value={row.state}
        map={{
          current: { tone: 'allow', label: 'current' },
          previous: { tone: 'hold', label: 'still valid' },
        }}
      />
    ),
  },
  {
    id: 'upstream',
    header: 'Upstream’s id',
    cell: (row) =>
      row.upstreamId ? (
        <CopyId id={row.upstreamId} />
      ) : (
        <span className="text-text-3">not known</span>
      ),
  },
  {
    id: 'activated',
    header: 'In use since',
    width: '130px',
    cell: (row) => <TimeAgo at={row.activatedAt} />,
  },
  {
    id: 'revoked',
    header: 'Revoked',
    width: '130px',
    cell: (row) => <TimeAgo at={row.revokedAt} empty="–" />,
  },
];

/** A secret's versions without their values. */
export function VersionsTable({ secretId }: { secretId: string }) {
  const query = useQuery(secretVersionsQuery(secretId));
  return (
    <Panel title="Versions" padded={false} className="overflow-hidden">
      <QueryView query={query}>
        {({ items }) => (
          <DataTable
            id="secret-versions"
            label="Versions"
            columns={columns}
            rows={items}
            rowKey={(row) => row.id}
            shortcuts={false}
            empty={<EmptyState title="No versions" compact />}
          />
        )}
      </QueryView>
    </Panel>
  );
}
