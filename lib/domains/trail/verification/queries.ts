import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { AnchorsView } from '../anchors/schema';
import { trailKeys } from '../queries';
import type { StateView, VerificationView } from './schema';

export const verificationPaths = {
  verify: '/api/trail/verify',
  state: '/api/trail/verification',
  list: '/api/trail/verifications',
  cancel: (id: string) => `/api/trail/verifications/${encodeURIComponent(id)}/cancel`,
  anchors: '/api/trail/anchors',
};

const RUNNING_MS = 1_000;

/** How the log stands; asked again each second while a verification runs. */
export function verificationQuery() {
  return queryOptions({
    queryKey: [...trailKeys.live, 'verification'],
    queryFn: () => api.get<StateView>(verificationPaths.state),
    refetchInterval: ({ state }) => (state.data?.running ? RUNNING_MS : false),
  });
}

export function verificationsQuery() {
  return infiniteQueryOptions({
    queryKey: [...trailKeys.live, 'verifications'],
    queryFn: ({ pageParam }) =>
      api.get<Page<VerificationView>>(verificationPaths.list, { cursor: pageParam, limit: 50 }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function anchorsQuery() {
  return queryOptions({
    queryKey: [...trailKeys.live, 'anchors'],
    queryFn: () => api.get<AnchorsView>(verificationPaths.anchors).then((view) => view.items),
  });
}
