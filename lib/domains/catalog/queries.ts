import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { ActionType, Tool } from './schema';

export interface ToolFilters {
  q?: string;
  state?: string;
}
export interface ActionTypeFilters extends ToolFilters {
  tool?: string;
  effect?: string;
}

export const catalogKeys = {
  all: ['catalog'] as const,
  tools: (filters: ToolFilters) => ['catalog', 'tools', filters] as const,
  tool: (id: string) => ['catalog', 'tool', id] as const,
  actionTypes: (filters: ActionTypeFilters) => ['catalog', 'action-types', filters] as const,
  actionType: (id: string) => ['catalog', 'action-type', id] as const,
};

export const catalogPaths = {
  tools: '/api/tools',
  tool: (id: string) => `/api/tools/${id}`,
  retireTool: (id: string) => `/api/tools/${id}/retire`,
  actionTypes: '/api/action-types',
  actionType: (id: string) => `/api/action-types/${id}`,
  retireActionType: (id: string) => `/api/action-types/${id}/retire`,
};

export function toolsQuery(filters: ToolFilters) {
  return infiniteQueryOptions({
    queryKey: catalogKeys.tools(filters),
    queryFn: ({ pageParam }) =>
      api.get<Page<Tool>>(catalogPaths.tools, { ...filters, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function toolQuery(id: string) {
  return queryOptions({
    queryKey: catalogKeys.tool(id),
    queryFn: () => api.get<Tool>(catalogPaths.tool(id)),
  });
}

export function actionTypesQuery(filters: ActionTypeFilters) {
  return infiniteQueryOptions({
    queryKey: catalogKeys.actionTypes(filters),
    queryFn: ({ pageParam }) =>
      api.get<Page<ActionType>>(catalogPaths.actionTypes, { ...filters, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function actionTypeQuery(id: string) {
  return queryOptions({
    queryKey: catalogKeys.actionType(id),
    queryFn: () => api.get<ActionType>(catalogPaths.actionType(id)),
  });
}

/** Every action type by its key, to say of a key what it is; loaded once in a while. */
export function actionTypeIndexQuery() {
  return queryOptions({
    queryKey: [...catalogKeys.all, 'index'] as const,
    queryFn: async () => {
      const index = new Map<string, ActionType>();
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: Page<ActionType> = await api.get(catalogPaths.actionTypes, {
          limit: 200,
          cursor,
        });
        for (const type of page.items) index.set(type.key, type);
        cursor = page.next;
      }
      return index;
    },
    staleTime: 60_000,
  });
}
