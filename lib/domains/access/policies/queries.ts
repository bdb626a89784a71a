import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { Draft, Version, VersionDetail } from './schema';

export const policyKeys = {
  all: ['policies'] as const,
  versions: ['policies', 'versions'] as const,
  version: (id: string) => ['policies', 'version', id] as const,
  drafts: (state: string) => ['policies', 'drafts', state] as const,
  draft: (id: string) => ['policies', 'draft', id] as const,
};

export const policyPaths = {
  versions: '/api/policies',
  version: (id: string) => `/api/policies/${id}`,
  rollback: (id: string) => `/api/policies/${id}/rollback`,
  drafts: '/api/policies/drafts',
  draft: (id: string) => `/api/policies/drafts/${id}`,
  edit: (id: string) => `/api/policies/drafts/${id}/edit`,
  discard: (id: string) => `/api/policies/drafts/${id}/discard`,
  publish: (id: string) => `/api/policies/${id}/publish`,
  simulate: '/api/policies/simulate',
  prove: (id: string) => `/api/policies/drafts/${id}/prove`,
  cancelProof: (id: string) => `/api/policies/drafts/${id}/cancel-proof`,
  cancelSimulation: (id: string) => `/api/policies/drafts/${id}/cancel-simulation`,
};

export function versionsQuery() {
  return infiniteQueryOptions({
    queryKey: policyKeys.versions,
    queryFn: ({ pageParam }) => api.get<Page<Version>>(policyPaths.versions, { cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function versionQuery(id: string) {
  return queryOptions({
    queryKey: policyKeys.version(id),
    queryFn: () => api.get<VersionDetail>(policyPaths.version(id)),
  });
}

export function draftsQuery(state: string) {
  return infiniteQueryOptions({
    queryKey: policyKeys.drafts(state),
    queryFn: ({ pageParam }) =>
      api.get<Page<Draft>>(policyPaths.drafts, {
        ...(state ? { state } : {}),
        cursor: pageParam,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

const WATCH_MS = 1_000;

const underWay = (status: string | undefined) => status === 'queued' || status === 'running';

/** A draft; looked at again each second while it is being tried or proved. */
export function draftQuery(id: string) {
  return queryOptions({
    queryKey: policyKeys.draft(id),
    queryFn: () => api.get<Draft>(policyPaths.draft(id)),
    refetchInterval: ({ state }) =>
      underWay(state.data?.replay?.status) || underWay(state.data?.proof?.status)
        ? WATCH_MS
        : false,
  });
}
