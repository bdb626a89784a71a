'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Classification } from '@/components/data';
import { formatNumber, shortId } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import {
  CopyId,
  Diff,
  ExactTime,
  JsonView,
  KeyValue,
  LinkButton,
  Panel,
  QueryView,
  TimeAgo,
} from '@/components/ui';
import { eventQuery } from '../queries';
import type { EventDetail, EventItem } from '../schema';
import { protectedClass } from '../payload/fields';
import { PayloadPanel } from '../payload/ui/payload-panel';
import { ActorName, OutcomeSign, TierSign } from './atoms';
import { titleOf } from './describe';
import { ProofPanel } from './proof-panel';
import { isSealed } from './story';
import { useNames } from './use-names';

const back = { href: '/trail', label: 'Trail' };

/** One event: what it says, what it changed, and the proof that it is in the log. */
export function EventPage({ id }: { id: string }) {
  const query = useQuery(eventQuery(id));
  const event = query.data?.event;
  return (
    <Page width="wide">
      <PageHeader
        back={back}
        title={event ? titleOf(event) : 'Event'}
        tab={event?.summary ? `${titleOf(event)}: ${event.summary}` : undefined}
        subtitle={event?.summary}
        actions={
          event?.action ? (
            <LinkButton href={`/trail/actions/${event.action}`}>
              The action’s whole story
            </LinkButton>
          ) : null
        }
        meta={
          event ? (
            <>
              {event.outcome ? <OutcomeSign outcome={event.outcome} /> : null}
              {event.tier ? <TierSign tier={event.tier} word /> : null}
              {event.classification ? <Classification value={event.classification} /> : null}
              <TimeAgo at={event.time} />
            </>
          ) : null
        }
      />
      <QueryView query={query} title="This event could not be loaded">
        {(detail) => <Detail detail={detail} />}
      </QueryView>
    </Page>
  );
}

function Detail({ detail }: { detail: EventDetail }) {
  const { event, body } = detail;
  const data = event.data ?? {};
  const sealed = Object.values(data).some(isSealed) && protectedClass(event.classification);
  const changed = [data['before'], data['after']].some(
    (value) => value !== undefined && !isSealed(value),
  );
  return (
    <>
      <Panel title="Event">
        <Fields event={event} index={detail.index} />
      </Panel>
      {changed ? (
        <Panel title="What changed">
          <Diff before={data['before']} after={data['after']} />
        </Panel>
      ) : null}
      {sealed ? (
        <PayloadPanel id={event.id} classification={event.classification ?? sealed} />
      ) : null}
      <ProofPanel id={event.id} body={body} />
      <Panel title="As it is recorded" note="The canonical form of this is what is hashed">
        <JsonView value={JSON.parse(body)} open={3} label="The event as JSON" maxHeight={640} />
      </Panel>
    </>
  );
}

function Fields({ event, index }: { event: EventItem; index: number }) {
  const { nameOf } = useNames();
  const narrowed = (param: string, value: string, shown: ReactNode) => (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      {shown}
      <Link
        href={`/trail?${param}=${encodeURIComponent(value)}`}
        className="inline-flex min-h-6 items-center rounded-sm text-sm text-accent hover:underline"
      >
        all events
      </Link>
    </span>
  );
  return (
    <KeyValue
      columns={2}
      items={[
        { label: 'Time', value: <ExactTime at={event.time} /> },
        { label: 'Index', value: <span className="num">{formatNumber(index)}</span> },
        { label: 'Type', value: <span className="mono">{event.type}</span> },
        { label: 'Id', value: <CopyId id={event.id} label="event id" /> },
        {
          label: 'Actor',
          value: narrowed(
            'actor',
            event.actor.id,
            <ActorName actor={event.actor} nameOf={nameOf} />,
          ),
        },
        event.agent
          ? {
              label: 'Agent',
              value: narrowed(
                'agent',
                event.agent,
                <Link
                  href={`/agents/${event.agent}`}
                  className="inline-flex min-h-6 items-center rounded-sm hover:underline"
                >
                  {nameOf(event.agent) ?? shortId(event.agent)}
                </Link>,
              ),
            }
          : null,
        event.object
          ? {
              label: 'Object',
              value: (
                <span>
                  <span className="text-text-3">{event.object.type.replaceAll('_', ' ')}</span>{' '}
                  {nameOf(event.object.id) ?? (
                    <CopyId id={event.object.id} full={!isId(event.object.id)} label="object" />
                  )}
                </span>
              ),
            }
          : null,
        event.session
          ? {
              label: 'Session',
              value: narrowed(
                'session',
                event.session,
                <span className="inline-flex flex-wrap items-center gap-x-2">
                  <CopyId id={event.session} label="session" />
                  <Link
                    href={`/trail/sessions/${event.session}`}
                    className="inline-flex min-h-6 items-center rounded-sm text-sm text-accent hover:underline"
                  >
                    in order
                  </Link>
                </span>,
              ),
            }
          : null,
        event.action
          ? {
              label: 'Action',
              value: narrowed('action', event.action, <CopyId id={event.action} label="action" />),
            }
          : null,
        stringOf(event, 'policy_version', 'Policy version'),
        stringOf(event, 'digest', 'Digest'),
      ]}
    />
  );
}

/** Ids are shortened; an action type's own name is not. */
function isId(text: string): boolean {
  return /^[a-z]{2,4}_[0-9a-f-]{36}$/.test(text);
}

function stringOf(event: EventItem, key: string, label: string) {
  const value = event[key];
  return typeof value === 'string' ? { label, value: <CopyId id={value} label={label} /> } : null;
}
