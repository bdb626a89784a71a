import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { ExportFormat, ExportView } from './schema';

/** Filters as an address or a record has them; an empty one does not filter. */
export type ShownFilters = Record<string, unknown>;

export function setFilters(filters: ShownFilters): [name: string, value: string][] {
  return Object.entries(filters)
    .map(([name, value]): [string, string] => [name, String(value ?? '')])
    .filter(([, value]) => value !== '');
}

export const exportPaths = {
  page: '/trail/exports',
  all: '/api/trail/exports',
  stream: (format: ExportFormat, filters: ShownFilters) => {
    const query = new URLSearchParams([['format', format], ...setFilters(filters)]);
    return `/api/trail/export?${query.toString()}`;
  },
  cancel: (id: string) => `/api/trail/exports/${encodeURIComponent(id)}/cancel`,
  file: (id: string) => `/api/trail/exports/${encodeURIComponent(id)}/file`,
};

export const exportKeys = { all: ['trail-exports'] as const };

const POLL_MS = 1_000;

export function isUnfinished({ state }: Pick<ExportView, 'state'>): boolean {
  return state === 'waiting' || state === 'running';
}

/** Asked for again each second while one of them is being made. */
export function exportsQuery() {
  return infiniteQueryOptions({
    queryKey: exportKeys.all,
    queryFn: ({ pageParam }) =>
      api.get<Page<ExportView>>(exportPaths.all, { limit: 20, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: (query) => {
      const items = query.state.data?.pages.flatMap((page) => page.items) ?? [];
      return items.some(isUnfinished) ? POLL_MS : false;
    },
  });
}

export function createExport(format: ExportFormat, filters: ShownFilters): Promise<ExportView> {
  return api.post(exportPaths.all, { format, filters: Object.fromEntries(setFilters(filters)) });
}

export function cancelExport(id: string): Promise<ExportView> {
  return api.post(exportPaths.cancel(id));
}
