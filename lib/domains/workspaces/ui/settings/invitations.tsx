'use client';

import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Column, DataTable, StatusPill } from '@/components/data';
import { Button, ConfirmDialog, EmptyState, TimeAgo, toast, Until } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { invitationsQuery, workspacePaths } from '../../queries';
import type { InvitationView } from '../../schema';

const states = {
  open: { tone: 'accent' },
  accepted: { tone: 'allow' },
  revoked: { tone: 'neutral' },
  expired: { tone: 'neutral' },
} as const;

export function Invitations() {
  const client = useQueryClient();
  const invitations = useInfiniteQuery(invitationsQuery());
  const [revoking, setRevoking] = useState<InvitationView | null>(null);
  const columns: Column<InvitationView>[] = [
    {
      id: 'who',
      header: 'Invited',
      phone: 'title',
      width: '30%',
      fixed: true,
      cell: (row) => (
        <span className="grid">
          <span className="font-medium">{row.name}</span>
          <span className="note">{row.email}</span>
        </span>
      ),
    },
    { id: 'roles', header: 'Roles', cell: (row) => row.roles.join(', ') },
    {
      id: 'state',
      header: 'State',
      cell: (row) => <StatusPill value={row.state} map={states} />,
    },
    { id: 'created', header: 'Created', cell: (row) => <TimeAgo at={row.createdAt} /> },
    {
      id: 'expires',
      header: 'Expires',
      cell: (row) => (row.state === 'open' ? <Until at={row.expiresAt} /> : null),
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
      <DataTable
        id="invitations"
        label="Invitations"
        columns={columns}
        rowKey={(row) => row.id}
        query={invitations}
        shortcuts={false}
        empty={
          <EmptyState compact title="No invitations">
            Invite someone, and the link’s state shows here.
          </EmptyState>
        }
      />
      {revoking ? (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setRevoking(null)}
          title={`Revoke the invitation of ${revoking.email}?`}
          effects={['Their link stops working']}
          confirmLabel="Revoke"
          tone="danger"
          onConfirm={async () => {
            await api.post(workspacePaths.revokeInvitation(revoking.id));
            await client.invalidateQueries({ queryKey: ['members', 'invitations'] });
            toast.good('Invitation revoked');
          }}
        />
      ) : null}
    </>
  );
}
