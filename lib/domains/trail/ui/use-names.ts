'use client';

import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { humanize } from '@/components/format';
import { namesQuery } from '../queries';

/** The name behind an id that an event carries, or undefined. */
export function useNames() {
  const agents = useQuery(namesQuery('agents')).data;
  const members = useQuery(namesQuery('members')).data;
  const names = useMemo(
    () => new Map([...(agents ?? []), ...(members ?? [])].map(({ id, name }) => [id, name])),
    [agents, members],
  );
  const nameOf = useCallback((id: string) => names.get(id), [names]);
  return { nameOf };
}

/** A job's id says what it does; it needs no list. */
export function jobName(id: string): string {
  return humanize(id.replaceAll('.', ' '));
}
