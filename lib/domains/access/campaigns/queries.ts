import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { Campaign, CampaignDetail, CampaignPreview, Item, Waiting } from './schema';

export interface ItemFilters {
  reviewer?: string;
  agent?: string;
  decision?: string;
  effect?: string;
}

/** The first part is the topic that announces a change. */
export const campaignKeys = {
  all: ['campaigns'] as const,
  list: (filters: { state?: string }) => ['campaigns', 'list', filters] as const,
  one: (id: string) => ['campaigns', 'one', id] as const,
  items: (id: string, filters: ItemFilters) => ['campaigns', 'items', id, filters] as const,
  preview: (agents: 'all' | string[]) => ['campaigns', 'preview', agents] as const,
  waiting: ['campaigns', 'waiting'] as const,
};

export const campaignPaths = {
  list: '/api/campaigns',
  preview: '/api/campaigns/preview',
  waiting: '/api/campaigns/waiting',
  one: (id: string) => `/api/campaigns/${id}`,
  items: (id: string) => `/api/campaigns/${id}/items`,
  evidence: (id: string, format: 'csv' | 'json') =>
    `/api/campaigns/${id}/evidence?format=${format}`,
  decideMany: (id: string) => `/api/campaigns/${id}/decide`,
  close: (id: string) => `/api/campaigns/${id}/close`,
  settle: (id: string, item: string) => `/api/campaigns/${id}/items/${item}/settle`,
};

export type CampaignPage = Page<Campaign> & { can: { create: Campaign['can']['close'] } };

export function campaignsQuery(filters: { state?: string }) {
  return infiniteQueryOptions({
    queryKey: campaignKeys.list(filters),
    queryFn: ({ pageParam }) =>
      api.get<CampaignPage>(campaignPaths.list, { ...filters, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function campaignQuery(id: string) {
  return queryOptions({
    queryKey: campaignKeys.one(id),
    queryFn: () => api.get<CampaignDetail>(campaignPaths.one(id)),
  });
}

export function itemsQuery(id: string, filters: ItemFilters) {
  return infiniteQueryOptions({
    queryKey: campaignKeys.items(id, filters),
    queryFn: ({ pageParam }) =>
      api.get<Page<Item>>(campaignPaths.items(id), { ...filters, limit: 100, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function previewQuery(agents: 'all' | string[]) {
  return queryOptions({
    queryKey: campaignKeys.preview(agents),
    queryFn: () => api.post<CampaignPreview>(campaignPaths.preview, { agents }),
  });
}

/** What waits for the reader, for the navigation. */
export function waitingQuery() {
  return queryOptions({
    queryKey: campaignKeys.waiting,
    queryFn: () => api.get<Waiting>(campaignPaths.waiting),
  });
}
