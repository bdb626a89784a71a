'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Timeline } from '@/components/data';
import { plural } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import {
  CopyId,
  Duration,
  LinkButton,
  Notice,
  Panel,
  QueryView,
  SkeletonRows,
  TimeAgo,
} from '@/components/ui';
import { sessionQuery } from '../queries';
import type { EventItem } from '../schema';
import type { SessionView } from '../search/schema';
import { OutcomeSign, TierSign } from './atoms';
import { groupsOf, type SessionGroup } from './session-groups';
import { timelineItems } from './timeline-items';
import { useNames } from './use-names';

/** One session from its start: prompts, decisions, approvals, tool calls and outcomes, action by action. */
export function SessionPage({ session }: { session: string }) {
  const query = useQuery(sessionQuery(session));
  const items = query.data?.items ?? [];
  const [first] = items;
  const agent = items.find((event) => event.agent)?.agent;
  const { nameOf } = useNames();
  return (
    <Page width="wide">
      <PageHeader
        back={{ href: '/trail', label: 'Trail' }}
        title="Session"
        tab={agent ? `Session of ${nameOf(agent) ?? agent}` : undefined}
        subtitle={agent ? <Link href={`/agents/${agent}`}>{nameOf(agent) ?? agent}</Link> : null}
        actions={<LinkButton href={`/trail?session=${session}`}>Search in it</LinkButton>}
        meta={
          <>
            <CopyId id={session} label="session" />
            {first ? <TimeAgo at={first.time} /> : null}
            {first && query.data ? <Told view={query.data} /> : null}
          </>
        }
      />
      <QueryView
        query={query}
        title="This session could not be loaded"
        skeleton={<SkeletonRows rows={8} />}
      >
        {(view) => <Groups view={view} />}
      </QueryView>
    </Page>
  );
}

function Told({ view: { items, cut } }: { view: SessionView }) {
  const actions = new Set(items.flatMap(({ action }) => (action === undefined ? [] : [action])));
  return (
    <span className="note num">
      {plural(actions.size, 'action')}, {plural(items.length, 'event')}
      {cut ? ' and more' : ''} in <Lasted events={items} />
    </span>
  );
}

function Lasted({ events }: { events: readonly EventItem[] }) {
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return null;
  return <Duration ms={Date.parse(last.time) - Date.parse(first.time)} />;
}

function Groups({ view }: { view: SessionView }) {
  return (
    <>
      {view.cut ? (
        <Notice
          title={`The first ${view.items.length} events are shown`}
          action={
            <LinkButton size="sm" href={`/trail?session=${view.session}`}>
              Search in all of them
            </LinkButton>
          }
        >
          This session has more.
        </Notice>
      ) : null}
      {groupsOf(view.items).map((group) => (
        <Group key={group.events[0]?.id} group={group} />
      ))}
    </>
  );
}

function Group({ group }: { group: SessionGroup }) {
  const { nameOf } = useNames();
  const { action, events, before } = group;
  const decision = events.find((event) => event.type === 'action.decided');
  const name = events.find((event) => event.action_type)?.action_type ?? 'Action';
  const end = events.findLast((event) => event.outcome !== undefined);
  return (
    <Panel
      padded={false}
      title={
        action === undefined ? (
          'Session'
        ) : (
          <>
            {name}
            <OutcomeSign outcome={end?.outcome} />
            {decision?.tier ? <TierSign tier={decision.tier} /> : null}
          </>
        )
      }
      note={events.length > 1 ? <Lasted events={events} /> : null}
      actions={
        action === undefined ? null : (
          <LinkButton size="sm" href={`/trail/actions/${action}`}>
            The action’s story
          </LinkButton>
        )
      }
    >
      <Timeline
        label={action === undefined ? 'Of the session' : `Steps of ${name} ${action.slice(-4)}`}
        items={timelineItems(events, nameOf, before)}
      />
    </Panel>
  );
}
