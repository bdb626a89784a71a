import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { FailureView, SinkView } from './schema';

export const sinkPaths = {
  sinks: '/api/trail/sinks',
  sink: (id: string) => `/api/trail/sinks/${id}`,
  failures: (id: string) => `/api/trail/sinks/${id}/failures`,
  deed: (id: string, deed: 'pause' | 'resume' | 'test' | 'rotate-secret' | 'retire') =>
    `/api/trail/sinks/${id}/${deed}`,
};

export const sinkKeys = { all: ['trail-sinks'] as const };

/** How far a sink has come changes without anyone's doing. */
const REFRESH_MS = 3_000;

export function sinksQuery(retired: boolean) {
  return infiniteQueryOptions({
    queryKey: [...sinkKeys.all, 'list', retired],
    queryFn: ({ pageParam }) =>
      api.get<Page<SinkView>>(sinkPaths.sinks, { retired, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: REFRESH_MS,
  });
}

export function sinkQuery(id: string) {
  return queryOptions({
    queryKey: [...sinkKeys.all, 'sink', id],
    queryFn: () => api.get<SinkView>(sinkPaths.sink(id)),
    refetchInterval: REFRESH_MS,
  });
}

export function failuresQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: [...sinkKeys.all, 'sink', id, 'failures'],
    queryFn: ({ pageParam }) =>
      api.get<Page<FailureView>>(sinkPaths.failures(id), { cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: REFRESH_MS,
  });
}
