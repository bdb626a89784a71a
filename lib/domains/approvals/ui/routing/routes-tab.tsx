'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, Split } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { plural } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import {
  Button,
  ConfirmDialog,
  EmptyState,
  FormError,
  Panel,
  QueryView,
  SkeletonRows,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { approvalKeys } from '../../queries';
import { approvalRoutesQuery, approverGroupsQuery, routingPaths } from '../../routing/queries';
import type { ApprovalRouteView } from '../../schema';
import { ElsewhereRow, RouteRow } from './route-rows';
import { RouteDialog } from './route-dialog';
import { useRoutingNames } from './use-names';

/** Routes in the order in which they are tried, and what holds where none fits. */
export function RoutesTab() {
  const query = useQuery(approvalRoutesQuery());
  const groups = useQuery(approverGroupsQuery());
  const names = useRoutingNames();
  const client = useQueryClient();
  const [url, setUrl] = useUrlState({ route: '' });
  const [removing, setRemoving] = useState<ApprovalRouteView | null>(null);
  const moving = useMoving(query.data?.items);
  const data = query.data;
  const editing = data?.items.find(({ id }) => id === url.route);
  const add = (
    <Button
      variant="primary"
      icon={Plus}
      can={data?.can.create}
      onClick={() => setUrl({ route: 'new' })}
    >
      New route
    </Button>
  );
  const remove = async (route: ApprovalRouteView) => {
    await api.delete(routingPaths.route(route.id));
    toast.good('Route removed', route.name);
    await client.invalidateQueries({ queryKey: approvalKeys.all });
  };
  return (
    <>
      <Panel
        title="Routes"
        note="Tried from the top; the first that fits holds"
        padded={false}
        actions={add}
        className="overflow-hidden"
      >
        <QueryView
          query={query}
          title="The routes could not be loaded"
          skeleton={<SkeletonRows rows={4} />}
        >
          {({ items, warnings }) => (
            <>
              <FormError error={moving.error} className="px-3.5 py-2" />
              {items.length === 0 ? (
                <EmptyState compact icon={Split} title="No routes yet" action={add}>
                  Every held action goes to any one approver. Make a group first, then a route that
                  names it.
                </EmptyState>
              ) : (
                <ol aria-label="Routes, in the order in which they are tried">
                  {items.map((route, at) => (
                    <RouteRow
                      key={route.id}
                      {...{ route, names, at }}
                      of={items.length}
                      onMove={(to) => moving.move(route.id, at, to)}
                      onEdit={() => setUrl({ route: route.id })}
                      onRemove={() => setRemoving(route)}
                    />
                  ))}
                </ol>
              )}
              <ElsewhereRow warnings={warnings} alone={items.length === 0} />
            </>
          )}
        </QueryView>
        <span role="status" className="sr-only">
          {moving.said}
        </span>
      </Panel>
      {data && groups.data && (url.route === 'new' || editing) ? (
        <RouteDialog
          key={url.route}
          {...(editing ? { route: editing } : {})}
          groups={groups.data.items}
          can={editing ? editing.can.update : data.can.create}
          onClose={() => setUrl({ route: '' })}
        />
      ) : null}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={`Remove the route ${removing?.name ?? ''}`}
        description="Who approves changes with the next held action."
        effects={[
          'sends new actions of this kind to the next route that fits, or to any one approver of the workspace',
          'leaves actions that wait now as they were held: with the same signatures to give',
          `keeps the ${plural(groupsOf(removing), 'group')} that it names`,
        ]}
        confirmLabel="Remove route"
        onConfirm={() => (removing ? remove(removing) : undefined)}
      />
    </>
  );
}

function groupsOf(route: ApprovalRouteView | null): number {
  const named = route?.needs.flatMap((need) => [
    need.group,
    ...need.escalation.map(({ group }) => group),
  ]);
  return new Set(named?.filter((group) => group !== null)).size;
}

/** Moves a route, says so, and keeps the keyboard where it was. */
function useMoving(items: ApprovalRouteView[] | undefined) {
  const client = useQueryClient();
  const [said, setSaid] = useState('');
  const moved = useRef<{ id: string; to: number; up: boolean } | null>(null);
  const save = useMutation({
    mutationFn: ({ id, to }: { id: string; to: number }) =>
      api.patch<ApprovalRouteView>(routingPaths.route(id), { position: to }),
    onSuccess: ({ name, position }) => {
      setSaid(`${name} is number ${position + 1} now.`);
      return client.invalidateQueries({ queryKey: approvalKeys.all });
    },
  });
  useEffect(() => {
    const last = moved.current;
    if (!last || items?.[last.to]?.id !== last.id) return;
    moved.current = null;
    // At an end the button for this way is off, and the other one is where the hand may go.
    const [first, second] = last.up ? ['up', 'down'] : ['down', 'up'];
    const button = (way: string | undefined) =>
      document.querySelector<HTMLElement>(`[data-move="${way}:${last.id}"]`);
    const wanted = button(first);
    (wanted?.ariaDisabled === 'true' ? button(second) : wanted)?.focus();
  }, [items]);
  return {
    said,
    error: save.error,
    move: (id: string, at: number, to: number) => {
      if (save.isPending) return;
      moved.current = { id, to, up: to < at };
      save.mutate({ id, to });
    },
  };
}
