import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { CheckResult, CheckView } from './schema';

export const complianceKeys = {
  all: ['compliance'] as const,
  checks: ['compliance', 'checks'] as const,
  history: (key: string) => ['compliance', 'history', key] as const,
};

export const compliancePaths = {
  checks: '/api/compliance/checks',
  history: (key: string) => `/api/compliance/checks/${key}`,
  runs: '/api/compliance/runs',
};

export interface ChecksAnswer {
  items: CheckView[];
  can: { run: { allowed: boolean; reason?: string } };
}

export function checksQuery() {
  return queryOptions({
    queryKey: complianceKeys.checks,
    queryFn: () => api.get<ChecksAnswer>(compliancePaths.checks),
  });
}

export function checkHistoryQuery(key: string) {
  return infiniteQueryOptions({
    queryKey: complianceKeys.history(key),
    queryFn: ({ pageParam }) =>
      api.get<Page<CheckResult>>(compliancePaths.history(key), { cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}
