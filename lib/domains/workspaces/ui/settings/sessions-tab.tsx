'use client';

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { type Column, DataTable } from '@/components/data';
import { useUrlState } from '@/components/hooks';
import { Badge, Button, EmptyState, Panel, Switch, TimeAgo, toast, Until } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { sessionsQuery, workspacePaths } from '../../queries';
import type { Me, SessionView } from '../../schema';

const methods: Record<string, string> = {
  password: 'Password',
  'password+totp': 'Password and code',
  'password+passkey': 'Password and passkey',
  oidc: 'Single sign-on',
};

/** The browser and system of a user agent, as far as it says. */
function device(userAgent: string): string {
  const browser = /(Edg|Firefox|Chrome|Safari)[/ ]/.exec(userAgent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(userAgent)?.[1];
  const named = [browser?.replace('Edg', 'Edge'), system?.replace('Mac OS X', 'macOS')];
  return named.filter(Boolean).join(' on ') || userAgent || 'unknown';
}

export function SessionsTab({ me }: { me: Me }) {
  const client = useQueryClient();
  const [{ of }, setUrl] = useUrlState({ of: 'own' });
  const isAdmin = me.member.roles.includes('admin');
  const everyone = of === 'all' && isAdmin;
  const sessions = useInfiniteQuery(sessionsQuery(everyone ? 'all' : 'own'));
  const end = useMutation({
    mutationFn: (id: string | null) =>
      id === null
        ? api.post(workspacePaths.revokeOtherSessions)
        : api.post(workspacePaths.revokeSession(id)),
    onSuccess: async (_, id) => {
      if (id !== null && id === me.session.id) window.location.assign('/sign-in');
      await client.invalidateQueries({ queryKey: ['members', 'sessions'] });
      toast.good(id === null ? 'Your other sessions have ended' : 'Session ended');
    },
    onError: (error) => toast.error(error),
  });
  const columns: Column<SessionView>[] = [
    {
      id: 'device',
      header: 'Signed in on',
      phone: 'title',
      width: '30%',
      fixed: true,
      cell: (row) => (
        <span className="grid">
          <span className="font-medium">
            {device(row.userAgent)} {row.current ? <Badge tone="accent">this one</Badge> : null}
          </span>
          <span className="note">{row.address}</span>
        </span>
      ),
    },
    ...(everyone
      ? [{ id: 'member', header: 'Member', cell: (row: SessionView) => row.member.name }]
      : []),
    { id: 'method', header: 'By', cell: (row) => methods[row.method] ?? row.method },
    { id: 'since', header: 'Since', cell: (row) => <TimeAgo at={row.createdAt} /> },
    { id: 'seen', header: 'Last seen', cell: (row) => <TimeAgo at={row.lastSeenAt} /> },
    { id: 'ends', header: 'Ends', cell: (row) => <Until at={row.expiresAt} /> },
    {
      id: 'end',
      header: '',
      align: 'right',
      fixed: true,
      phone: 'aside',
      cell: (row) => (
        <Button size="sm" can={row.can.revoke} onClick={() => end.mutate(row.id)}>
          {row.current ? 'Sign out' : 'End'}
        </Button>
      ),
    },
  ];
  return (
    <Panel
      title="Sessions"
      note="Each lasts 12 hours"
      padded={false}
      actions={
        <span className="flex flex-wrap items-center gap-3">
          <Switch
            checked={everyone}
            onCheckedChange={(on) => setUrl({ of: on ? 'all' : 'own' })}
            label="Everyone’s"
            disabledReason={isAdmin ? undefined : 'Only an admin sees everyone’s sessions.'}
          />
          <Button size="sm" onClick={() => end.mutate(null)} loading={end.isPending}>
            End my other sessions
          </Button>
        </span>
      }
    >
      <DataTable
        id="member-sessions"
        label="Sessions"
        columns={columns}
        rowKey={(row) => row.id}
        query={sessions}
        empty={<EmptyState title="No live session">Sessions last 12 hours.</EmptyState>}
      />
    </Panel>
  );
}
