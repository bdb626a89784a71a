import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { CredentialView } from './schema';

interface CredentialPage {
  items: CredentialView[];
  next: string | null;
}

export const credentialPaths = {
  list: '/api/credentials',
  one: (id: string) => `/api/credentials/${id}`,
  versions: (id: string) => `/api/credentials/${id}/versions`,
  rotate: (id: string) => `/api/credentials/${id}/rotate`,
  revoke: (id: string) => `/api/credentials/${id}/revoke`,
};

export function credentialsQuery(filter: { agentId?: string; state?: string } = {}) {
  return infiniteQueryOptions({
    queryKey: ['credentials', 'list', filter],
    queryFn: ({ pageParam }) =>
      api.get<CredentialPage>(credentialPaths.list, { ...filter, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function credentialQuery(id: string) {
  return queryOptions({
    queryKey: ['credentials', id],
    queryFn: () => api.get<CredentialView>(credentialPaths.one(id)),
  });
}

export function credentialVersionsQuery(id: string) {
  return queryOptions({
    queryKey: ['credentials', id, 'versions'],
    queryFn: () => api.get<{ items: CredentialView[] }>(credentialPaths.versions(id)),
  });
}
