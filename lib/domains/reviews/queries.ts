import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { ReviewSummary, Sample } from './schema';

export interface SampleFilters {
  day?: string;
  open?: string;
}

export const reviewKeys = {
  all: ['reviews'] as const,
  list: (filters: SampleFilters) => ['reviews', 'list', filters] as const,
  one: (id: string) => ['reviews', 'one', id] as const,
  summary: ['reviews', 'summary'] as const,
};

export const reviewPaths = {
  list: '/api/reviews',
  summary: '/api/reviews/summary',
  draw: '/api/reviews/draw',
  one: (id: string) => `/api/reviews/${id}`,
  verdict: (id: string) => `/api/reviews/${id}/verdict`,
};

export function samplesQuery(filters: SampleFilters) {
  return infiniteQueryOptions({
    queryKey: reviewKeys.list(filters),
    queryFn: ({ pageParam }) =>
      api.get<Page<Sample>>(reviewPaths.list, { ...filters, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function reviewSummaryQuery() {
  return queryOptions({
    queryKey: reviewKeys.summary,
    queryFn: () => api.get<ReviewSummary>(reviewPaths.summary),
  });
}

export function sampleQuery(id: string) {
  return queryOptions({
    queryKey: reviewKeys.one(id),
    queryFn: () => api.get<Sample>(reviewPaths.one(id)),
  });
}
