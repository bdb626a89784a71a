'use client';

import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { agentNamesQuery, approvalRoutesQuery, approverGroupsQuery } from '../../routing/queries';
import type { Names } from './words';

/** Names of the groups and agents that routes are about. */
export function useRoutingNames(): { groups: Names; agents: Names } {
  const groups = useQuery(approverGroupsQuery()).data;
  const routes = useQuery(approvalRoutesQuery()).data;
  const ids = useMemo(
    () => [...new Set(routes?.items.flatMap(({ fits }) => fits.agents ?? []))].sort(),
    [routes],
  );
  const agents = useQuery({ ...agentNamesQuery(ids), enabled: ids.length > 0 }).data;
  return useMemo(
    () => ({
      groups: new Map(groups?.items.map(({ id, name }) => [id, name])),
      agents: agents ?? new Map<string, string>(),
    }),
    [groups, agents],
  );
}
