'use client';

import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import Link from 'next/link';
import { Timeline, type TimelineItem } from '@/components/data';
import { EmptyState, NoAccess, Panel, QueryView, SkeletonRows } from '@/components/ui';
import { type EventItem, tierOf, titleOf, toneOf } from '@/lib/domains/trail';
import { api } from '@/lib/http/fetcher';
import type { Verdict } from '@/lib/kernel/verdict';

/** The latest events by or about an agent, each with the way to its whole story. */
export function AgentActivity({
  agent,
  can,
  limit,
  brief,
}: {
  agent: string;
  /** Whether the reader may search the trail. */
  can: Verdict;
  limit: number;
  brief?: boolean;
}) {
  const query = useQuery({
    queryKey: ['trail', 'agent', agent, limit],
    queryFn: () => api.get<{ items: EventItem[] }>('/api/trail/events', { agent, limit }),
    enabled: can.allowed,
  });
  return (
    <Panel
      title={brief ? 'Lately' : 'Activity'}
      note={brief ? undefined : `the latest ${limit} events`}
      padded={false}
      actions={
        can.allowed ? (
          <Link href={`/trail?agent=${agent}`} className="text-accent hover:underline">
            All in the trail
          </Link>
        ) : null
      }
    >
      {can.allowed ? (
        <QueryView query={query} skeleton={<SkeletonRows rows={brief ? 4 : 8} />}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState compact icon={History} title="It has done nothing yet">
                What it proposes, and what comes of it, appears here as it happens.
              </EmptyState>
            ) : (
              <Timeline label="Latest events" items={items.map(itemOf)} />
            )
          }
        </QueryView>
      ) : (
        <NoAccess reason={can.reason} />
      )}
    </Panel>
  );
}

function itemOf(event: EventItem): TimelineItem {
  const tier = event.type === 'action.decided' ? tierOf(event.tier) : undefined;
  return {
    id: event.id,
    at: event.time,
    title: titleOf(event),
    tone: toneOf(event.outcome),
    ...(event.summary ? { detail: event.summary } : {}),
    ...(tier ? { tier } : {}),
    href: event.action ? `/trail/actions/${event.action}` : `/trail/${event.id}`,
    ...(event.session
      ? {
          aside: (
            <Link href={`/trail/sessions/${event.session}`} className="hover:underline">
              Session
            </Link>
          ),
        }
      : {}),
  };
}
