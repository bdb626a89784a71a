import { queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { HoldView, RetentionView } from './schema';

export const retentionPaths = {
  retention: '/api/trail/retention',
  holds: '/api/trail/holds',
  lift: (id: string) => `/api/trail/holds/${encodeURIComponent(id)}/lift`,
};

export const retentionKeys = { all: ['trail-retention'] as const };

export function retentionQuery() {
  return queryOptions({
    queryKey: [...retentionKeys.all, 'settings'],
    queryFn: () => api.get<RetentionView>(retentionPaths.retention),
  });
}

export function holdsQuery() {
  return queryOptions({
    queryKey: [...retentionKeys.all, 'holds'],
    queryFn: () => api.get<{ items: HoldView[] }>(retentionPaths.holds).then((view) => view.items),
  });
}
