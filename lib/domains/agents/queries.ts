import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { Agent } from './schema';

export interface AgentFilters {
  q?: string;
  state?: string;
  environment?: string;
  sponsor?: string;
  role?: string;
}

export const agentKeys = {
  all: ['agents'] as const,
  list: (filters: AgentFilters) => ['agents', 'list', filters] as const,
  one: (id: string) => ['agents', 'one', id] as const,
};

export const agentPaths = {
  list: '/api/agents',
  one: (id: string) => `/api/agents/${id}`,
  verb: (id: string, name: 'activate' | 'suspend' | 'retire') => `/api/agents/${id}/${name}`,
};

export function agentsQuery(filters: AgentFilters) {
  return infiniteQueryOptions({
    queryKey: agentKeys.list(filters),
    queryFn: ({ pageParam }) =>
      api.get<Page<Agent>>(agentPaths.list, { ...filters, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function agentQuery(id: string) {
  return queryOptions({
    queryKey: agentKeys.one(id),
    queryFn: () => api.get<Agent>(agentPaths.one(id)),
  });
}
