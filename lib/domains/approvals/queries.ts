import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { ApprovalContext, ReadAgain } from './card/schema';
import type { Grant } from './grants/schema';
import type { ApproversHealth, Load } from './health/schema';
import type { PlantedCounts } from './planted/schema';
import type { Approval, ApprovalCount } from './schema';

export type DecisionVerb = 'approve' | 'reject' | 'break-glass';

export interface ApprovalFilters {
  status?: string;
  /** 'true': of those that wait, what the reader may decide. */
  mine?: string;
  /** 'true': all that no longer wait. */
  decided?: string;
  agent?: string;
}

export const approvalKeys = {
  all: ['approvals'] as const,
  list: (filters: ApprovalFilters) => ['approvals', 'list', filters] as const,
  one: (id: string) => ['approvals', 'one', id] as const,
  count: ['approvals', 'count'] as const,
  context: (id: string) => ['approvals', 'context', id] as const,
  /** Apart from the others: that something was decided is no reason to go to a tool again. */
  sources: (id: string) => ['approval-sources', id] as const,
  grants: (open: boolean) => ['approvals', 'grants', open] as const,
  load: ['approvals', 'load'] as const,
  health: ['approvals', 'health'] as const,
  planted: ['approvals', 'planted'] as const,
};

export const approvalPaths = {
  list: '/api/approvals',
  count: '/api/approvals/count',
  one: (id: string) => `/api/approvals/${id}`,
  decide: (id: string, verb: DecisionVerb) => `/api/approvals/${id}/${verb}`,
  context: (id: string) => `/api/approvals/${id}/context`,
  sources: (id: string) => `/api/approvals/${id}/sources`,
  ask: (id: string) => `/api/approvals/${id}/ask`,
  narrow: (id: string) => `/api/approvals/${id}/narrow`,
  batch: '/api/approvals/batch',
  opened: (id: string) => `/api/approvals/${id}/opened`,
  grant: (id: string) => `/api/approvals/${id}/grant`,
  grants: '/api/approval-grants',
  revokeGrant: (id: string) => `/api/approval-grants/${id}/revoke`,
  load: '/api/approvals/load',
  health: '/api/approver-health',
  planted: '/api/planted-requests',
};

export function approvalsQuery(filters: ApprovalFilters) {
  return infiniteQueryOptions({
    queryKey: approvalKeys.list(filters),
    queryFn: async ({ pageParam }) => {
      const pageAfter = (cursor: string) =>
        api.get<Page<Approval>>(approvalPaths.list, { ...filters, cursor });
      let page = await pageAfter(pageParam);
      // Among many of others, a page can end before there was one of the reader's.
      while (page.items.length === 0 && page.next) page = await pageAfter(page.next);
      return page;
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function approvalQuery(id: string) {
  return queryOptions({
    queryKey: approvalKeys.one(id),
    queryFn: () => api.get<Approval>(approvalPaths.one(id)),
  });
}

/** The same, asked for often while it is about to run. */
export function watchedApproval(id: string) {
  return queryOptions({
    ...approvalQuery(id),
    refetchInterval: ({ state }) =>
      state.data?.status === 'approved' || state.data?.status === 'running' ? 1_000 : false,
  });
}

export function approvalCountQuery() {
  return queryOptions({
    queryKey: approvalKeys.count,
    queryFn: () => api.get<ApprovalCount>(approvalPaths.count),
  });
}

export function approvalContextQuery(id: string) {
  return queryOptions({
    queryKey: approvalKeys.context(id),
    queryFn: () => api.get<ApprovalContext>(approvalPaths.context(id)),
  });
}

/** Its sources as they are now, read once for each opening. */
export function sourcesQuery(id: string) {
  return queryOptions({
    queryKey: approvalKeys.sources(id),
    queryFn: () => api.post<ReadAgain>(approvalPaths.sources(id)),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

export function grantsQuery(open: boolean) {
  return infiniteQueryOptions({
    queryKey: approvalKeys.grants(open),
    queryFn: ({ pageParam }) =>
      api.get<Page<Grant>>(approvalPaths.grants, {
        ...(open ? { open: 'true' } : {}),
        cursor: pageParam,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function approvalLoadQuery() {
  return queryOptions({
    queryKey: approvalKeys.load,
    queryFn: () => api.get<Load>(approvalPaths.load),
  });
}

export function approverHealthQuery() {
  return queryOptions({
    queryKey: approvalKeys.health,
    queryFn: () => api.get<ApproversHealth>(approvalPaths.health),
  });
}

export function plantedCountsQuery() {
  return queryOptions({
    queryKey: approvalKeys.planted,
    queryFn: () => api.get<PlantedCounts>(approvalPaths.planted),
    // A job plants, and says a moment later when nothing fitted.
    refetchInterval: 5_000,
  });
}
