import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { DueList, RotationView, SecretVersionView, SecretView } from './schema';

export const vaultPaths = {
  secrets: '/api/secrets',
  secret: (id: string) => `/api/secrets/${id}`,
  versions: (id: string) => `/api/secrets/${id}/versions`,
  rotate: (id: string) => `/api/secrets/${id}/rotate`,
  revoke: (id: string) => `/api/secrets/${id}/revoke`,
  rotations: '/api/rotations',
  rotation: (id: string) => `/api/rotations/${id}`,
  finish: (id: string) => `/api/rotations/${id}/finish`,
  collect: (id: string) => `/api/rotations/${id}/collect`,
  due: '/api/rotations/due',
};

/** The vault's queries begin with 'vault', the topic its tables are announced under. */
export const vaultKeys = {
  all: ['vault'] as const,
  secrets: (filters: SecretFilters) => ['vault', 'secrets', filters] as const,
  secret: (id: string) => ['vault', 'secret', id] as const,
  versions: (id: string) => ['vault', 'secret', id, 'versions'] as const,
  rotations: (filters: RotationFilters) => ['vault', 'rotations', filters] as const,
  rotation: (id: string) => ['vault', 'rotation', id] as const,
  due: ['vault', 'due'] as const,
};

export interface SecretFilters {
  q?: string;
  state?: string;
}

export interface RotationFilters {
  subject?: string;
  state?: string;
}

export function secretsQuery(filters: SecretFilters = {}) {
  return infiniteQueryOptions({
    queryKey: vaultKeys.secrets(filters),
    queryFn: ({ pageParam }) =>
      api.get<Page<SecretView>>(vaultPaths.secrets, { ...filters, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function secretQuery(id: string) {
  return queryOptions({
    queryKey: vaultKeys.secret(id),
    queryFn: () => api.get<SecretView>(vaultPaths.secret(id)),
  });
}

export function secretVersionsQuery(id: string) {
  return queryOptions({
    queryKey: vaultKeys.versions(id),
    queryFn: () => api.get<{ items: SecretVersionView[] }>(vaultPaths.versions(id)),
  });
}

export function rotationsQuery(filters: RotationFilters = {}) {
  return infiniteQueryOptions({
    queryKey: vaultKeys.rotations(filters),
    queryFn: ({ pageParam }) =>
      api.get<Page<RotationView>>(vaultPaths.rotations, { ...filters, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function rotationQuery(id: string) {
  return queryOptions({
    queryKey: vaultKeys.rotation(id),
    queryFn: () => api.get<RotationView>(vaultPaths.rotation(id)),
  });
}

export function dueQuery() {
  return infiniteQueryOptions({
    queryKey: vaultKeys.due,
    queryFn: ({ pageParam }) => api.get<DueList>(vaultPaths.due, { cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

/** Secrets in use, for a picker, found by name. */
export async function findSecrets(q: string) {
  const page = await api.get<Page<SecretView>>(vaultPaths.secrets, {
    ...{ q, state: 'active', limit: 20 },
  });
  return page.items.map(({ id, name, description }) => ({
    ...{ value: id, label: name, hint: description },
  }));
}
