'use client';

import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Column, DataTable, StatusPill } from '@/components/data';
import { Button, ConfirmDialog, EmptyState, TimeAgo, toast, Until } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { invitationsQuery, memberQuery, workspacePaths } from '../../queries';
import type { InvitationView } from '../../schema';

const states = {
  open: { tone: 'accent' },
  unconfirmed: { tone: 'hold' },
  accepted: { tone: 'allow' },
  revoked: { tone: 'neutral' },
  expired: { tone: 'neutral' },
} as const;

export function Invitations() {
  const client = useQueryClient();
  const invitations = useInfiniteQuery(invitationsQuery());
  const [deed, setDeed] = useState<{ kind: 'confirm' | 'revoke'; on: InvitationView } | null>(null);
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
      cell: (row) => (isLive(row) ? <Until at={row.expiresAt} /> : null),
    },
    {
      id: 'deeds',
      header: '',
      width: '11.5rem',
      align: 'right',
      fixed: true,
      phone: 'aside',
      cell: (row) => (
        <span className="inline-flex gap-1.5">
          {row.state === 'unconfirmed' ? (
            <Button
              size="sm"
              variant="primary"
              can={row.can.confirm}
              onClick={() => setDeed({ kind: 'confirm', on: row })}
            >
              Confirm
            </Button>
          ) : null}
          <Button
            size="sm"
            can={row.can.revoke}
            onClick={() => setDeed({ kind: 'revoke', on: row })}
          >
            Revoke
          </Button>
        </span>
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
      {deed?.kind === 'revoke' ? (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setDeed(null)}
          title={`Revoke the invitation of ${deed.on.email}?`}
          effects={['Their link stops working']}
          confirmLabel="Revoke"
          tone="danger"
          onConfirm={async () => {
            await api.post(workspacePaths.revokeInvitation(deed.on.id));
            await client.invalidateQueries({ queryKey: ['members', 'invitations'] });
            toast.good('Invitation revoked');
          }}
        />
      ) : null}
      {deed?.kind === 'confirm' ? (
        <ConfirmInvitation invitation={deed.on} onDone={() => setDeed(null)} />
      ) : null}
    </>
  );
}

const isLive = ({ state }: InvitationView) => state === 'open' || state === 'unconfirmed';

function ConfirmInvitation({
  invitation,
  onDone,
}: {
  invitation: InvitationView;
  onDone: () => void;
}) {
  const client = useQueryClient();
  const by = useQuery({
    ...memberQuery(invitation.invitedBy ?? ''),
    enabled: invitation.invitedBy !== null,
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onDone()}
      title={`Confirm the invitation of ${invitation.name}?`}
      description={`${invitation.email}, invited by ${by.data?.name ?? invitation.invitedBy ?? 'a job'}`}
      effects={[
        `Whoever has the link becomes ${invitation.roles.join(' and ')}`,
        'The link works from now on, once',
      ]}
      confirmLabel="Confirm"
      tone="primary"
      onConfirm={async () => {
        await api.post(workspacePaths.confirmInvitation(invitation.id));
        await client.invalidateQueries({ queryKey: ['members', 'invitations'] });
        toast.good('Invitation confirmed');
      }}
    />
  );
}
