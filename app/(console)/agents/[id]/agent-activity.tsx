'use client';

import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import Link from 'next/link';
import { Timeline, type TimelineItem } from '@/components/data';
import { EmptyState, NoAccess, Panel, QueryView, SkeletonRows, type Tone } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import type { Verdict } from '@/lib/kernel/verdict';

interface Activity {
  id: string;
  time: string;
  type: string;
  action?: string;
  session?: string;
  action_type?: string;
  outcome?: string;
  tier?: 1 | 2 | 3;
  summary: string;
}

const tones: Record<string, Tone> = {
  allow: 'allow',
  succeeded: 'allow',
  approved: 'allow',
  hold: 'hold',
  unknown: 'hold',
  deny: 'deny',
  failed: 'deny',
  rejected: 'deny',
  refused: 'deny',
};

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
    queryFn: () => api.get<{ items: Activity[] }>('/api/trail/events', { agent, limit }),
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

function itemOf(event: Activity): TimelineItem {
  const tone = tones[event.outcome ?? ''];
  return {
    id: event.id,
    at: event.time,
    title: event.summary || event.type,
    ...(event.summary ? { detail: event.type } : {}),
    ...(tone ? { tone } : {}),
    ...(event.tier ? { tier: event.tier } : {}),
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
