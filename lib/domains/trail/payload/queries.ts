import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { KeyView, PayloadView } from './schema';

export const payloadPaths = {
  payload: (event: string) => `/api/trail/events/${encodeURIComponent(event)}/payload`,
  keys: '/api/trail/keys',
  destroy: (id: string) => `/api/trail/keys/${encodeURIComponent(id)}/destroy`,
};

export const payloadKeys = {
  all: ['trail-payload'] as const,
  keys: ['trail-payload', 'keys'] as const,
};

/** What is sealed of an event; what it holds is never kept in the browser's cache. */
export function payloadQuery(event: string) {
  return queryOptions({
    queryKey: [...payloadKeys.all, 'event', event],
    queryFn: () => api.get<PayloadView>(payloadPaths.payload(event)),
  });
}

export function keysQuery() {
  return infiniteQueryOptions({
    queryKey: payloadKeys.keys,
    queryFn: ({ pageParam }) =>
      api.get<Page<KeyView>>(payloadPaths.keys, { cursor: pageParam, limit: 50 }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}
