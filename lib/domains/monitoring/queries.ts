import { queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Overview } from './schema';

export function overviewQuery() {
  return queryOptions({
    queryKey: ['overview'],
    queryFn: () => api.get<Overview>('/api/overview'),
    // Decisions that run at once announce nothing; their counts are fetched anew.
    refetchInterval: 5_000,
  });
}
