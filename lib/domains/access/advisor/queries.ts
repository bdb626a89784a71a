import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { Advisor, Finding } from './schema';

export interface FindingFilters {
  kind: string;
  agent: string;
  dismissed: string;
}

export const advisorKeys = {
  // Within the policies', so that what changes these is looked at again.
  all: ['policies', 'advisor'] as const,
  overview: ['policies', 'advisor', 'overview'] as const,
  findings: (filters: FindingFilters, look: string) =>
    ['policies', 'advisor', 'findings', filters, look] as const,
};

const root = '/api/policies/advisor';
export const advisorPaths = {
  overview: root,
  look: `${root}/look`,
  cancel: `${root}/cancel`,
  findings: `${root}/findings`,
  draft: (id: string) => `${root}/findings/${id}/draft`,
  dismiss: (id: string) => `${root}/findings/${id}/dismiss`,
  restore: (id: string) => `${root}/findings/${id}/restore`,
};

const WATCH_MS = 1_000;

/** What was looked at; asked again each second while somebody looks. */
export function advisorQuery() {
  return queryOptions({
    queryKey: advisorKeys.overview,
    queryFn: () => api.get<Advisor>(advisorPaths.overview),
    refetchInterval: ({ state }) =>
      ['queued', 'running'].includes(state.data?.latest?.status ?? '') ? WATCH_MS : false,
  });
}

/** The findings are those of the last look, which the reader may know. */
export function findingsQuery(filters: FindingFilters, look = '') {
  const { kind, agent, dismissed } = filters;
  return infiniteQueryOptions({
    queryKey: advisorKeys.findings(filters, look),
    queryFn: ({ pageParam }) =>
      api.get<Page<Finding>>(advisorPaths.findings, {
        ...{ kind, agent, cursor: pageParam },
        dismissed: dismissed || 'false',
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}
