import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { CedarPolicy, CedarSchemaView, EntityView } from './schema';

export const cedarKeys = {
  policies: ['policies', 'cedar'] as const,
  schema: ['policies', 'cedar-schema'] as const,
  entities: ['policies', 'entities'] as const,
};

export const cedarPaths = {
  policies: '/api/cedar-policies',
  policy: (id: string) => `/api/cedar-policies/${id}`,
  check: '/api/cedar-policies/check',
  schema: '/api/cedar-schema',
  entities: '/api/entities',
  entity: ({ type, id }: Pick<EntityView, 'type' | 'id'>) =>
    `/api/entities/${type}/${encodeURIComponent(id)}`,
};

export function cedarPoliciesQuery() {
  return infiniteQueryOptions({
    queryKey: cedarKeys.policies,
    queryFn: ({ pageParam }) =>
      api.get<Page<CedarPolicy>>(cedarPaths.policies, { cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function cedarSchemaQuery() {
  return queryOptions({
    queryKey: cedarKeys.schema,
    queryFn: () => api.get<CedarSchemaView>(cedarPaths.schema),
  });
}

export function entitiesQuery(filters: { q?: string; type?: string }) {
  return infiniteQueryOptions({
    queryKey: [...cedarKeys.entities, filters],
    queryFn: ({ pageParam }) =>
      api.get<Page<EntityView>>(cedarPaths.entities, { ...filters, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}
