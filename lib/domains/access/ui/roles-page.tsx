'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus, Shield } from 'lucide-react';
import { formatNumber } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { type Column, DataTable, FilterBar, StatusPill } from '@/components/data';
import { Button, EmptyState, Panel, TimeAgo } from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { manageAccess } from '../policy';
import { rolesQuery } from '../queries';
import type { Role } from '../schema';
import { RoleDialog } from './role-dialogs';

const columns: Column<Role>[] = [
  {
    id: 'name',
    header: 'Name',
    fixed: true,
    phone: 'title',
    sortable: true,
    sortValue: (role) => role.name,
    cell: (role) => (
      <>
        <span className="font-medium">{role.name}</span>
        <span className="note ml-2.5 max-wide:hidden">{role.description}</span>
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '120px',
    phone: 'aside',
    cell: (role) => <StatusPill value={role.state} />,
  },
  {
    id: 'permissions',
    header: 'Permissions',
    align: 'right',
    width: '120px',
    sortable: true,
    sortValue: (role) => role.permissions,
    cell: (role) => formatNumber(role.permissions),
  },
  {
    id: 'agents',
    header: 'Agents',
    align: 'right',
    width: '100px',
    sortable: true,
    sortValue: (role) => role.agents,
    cell: (role) => formatNumber(role.agents),
  },
  {
    id: 'updated',
    header: 'Changed',
    width: '130px',
    phone: 'hide',
    sortable: true,
    sortValue: (role) => role.updatedAt,
    cell: (role) => <TimeAgo at={role.updatedAt} />,
  },
];

export function RolesPage() {
  const [url, setUrl] = useUrlState({ q: '', state: '', new: '' });
  const filters = {
    ...(url.q ? { q: url.q } : {}),
    ...(url.state ? { state: url.state } : {}),
  };
  const query = useInfiniteQuery(rolesQuery(filters));
  const actor = useActor();
  const can = actor && manageAccess(actor);
  const add = (
    <Button variant="primary" icon={Plus} can={can} onClick={() => setUrl({ new: '1' })}>
      New role
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Roles"
        subtitle="Named sets of permissions that agents are put into"
        actions={add}
      />
      <FilterBar
        search={{ placeholder: 'Search roles' }}
        filters={[
          {
            param: 'state',
            label: 'State',
            options: [
              { value: 'active', label: 'active' },
              { value: 'retired', label: 'retired' },
            ],
          },
        ]}
      />
      <Panel padded={false} className="overflow-hidden">
        <DataTable
          id="roles"
          label="Roles"
          columns={columns}
          query={query}
          rowKey={(role) => role.id}
          rowHref={(role) => `/roles/${role.id}`}
          empty={
            Object.keys(filters).length > 0 ? (
              <EmptyState icon={Shield} title="No role matches">
                Clear a filter, or search for another name.
              </EmptyState>
            ) : (
              <EmptyState icon={Shield} title="No roles yet" action={add}>
                Make one, then give it the action types that its agents need.
              </EmptyState>
            )
          }
        />
      </Panel>
      {url.new === '1' && can?.allowed ? <RoleDialog onClose={() => setUrl({ new: '' })} /> : null}
    </Page>
  );
}
