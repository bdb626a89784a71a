'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Bot } from 'lucide-react';
import Link from 'next/link';
import { humanize } from '@/components/format';
import { StatusPill } from '@/components/data';
import { EmptyState, ErrorState, LoadMore, SkeletonRows } from '@/components/ui';
import { agentsQuery } from '../queries';

/** The agents that a role's permissions reach. */
export function AgentsInRole({ role }: { role: string }) {
  const query = useInfiniteQuery(agentsQuery({ role }));
  const agents = query.data?.pages.flatMap((page) => page.items);
  if (!agents) {
    // What was loaded stays when a later refetch fails.
    return query.isError ? (
      <ErrorState compact error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <SkeletonRows rows={2} />
    );
  }
  if (agents.length === 0) {
    return (
      <EmptyState compact icon={Bot} title="No agent is in this role">
        Open an agent and grant it under “Roles”.
      </EmptyState>
    );
  }
  return (
    <>
      <ul>
        {agents.map((agent) => (
          <li
            key={agent.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-3.5 py-2 last:border-b-0"
          >
            <Link
              href={`/agents/${agent.id}`}
              className="min-w-0 flex-1 basis-52 font-medium hover:underline"
            >
              {agent.name}
            </Link>
            <span className="note">{humanize(agent.environment)}</span>
            <StatusPill value={agent.state} />
          </li>
        ))}
      </ul>
      <LoadMore query={query} />
    </>
  );
}
