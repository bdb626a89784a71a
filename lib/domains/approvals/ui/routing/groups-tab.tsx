'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, TriangleAlert, UsersRound } from 'lucide-react';
import { useState } from 'react';
import { plural } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import { type Column, DataTable } from '@/components/data';
import {
  Badge,
  Button,
  ConfirmDialog,
  EmptyState,
  Panel,
  QueryView,
  SkeletonRows,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { approvalKeys } from '../../queries';
import { approverGroupsQuery, routingPaths } from '../../routing/queries';
import type { ApproverGroup } from '../../schema';
import { GroupDialog } from './group-dialog';

/** Groups of approvers: who is in each, who of them can approve, and what needs it. */
export function GroupsTab() {
  const query = useQuery(approverGroupsQuery());
  const client = useQueryClient();
  const [url, setUrl] = useUrlState({ group: '' });
  const [removing, setRemoving] = useState<ApproverGroup | null>(null);
  const data = query.data;
  const editing = data?.items.find(({ id }) => id === url.group);
  const add = (
    <Button
      variant="primary"
      icon={Plus}
      can={data?.can.create}
      onClick={() => setUrl({ group: 'new' })}
    >
      New group
    </Button>
  );
  const columns: Column<ApproverGroup>[] = [
    {
      ...{ id: 'name', header: 'Group', fixed: true, phone: 'title', width: '26%' },
      cell: (group) => (
        <span className="grid whitespace-normal [overflow-wrap:anywhere] wide:py-1.5">
          <span className="font-medium">{group.name}</span>
          {group.description ? <span className="note">{group.description}</span> : null}
        </span>
      ),
    },
    {
      ...{ id: 'members', header: 'Members', fixed: true },
      cell: (group) => <Members group={group} />,
    },
    {
      ...{ id: 'routes', header: 'Needed by', width: '20%' },
      cell: ({ routes }) =>
        routes.length > 0 ? (
          <span className="whitespace-normal">{routes.join(', ')}</span>
        ) : (
          <span className="text-text-3">no route</span>
        ),
    },
    {
      ...{ id: 'do', header: 'Change', align: 'right', fixed: true, width: '170px' },
      cell: (group) => (
        <span className="inline-flex gap-2">
          <Button
            size="sm"
            can={group.can.update}
            aria-label={`Edit ${group.name}`}
            onClick={() => setUrl({ group: group.id })}
          >
            Edit
          </Button>
          <Button
            size="sm"
            can={group.can.remove}
            aria-label={`Remove ${group.name}`}
            onClick={() => setRemoving(group)}
          >
            Remove…
          </Button>
        </span>
      ),
    },
  ];
  const remove = async (group: ApproverGroup) => {
    await api.delete(routingPaths.group(group.id));
    toast.good('Group removed', group.name);
    await client.invalidateQueries({ queryKey: approvalKeys.all });
  };
  return (
    <>
      <Panel
        title="Groups"
        note="An empty group is nobody"
        padded={false}
        actions={add}
        className="overflow-hidden"
      >
        <QueryView
          query={query}
          title="The groups could not be loaded"
          skeleton={<SkeletonRows rows={4} />}
        >
          {({ items }) => (
            <DataTable
              id="approver-groups"
              label="Groups of approvers"
              columns={columns}
              rows={items}
              rowKey={(group) => group.id}
              empty={
                <EmptyState compact icon={UsersRound} title="No groups yet" action={add}>
                  Make one of the people who sign for the same thing, then name it in a route.
                </EmptyState>
              }
            />
          )}
        </QueryView>
      </Panel>
      {data && (url.group === 'new' || editing) ? (
        <GroupDialog
          key={url.group}
          {...(editing ? { group: editing } : {})}
          can={editing ? editing.can.update : data.can.create}
          onClose={() => setUrl({ group: '' })}
        />
      ) : null}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={`Remove the group ${removing?.name ?? ''}`}
        effects={[
          `takes ${plural(removing?.members.length ?? 0, 'member')} out of it; they stay members of the workspace`,
          'changes no route: none needs it',
        ]}
        confirmLabel="Remove group"
        onConfirm={() => (removing ? remove(removing) : undefined)}
      />
    </>
  );
}

function Members({ group }: { group: ApproverGroup }) {
  const able = group.members.filter(({ approves }) => approves).length;
  return (
    <span className="grid gap-1 whitespace-normal wide:py-1.5">
      {able === 0 ? (
        <span className="inline-flex items-start gap-1.5 font-medium text-deny">
          <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" strokeWidth={1.75} />
          Nobody in it can approve
        </span>
      ) : null}
      {group.members.length > 0 ? (
        <ul className="flex flex-wrap gap-1">
          {group.members.map(({ id, name, approves, away }) => (
            <li key={id}>
              <Badge tone={approves && !away ? 'neutral' : 'hold'} className="whitespace-normal">
                {name}
                {approves ? null : ', cannot approve'}
                {away ? `, away: ${away.name} stands in` : null}
              </Badge>
            </li>
          ))}
        </ul>
      ) : null}
    </span>
  );
}
