'use client';

import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { type Column, DataTable, StatusPill } from '@/components/data';
import { Button, ConfirmDialog, EmptyState, Panel, TimeAgo, toast, Until } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { tokensQuery, workspacePaths } from '../../queries';
import type { TokenView } from '../../schema';
import { CreateToken } from './create-token';

const words = { read: 'read', write: 'write', authzen: 'ask for decisions' };

export function TokensTab() {
  const client = useQueryClient();
  const tokens = useInfiniteQuery(tokensQuery());
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<TokenView | null>(null);
  const columns: Column<TokenView>[] = [
    {
      id: 'name',
      header: 'Token',
      phone: 'title',
      width: '30%',
      fixed: true,
      cell: (row) => <span className="font-medium">{row.name}</span>,
    },
    {
      id: 'scopes',
      header: 'May',
      cell: (row) => row.scopes.map((scope) => words[scope]).join(' and '),
    },
    { id: 'state', header: 'State', cell: (row) => <StatusPill value={row.state} /> },
    {
      id: 'used',
      header: 'Last used',
      cell: (row) => <TimeAgo at={row.lastUsedAt} empty="never" />,
    },
    {
      id: 'expires',
      header: 'Expires',
      cell: (row) => (row.state === 'active' ? <Until at={row.expiresAt} /> : null),
    },
    {
      id: 'revoke',
      header: '',
      align: 'right',
      fixed: true,
      phone: 'aside',
      cell: (row) => (
        <Button size="sm" can={row.can.revoke} onClick={() => setRevoking(row)}>
          Revoke
        </Button>
      ),
    },
  ];
  return (
    <>
      <Panel
        title="Access tokens"
        note={
          <>
            A script uses this console’s API with your roles. Its routes are in{' '}
            <a
              className="text-accent underline"
              href="/api/openapi.json"
              target="_blank"
              rel="noreferrer"
            >
              openapi.json
            </a>
          </>
        }
        padded={false}
        actions={
          <Button variant="primary" size="sm" icon={Plus} onClick={() => setCreating(true)}>
            New token
          </Button>
        }
      >
        <DataTable
          id="access-tokens"
          label="Personal access tokens"
          columns={columns}
          rowKey={(row) => row.id}
          query={tokens}
          empty={
            <EmptyState title="No access tokens">
              Make one for a script that talks to the API. It is shown once and ends by itself.
            </EmptyState>
          }
        />
      </Panel>
      {creating ? <CreateToken onClose={() => setCreating(false)} /> : null}
      {revoking ? (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setRevoking(null)}
          title={`Revoke ${revoking.name}?`}
          effects={['Whatever uses it is refused from the next request on']}
          confirmLabel="Revoke"
          tone="danger"
          onConfirm={async () => {
            await api.delete(workspacePaths.token(revoking.id));
            await client.invalidateQueries({ queryKey: ['members', 'tokens'] });
            toast.good('Token revoked');
          }}
        />
      ) : null}
    </>
  );
}
