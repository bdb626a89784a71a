'use client';

import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Actor } from '@/lib/kernel/actor';
import { meQuery } from '../queries';

/** Who is signed in, as a room's policy takes them; undefined until it is known. */
export function useActor(): Extract<Actor, { type: 'member' }> | undefined {
  const me = useQuery({ ...meQuery(), staleTime: 60_000 }).data;
  return useMemo(
    () =>
      me && {
        type: 'member' as const,
        id: me.member.id,
        name: me.member.name,
        roles: me.member.roles,
        method: me.session.method,
        authenticatedAt: Date.parse(me.session.authenticatedAt),
      },
    [me],
  );
}
