'use client';

import { Lock } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { TimelineItem } from '@/components/data';
import { formatDuration, formatNumber, humanize } from '@/components/format';
import { ExactTime, JsonView } from '@/components/ui';
import type { EventItem } from '../schema';
import { ActorName, tierOf } from './atoms';
import { titleOf, toneOf } from './describe';
import { folded, isSealed, looksWords } from './story';

type NameOf = (id: string) => string | undefined;

/** Events as steps of a timeline: who, what it says of itself, and the time since the one before. */
export function timelineItems(
  events: readonly EventItem[],
  nameOf: NameOf,
  before?: EventItem,
): TimelineItem[] {
  return folded(events).flatMap((row, at, rows) => {
    const [event] = row;
    if (!event) return [];
    const last = rows[at - 1]?.at(-1) ?? before;
    const waited = last ? Date.parse(event.time) - Date.parse(last.time) : undefined;
    const aside = (
      <span title={`Index ${formatNumber(event.index)}`}>
        {waited === undefined ? null : `+${formatDuration(waited)}`}
      </span>
    );
    return [row.length > 1 ? looksItem(row, nameOf, aside) : item(event, nameOf, aside)];
  });
}

function item(event: EventItem, nameOf: NameOf, aside: ReactNode): TimelineItem {
  const tier = event.type === 'action.decided' ? tierOf(event.tier) : undefined;
  return {
    ...{ id: event.id, at: event.time, title: titleOf(event), href: `/trail/${event.id}`, aside },
    tone: toneOf(event.outcome),
    ...(tier ? { tier } : {}),
    detail: (
      <>
        <ActorName actor={event.actor} nameOf={nameOf} />
        {said(event) ? <span className="ml-2">{said(event)}</span> : null}
      </>
    ),
    ...(event.data && Object.keys(event.data).length > 0
      ? { body: <Data event={event} data={event.data} /> }
      : {}),
  };
}

/** Looks at the card, one under another behind one row. */
function looksItem(events: EventItem[], nameOf: NameOf, aside: ReactNode): TimelineItem {
  const [first] = events;
  const who = [...new Map(events.map(({ actor }) => [actor.id, actor])).values()];
  return {
    ...{ id: first?.id ?? '', at: first?.time ?? '', title: looksWords(events), aside },
    detail: who.map((actor) => (
      <span key={actor.id} className="mr-2">
        <ActorName actor={actor} nameOf={nameOf} />
      </span>
    )),
    body: (
      <ul className="grid gap-0.5 text-sm">
        {events.map((event) => (
          <li key={event.id} className="flex flex-wrap items-baseline gap-x-2">
            <ExactTime at={event.time} className="text-text-3" />
            <Link
              href={`/trail/${event.id}`}
              className="inline-flex min-h-6 items-center hover:underline"
            >
              {titleOf(event)}
            </Link>
            <ActorName actor={event.actor} nameOf={nameOf} />
          </li>
        ))}
      </ul>
    ),
  };
}

/** What an event carries; what of it is sealed is named, since its ciphertext tells nobody anything. */
function Data({ event, data }: { event: EventItem; data: Record<string, unknown> }) {
  const names = Object.keys(data).filter((name) => isSealed(data[name]));
  const open = Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)));
  const sealed = names.map((name) => humanize(name).toLowerCase());
  return (
    <div className="grid gap-1.5">
      {names.length > 0 ? (
        <p className="flex flex-wrap items-center gap-x-1.5 text-sm text-text-2">
          <Lock aria-hidden className="size-3.5 shrink-0" strokeWidth={1.5} />
          {`Sealed: ${sealed.join(' and ')}. Reading it takes a reason, and is recorded.`}
          <Link
            href={`/trail/${event.id}`}
            className="inline-flex min-h-6 items-center text-accent hover:underline"
          >
            Open it in the event
          </Link>
        </p>
      ) : null}
      {Object.keys(open).length > 0 ? (
        <JsonView value={open} open={2} label={`Data of ${titleOf(event)}`} />
      ) : null}
    </div>
  );
}

/** How long the step itself took, where it says so. */
export function durationOf({ data }: EventItem): number | undefined {
  const given = data?.['duration_ms'] ?? data?.['latency_ms'];
  return typeof given === 'number' && given >= 0 ? given : undefined;
}

/** What the step says of itself, beside its title. */
function said(event: EventItem): string {
  const data = event.data ?? {};
  const took = durationOf(event);
  const lasted = took === undefined ? '' : `took ${formatDuration(took)}`;
  if (event.type === 'session.started') {
    const bound = Object.entries((data['attributes'] ?? {}) as Record<string, unknown>);
    return bound.map(([name, value]) => `${name} bound to ${String(value)}`).join(', ');
  }
  if (event.outcome === 'deny' || event.outcome === 'hold') {
    return reasonsOf(data['reasons']) || event.summary;
  }
  if (event.type === 'model.called') {
    const tokens = [data['input_tokens'], data['output_tokens']].filter(isNumber);
    const counted = tokens.length > 0 ? `${formatNumber(sum(tokens))} tokens` : '';
    return joined([text(data['model']), counted, lasted]);
  }
  if (event.type === 'decision_point.reported') {
    const options = Array.isArray(data['options']) ? data['options'].length : 0;
    const chosen = text(data['chosen']) || event.summary;
    return joined([chosen, options > 0 ? `of ${options} options` : '', text(data['why'])]);
  }
  const status = data['response_status'];
  return joined([event.summary, isNumber(status) ? `answered ${status}` : '', lasted]);
}

/** Each on its own, when there are several. */
function reasonsOf(reasons: unknown): string {
  if (!Array.isArray(reasons)) return '';
  return joined(reasons.map((reason: { message?: unknown } | null) => text(reason?.message)));
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const joined = (parts: readonly string[]) => parts.filter((part) => part !== '').join(', ');
