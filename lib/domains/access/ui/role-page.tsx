'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Archive, Pencil, Plus, ShieldPlus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { plural } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import { StatusPill } from '@/components/data';
import {
  Button,
  ConfirmDialog,
  CopyId,
  EmptyState,
  Panel,
  QueryView,
  SkeletonRows,
  SkeletonText,
  TimeAgo,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { accessKeys, accessPaths, permissionsQuery, roleQuery } from '../queries';
import type { Permission, Role } from '../schema';
import { PermissionDialog } from './permission-dialog';
import { PermissionTable } from './permission-table';
import { RoleDialog } from './role-dialogs';

export interface RolePageProps {
  id: string;
  /** The agents in the role, which the agents room shows. */
  agents: ReactNode;
}

/** What a role allows, and who is in it. */
export function RolePage({ id, agents }: RolePageProps) {
  const role = useQuery(roleQuery(id));
  return (
    <Page>
      <QueryView
        query={role}
        title="This role could not be loaded"
        skeleton={
          <>
            <PageHeader title="Role" back={{ href: '/roles', label: 'Roles' }} />
            <SkeletonText lines={6} className="py-4" />
          </>
        }
      >
        {(data) => (
          <>
            <Head role={data} />
            <Permissions role={data} />
            <Panel title="Agents in this role" note={plural(data.agents, 'agent')} padded={false}>
              {agents}
            </Panel>
          </>
        )}
      </QueryView>
    </Page>
  );
}

function Head({ role }: { role: Role }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<'edit' | 'retire' | null>(null);
  const retire = useMutation({
    mutationFn: () => api.post<Role>(accessPaths.retireRole(role.id)),
    onSuccess: (retired) => {
      client.setQueryData(accessKeys.role(role.id), retired);
      toast.good('Role retired', role.name);
      return client.invalidateQueries({ queryKey: accessKeys.all });
    },
  });
  return (
    <>
      <PageHeader
        title={role.name}
        back={{ href: '/roles', label: 'Roles' }}
        actions={
          <>
            <Button icon={Pencil} can={role.can.update} onClick={() => setAsking('edit')}>
              Edit
            </Button>
            <Button
              icon={Archive}
              variant="danger"
              can={role.can.retire}
              onClick={() => setAsking('retire')}
            >
              Retire…
            </Button>
          </>
        }
        meta={
          <>
            <StatusPill value={role.state} />
            {role.description ? <span>{role.description}</span> : null}
            <span className="note">
              changed <TimeAgo at={role.updatedAt} />
            </span>
            <CopyId id={role.id} />
          </>
        }
      />
      {asking === 'edit' ? <RoleDialog role={role} onClose={() => setAsking(null)} /> : null}
      <ConfirmDialog
        open={asking === 'retire'}
        onOpenChange={(open) => setAsking(open ? 'retire' : null)}
        title={`Retire ${role.name}`}
        description="A retired role grants nothing. It cannot be brought back."
        effects={[
          `takes ${plural(role.permissions, 'permission')} from ${plural(role.agents, 'agent')}`,
          'holds from their next request',
        ]}
        confirmLabel="Retire"
        typeName={role.name}
        onConfirm={() => retire.mutateAsync()}
      />
    </>
  );
}

function Permissions({ role }: { role: Role }) {
  const client = useQueryClient();
  const query = useQuery(permissionsQuery(role.id));
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<Permission | null>(null);
  const [removing, setRemoving] = useState<Permission | null>(null);
  const remove = useMutation({
    mutationFn: (permission: Permission) => api.delete(accessPaths.permission(permission.id)),
    onSuccess: (_, permission) => {
      toast.good('Permission removed', `${role.name}: ${permission.actionType.key}`);
      return client.invalidateQueries({ queryKey: accessKeys.all });
    },
  });
  const add = (
    <Button icon={Plus} can={role.can.update} onClick={() => setAdding(true)}>
      Add permission
    </Button>
  );
  return (
    <Panel
      title="Permissions"
      note="What it allows, and at which tier"
      actions={add}
      padded={false}
    >
      <QueryView query={query} skeleton={<SkeletonRows rows={4} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact icon={ShieldPlus} title="This role allows nothing yet" action={add}>
              Add the action types that its agents need, each at a tier.
            </EmptyState>
          ) : (
            <PermissionTable permissions={items} onEdit={setEditing} onRemove={setRemoving} />
          )
        }
      </QueryView>
      {adding ? <PermissionDialog role={role} onClose={() => setAdding(false)} /> : null}
      {editing ? (
        <PermissionDialog
          key={editing.id}
          role={role}
          permission={query.data?.items.find(({ id }) => id === editing.id) ?? editing}
          onClose={() => setEditing(null)}
        />
      ) : null}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={`Remove ${removing?.actionType.key ?? ''}`}
        effects={[
          `takes it from ${plural(role.agents, 'agent')} at the next request, unless another role grants it`,
        ]}
        confirmLabel="Remove"
        onConfirm={() => removing && remove.mutateAsync(removing)}
      />
    </Panel>
  );
}
