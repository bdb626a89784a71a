'use client';

import { Bot, Cog, User, Webhook, type LucideIcon } from 'lucide-react';
import { Decision, StatusPill, Tier, type TierValue } from '@/components/data';
import { exactTime, formatClock, formatDate, shortId } from '@/components/format';
import { useNow } from '@/components/hooks';
import type { EventItem } from '../schema';
import { outcomeWords, toneOf } from './describe';
import { jobName } from './use-names';

const icons: Record<string, LucideIcon> = { member: User, agent: Bot, job: Cog, webhook: Webhook };

type NameOf = (id: string) => string | undefined;

/** Who did it: a sign for the kind and the name, or the id where there is no name to be had. */
export function ActorName({ actor, nameOf }: { actor: EventItem['actor']; nameOf: NameOf }) {
  const Icon = icons[actor.type] ?? Cog;
  const name = nameOf(actor.id) ?? (actor.type === 'job' ? jobName(actor.id) : shortId(actor.id));
  const behalf = actor.on_behalf_of
    ? ` for ${nameOf(actor.on_behalf_of) ?? shortId(actor.on_behalf_of)}`
    : '';
  return (
    <span
      className="inline-flex max-w-full items-center gap-1.5 align-bottom"
      title={`${actor.type} ${actor.id}`}
    >
      <Icon aria-hidden className="size-3.5 shrink-0 text-text-3" strokeWidth={1.5} />
      <span className="sr-only">{actor.type} </span>
      <span className="truncate">{name + behalf}</span>
    </span>
  );
}

/** A decision with the sign it has everywhere, or an outcome. */
export function OutcomeSign({ outcome }: { outcome: string | undefined }) {
  if (outcome === undefined) return <span className="text-text-3">–</span>;
  if (outcome === 'allow' || outcome === 'hold' || outcome === 'deny') {
    return <Decision value={outcome} />;
  }
  const label = outcomeWords[outcome];
  return (
    <StatusPill
      value={outcome}
      {...(outcome === 'refused' && label
        ? { map: { refused: { tone: toneOf(outcome), label } } }
        : {})}
    />
  );
}

export function tierOf(tier: number | undefined): TierValue | undefined {
  return tier === 1 || tier === 2 || tier === 3 ? tier : undefined;
}

export function TierSign({ tier, word = false }: { tier: number | undefined; word?: boolean }) {
  const value = tierOf(tier);
  return value ? <Tier value={value} word={word} /> : <span className="text-text-3">–</span>;
}

/**
 * When it happened, to the millisecond, since rows stand in that order; with the day where it was
 * not today. Said in full: a distance is nothing to be held to, and a finger hovers over nothing.
 */
export function RowTime({ at }: { at: string }) {
  const day = formatDate(at);
  const today = formatDate(useNow());
  const date = new Date(at);
  return (
    <time dateTime={at} title={exactTime(at)} className="num text-text-2" suppressHydrationWarning>
      {day === today ? null : `${day.slice(-4) === today.slice(-4) ? day.slice(0, -5) : day} `}
      <span className="whitespace-nowrap">
        {formatClock(at)}
        <span className="text-text-3">.{String(date.getMilliseconds()).padStart(3, '0')}</span>
      </span>
    </time>
  );
}
