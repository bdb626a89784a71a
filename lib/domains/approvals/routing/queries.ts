import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { agentPaths } from '@/lib/domains/agents';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { ApprovalRoutes, ApproverGroups, Delegations } from '../schema';

export const routingKeys = {
  routes: ['approvals', 'routes'] as const,
  groups: ['approvals', 'groups'] as const,
  delegations: ['approvals', 'delegations'] as const,
};

export const routingPaths = {
  routes: '/api/approval-routes',
  route: (id: string) => `/api/approval-routes/${id}`,
  groups: '/api/approver-groups',
  group: (id: string) => `/api/approver-groups/${id}`,
  delegations: '/api/approval-delegations',
  endDelegation: (id: string) => `/api/approval-delegations/${id}/end`,
};

export function approvalRoutesQuery() {
  return queryOptions({
    queryKey: routingKeys.routes,
    queryFn: () => api.get<z.output<typeof ApprovalRoutes>>(routingPaths.routes),
  });
}

export function approverGroupsQuery() {
  return queryOptions({
    queryKey: routingKeys.groups,
    queryFn: () => api.get<z.output<typeof ApproverGroups>>(routingPaths.groups),
  });
}

export function delegationsQuery() {
  return queryOptions({
    queryKey: routingKeys.delegations,
    queryFn: () => api.get<z.output<typeof Delegations>>(routingPaths.delegations),
  });
}

interface Named {
  id: string;
  name: string;
  state: string;
}

/** Names of these agents, to say of a route what it is for. */
export function agentNamesQuery(ids: readonly string[]) {
  return queryOptions({
    queryKey: ['agents', 'names', ids] as const,
    queryFn: async () => {
      const found = await Promise.allSettled(ids.map((id) => api.get<Named>(agentPaths.one(id))));
      // One that cannot be read keeps its id for a name.
      return new Map(
        found.flatMap((one): [string, string][] =>
          one.status === 'fulfilled' ? [[one.value.id, one.value.name]] : [],
        ),
      );
    },
  });
}

/** Agents for a picker, found by name. */
export async function searchAgents(q: string): Promise<{ value: string; label: string }[]> {
  const { items } = await api.get<Page<Named>>(agentPaths.list, { q, limit: 20 });
  return items
    .filter(({ state }) => state !== 'retired')
    .map(({ id, name }) => ({ value: id, label: name }));
}
