'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { credentialsQuery } from '../queries';
import type { CredentialView } from '../schema';

/** Each once, the newest first: what is moved between two answers is in both of them. */
export function newestFirst(rows: readonly CredentialView[]): CredentialView[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()].toSorted(
    (a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt),
  );
}

/**
 * What an agent can still prove itself with; undefined while not known. It is asked for by its
 * state: there may be any number of revoked ones, and the few that work must not stand behind them.
 */
export function useLiveCredentials(agent: string) {
  const active = useInfiniteQuery(credentialsQuery({ agentId: agent, state: 'active' }));
  const retiring = useInfiniteQuery(credentialsQuery({ agentId: agent, state: 'retiring' }));
  const rows =
    active.data && retiring.data
      ? newestFirst([active.data, retiring.data].flatMap(rowsOf))
      : undefined;
  return {
    rows,
    error: active.error ?? retiring.error,
    refetch: () => Promise.all([active.refetch(), retiring.refetch()]),
  };
}

export const rowsOf = ({ pages }: { pages: { items: CredentialView[] }[] }) =>
  pages.flatMap((page) => page.items);
