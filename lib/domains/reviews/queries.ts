import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type {
  ReviewFinding,
  ReviewRates,
  ReviewSettingsView,
  ReviewSummary,
  Sample,
} from './schema';

export interface SampleFilters {
  day?: string;
  open?: string;
  mine?: string;
}

export interface RateFilters {
  days: string;
  agent: string;
  action_type: string;
}

export const reviewKeys = {
  all: ['reviews'] as const,
  list: (filters: SampleFilters) => ['reviews', 'list', filters] as const,
  one: (id: string) => ['reviews', 'one', id] as const,
  summary: ['reviews', 'summary'] as const,
  rates: (filters: RateFilters) => ['reviews', 'rates', filters] as const,
  findings: (status: string) => ['reviews', 'findings', status] as const,
  settings: ['reviews', 'settings'] as const,
};

export const reviewPaths = {
  list: '/api/reviews',
  summary: '/api/reviews/summary',
  rates: '/api/reviews/rates',
  settings: '/api/reviews/settings',
  draw: '/api/reviews/draw',
  findings: '/api/reviews/findings',
  one: (id: string) => `/api/reviews/${id}`,
  verdict: (id: string) => `/api/reviews/${id}/verdict`,
  followUp: (id: string) => `/api/reviews/findings/${id}/follow-up`,
  closeFinding: (id: string) => `/api/reviews/findings/${id}/close`,
  draftProposal: (permission: string) => `/api/reviews/proposals/${permission}/draft`,
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

export function ratesQuery(filters: RateFilters) {
  return queryOptions({
    queryKey: reviewKeys.rates(filters),
    queryFn: () => api.get<ReviewRates>(reviewPaths.rates, { ...filters }),
  });
}

export function findingsQuery(status: string) {
  return infiniteQueryOptions({
    queryKey: reviewKeys.findings(status),
    queryFn: ({ pageParam }) =>
      api.get<Page<ReviewFinding>>(reviewPaths.findings, { status, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function reviewSettingsQuery() {
  return queryOptions({
    queryKey: reviewKeys.settings,
    queryFn: () => api.get<ReviewSettingsView>(reviewPaths.settings),
  });
}
