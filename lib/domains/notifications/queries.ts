import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { Channels, NotificationView, Preference } from './schema';

export const notificationPaths = {
  channels: '/api/notification-channels',
  channel: (id: string) => `/api/notification-channels/${id}`,
  deed: (id: string, deed: 'pause' | 'resume' | 'test' | 'rotate-secret') =>
    `/api/notification-channels/${id}/${deed}`,
  notifications: '/api/notifications',
  groups: '/api/approver-groups',
  preference: '/api/notifications/preference',
};

export const notificationKeys = { all: ['notifications'] as const };

/** What was delivered changes without anyone's doing. */
const REFRESH_MS = 5_000;

export function channelsQuery() {
  return queryOptions({
    queryKey: [...notificationKeys.all, 'channels'],
    queryFn: () => api.get<Channels>(notificationPaths.channels),
    refetchInterval: REFRESH_MS,
  });
}

export function notificationsQuery(filter: { channel?: string; state?: string }) {
  return infiniteQueryOptions({
    queryKey: [...notificationKeys.all, 'list', filter],
    queryFn: ({ pageParam }) =>
      api.get<Page<NotificationView>>(notificationPaths.notifications, {
        ...filter,
        cursor: pageParam,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: REFRESH_MS,
  });
}

/** The groups of approvers that a channel may be for. */
export function groupsQuery() {
  return queryOptions({
    queryKey: [...notificationKeys.all, 'groups'],
    queryFn: () => api.get<{ items: { id: string; name: string }[] }>(notificationPaths.groups),
  });
}

export function preferenceQuery() {
  return queryOptions({
    queryKey: [...notificationKeys.all, 'preference'],
    queryFn: () => api.get<Preference>(notificationPaths.preference),
  });
}
