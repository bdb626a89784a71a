'use client';

import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useHydrated } from '@/components/hooks';
import type { Actor } from '@/lib/kernel/actor';
import { meQuery } from '../queries';

/** Who is signed in, as a room's policy takes them; undefined until it is known. */
export function useActor(): Extract<Actor, { type: 'member' }> | undefined {
  const { data } = useQuery({ ...meQuery(), staleTime: 60_000 });
  const me = useHydrated() ? data : undefined;
  return useMemo(
    () =>
      me && {
        type: 'member' as const,
        id: me.member.id,
        name: me.member.name,
        roles: me.member.roles,
        abilities: me.member.abilities,
        method: me.session.method,
        authenticatedAt: Date.parse(me.session.authenticatedAt),
      },
    [me],
  );
}
