'use client';

import { useQuery } from '@tanstack/react-query';
import { Timeline, type TimelineItem } from '@/components/data';
import { formatDuration, formatNumber, shortId } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import {
  CopyId,
  Duration,
  JsonView,
  LinkButton,
  Panel,
  QueryView,
  SkeletonRows,
} from '@/components/ui';
import { storyQuery } from '../queries';
import type { EventItem, StoryView } from '../schema';
import { ActorName, OutcomeSign, TierSign, tierOf } from './atoms';
import { titleOf, toneOf } from './describe';
import { useNames } from './use-names';

/** One action from its session's start to its outcome, in the order of the log. */
export function StoryPage({ action }: { action: string }) {
  const query = useQuery(storyQuery(action));
  const decision = query.data?.items.find((event) => event.type === 'action.decided');
  const end = query.data?.items.findLast((event) => event.action === action);
  const held = query.data?.items.some((event) => event.tier === 3);
  return (
    <Page width="wide">
      <PageHeader
        back={{ href: '/trail', label: 'Trail' }}
        title={decision?.action_type ?? 'Action'}
        subtitle={decision?.summary}
        actions={
          held ? <LinkButton href={`/approvals/${action}`}>Open the approval</LinkButton> : null
        }
        meta={
          <>
            {end?.outcome ? <OutcomeSign outcome={end.outcome} /> : null}
            {decision?.tier ? <TierSign tier={decision.tier} word /> : null}
            <CopyId id={action} label="action" />
            {query.data ? <Lasted items={query.data.items} action={action} /> : null}
          </>
        }
      />
      <QueryView
        query={query}
        title="This action’s story could not be loaded"
        skeleton={<SkeletonRows rows={5} />}
      >
        {(story) => <Story story={story} />}
      </QueryView>
    </Page>
  );
}

function Lasted({ items, action }: { items: EventItem[]; action: string }) {
  const own = items.filter((event) => event.action === action);
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last || first === last) return null;
  return (
    <span className="note">
      <Duration ms={Date.parse(last.time) - Date.parse(first.time)} /> from decision to end
    </span>
  );
}

function Story({ story }: { story: StoryView }) {
  const { nameOf } = useNames();
  const items: TimelineItem[] = story.items.map((event, at) => {
    const before = story.items[at - 1];
    const tier = event.type === 'action.decided' ? tierOf(event.tier) : undefined;
    const waited = before ? Date.parse(event.time) - Date.parse(before.time) : undefined;
    return {
      id: event.id,
      at: event.time,
      title: titleOf(event),
      href: `/trail/${event.id}`,
      tone: toneOf(event.outcome),
      ...(tier ? { tier } : {}),
      detail: (
        <>
          <ActorName actor={event.actor} nameOf={nameOf} />
          {said(event) ? <span className="ml-2">{said(event)}</span> : null}
        </>
      ),
      aside: (
        <span title={`Index ${formatNumber(event.index)}`}>
          {waited === undefined ? null : `+${formatDuration(waited)}`}
        </span>
      ),
      ...(event.data && Object.keys(event.data).length > 0
        ? { body: <JsonView value={event.data} open={2} label={`Data of ${titleOf(event)}`} /> }
        : {}),
    };
  });
  const session = story.items.find((event) => event.session)?.session;
  return (
    <Panel
      padded={false}
      title="The whole story"
      note="Each step with the time since the one before"
      actions={
        session ? (
          <LinkButton size="sm" href={`/trail?session=${session}`}>
            Session {shortId(session)}
          </LinkButton>
        ) : null
      }
    >
      <Timeline label="The action’s story" items={items} />
    </Panel>
  );
}

/** What the step says of itself, beside its title. */
function said(event: EventItem): string {
  const data = event.data ?? {};
  if (event.type === 'session.started') {
    const bound = Object.entries((data['attributes'] ?? {}) as Record<string, unknown>);
    return bound.map(([name, value]) => `${name} bound to ${String(value)}`).join(', ');
  }
  if (event.outcome === 'deny' || event.outcome === 'hold') {
    const reasons = Array.isArray(data['reasons'])
      ? (data['reasons'] as { message?: string }[])
      : [];
    return reasons[0]?.message ?? event.summary;
  }
  if (typeof data['duration_ms'] === 'number') {
    const status = data['response_status'];
    const took = formatDuration(data['duration_ms']);
    return [event.summary, typeof status === 'number' ? `answered ${status}` : '', took]
      .filter((part) => part !== '')
      .join(', ');
  }
  return event.summary;
}
