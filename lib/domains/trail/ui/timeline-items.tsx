'use client';

import type { TimelineItem } from '@/components/data';
import { formatDuration, formatNumber } from '@/components/format';
import { JsonView } from '@/components/ui';
import type { EventItem } from '../schema';
import { ActorName, tierOf } from './atoms';
import { titleOf, toneOf } from './describe';

type NameOf = (id: string) => string | undefined;

/** Events as steps of a timeline: who, what it says of itself, and the time since the one before. */
export function timelineItems(
  events: readonly EventItem[],
  nameOf: NameOf,
  before?: EventItem,
): TimelineItem[] {
  return events.map((event, at) => {
    const last = events[at - 1] ?? before;
    const tier = event.type === 'action.decided' ? tierOf(event.tier) : undefined;
    const waited = last ? Date.parse(event.time) - Date.parse(last.time) : undefined;
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
