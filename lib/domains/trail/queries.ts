import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type {
  CheckpointView,
  ConsistencyView,
  CountView,
  EventDetail,
  EventPageView,
  KeysView,
  ProofView,
  StoryView,
} from './schema';
import type { FacetsView, HistogramView, SavedSearchView, SessionView } from './search/schema';

/** The filters of a view as its URL has them; an empty one does not filter. */
export const noFilters = {
  q: '',
  type: '',
  agent: '',
  action_type: '',
  actor: '',
  outcome: '',
  tier: '',
  classification: '',
  session: '',
  action: '',
  from: '',
  to: '',
};
export type UrlFilters = typeof noFilters;

export const trailPaths = {
  events: '/api/trail/events',
  event: (id: string) => `/api/trail/events/${encodeURIComponent(id)}`,
  proof: (id: string) => `/api/trail/events/${encodeURIComponent(id)}/proof`,
  story: (action: string) => `/api/trail/actions/${encodeURIComponent(action)}`,
  count: '/api/trail/count',
  facets: '/api/trail/facets',
  histogram: '/api/trail/histogram',
  session: (id: string) => `/api/trail/sessions/${encodeURIComponent(id)}`,
  searches: '/api/trail/searches',
  search: (id: string) => `/api/trail/searches/${encodeURIComponent(id)}`,
  checkpoint: '/api/trail/checkpoint',
  consistency: '/api/trail/consistency',
  signingKeys: '/api/trail/signing-keys',
  rollSigningKey: '/api/trail/signing-keys/roll',
};

/*
 * What the shell refreshes when the trail grows has 'trail' for its root. Lists have a root of
 * their own: they follow the checkpoint's size only while someone wants to see the tail.
 */
export const trailKeys = {
  live: ['trail'] as const,
  lists: ['trail-lists'] as const,
};

export function eventsQuery(filters: UrlFilters) {
  return infiniteQueryOptions({
    queryKey: [...trailKeys.lists, 'events', filters],
    queryFn: ({ pageParam }) =>
      api.get<EventPageView>(trailPaths.events, { ...filters, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

export function countQuery(filters: UrlFilters) {
  return queryOptions({
    queryKey: [...trailKeys.lists, 'count', filters],
    queryFn: () => api.get<CountView>(trailPaths.count, filters),
    placeholderData: keepPreviousData,
  });
}

export function histogramQuery(filters: UrlFilters) {
  return queryOptions({
    queryKey: [...trailKeys.lists, 'histogram', filters],
    queryFn: () => api.get<HistogramView>(trailPaths.histogram, filters),
    placeholderData: keepPreviousData,
  });
}

export function facetsQuery(filters: UrlFilters) {
  return queryOptions({
    queryKey: [...trailKeys.lists, 'facets', filters],
    queryFn: () => api.get<FacetsView>(trailPaths.facets, filters),
    placeholderData: keepPreviousData,
  });
}

export function sessionQuery(session: string) {
  return queryOptions({
    queryKey: [...trailKeys.live, 'session', session],
    queryFn: () => api.get<SessionView>(trailPaths.session(session)),
  });
}

export function searchesQuery() {
  return queryOptions({
    queryKey: ['trail-searches'],
    queryFn: () => api.get<{ items: SavedSearchView[] }>(trailPaths.searches),
  });
}

export function eventQuery(id: string) {
  return queryOptions({
    queryKey: ['trail-event', id],
    queryFn: () => api.get<EventDetail>(trailPaths.event(id)),
    // An event never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function proofQuery(id: string) {
  return queryOptions({
    queryKey: ['trail-proof', id],
    queryFn: () => api.get<ProofView>(trailPaths.proof(id)),
    staleTime: 60_000,
  });
}

export function storyQuery(action: string) {
  return queryOptions({
    queryKey: [...trailKeys.live, 'story', action],
    queryFn: () => api.get<StoryView>(trailPaths.story(action)),
  });
}

export function checkpointQuery() {
  return queryOptions({
    queryKey: [...trailKeys.live, 'checkpoint'],
    queryFn: () => api.get<CheckpointView>(trailPaths.checkpoint),
  });
}

/** Every version of the log's signing key. */
export function signingKeysQuery() {
  return queryOptions({
    queryKey: [...trailKeys.live, 'signing-keys'],
    queryFn: () => api.get<KeysView>(trailPaths.signingKeys),
  });
}

/** That the log at `to` events extends what it was at `from`. */
export function consistencyQuery(from: string, to: string) {
  return queryOptions({
    queryKey: ['trail-consistency', from, to],
    queryFn: () => api.get<ConsistencyView>(trailPaths.consistency, { from, to }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

interface Named {
  id: string;
  name: string;
  state?: string;
}

const NAMES_A_PAGE = 200;
const MOST_NAMES = 5_000;

/** Names for the ids that events carry; ids are shown for the rest, and where a list cannot be read. */
export function namesQuery(kind: 'agents' | 'members') {
  return queryOptions({
    queryKey: [kind, 'names'],
    queryFn: async () => {
      const names: Named[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await api.get<Page<Named>>(`/api/${kind}`, { limit: NAMES_A_PAGE, cursor });
        names.push(...page.items);
        if (page.next === null || names.length >= MOST_NAMES) return names;
        cursor = page.next;
      }
    },
    staleTime: 60_000,
    retry: false,
  });
}

/** Agents by name, retired ones as well, to narrow by. */
export async function searchAnyAgent(q: string): Promise<{ value: string; label: string }[]> {
  const { items } = await api.get<Page<Named>>('/api/agents', { q, limit: 20 });
  return items.map(({ id, name }) => ({ value: id, label: name }));
}
