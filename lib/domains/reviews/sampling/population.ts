/**
 * Which actions a day's sample is drawn from, told by the log alone: read in its order, each
 * supervised action that ran is in the population of the first day that closes after its
 * outcome and was over after its decision. Pure.
 */
import * as z from 'zod';
import { boundsOf } from '../day';
import type { Candidate } from './choose';
import { Sampling } from './setting';

export const DAY_CLOSED = 'review.day.closed';
export const SAMPLE_DRAWN = 'review.sample.drawn';
const outcomes = new Set(['action.succeeded', 'action.failed', 'action.unknown']);

const instant = z.iso.datetime({ precision: 3 });
/** What a closing event says, before the seed can be known. */
export const Closing = z.strictObject({
  day: z.iso.date(),
  time_zone: z.string(),
  /** The day lasted from one to, not including, the other. */
  from: instant,
  to: instant,
  /** The day that was closed before; null for the first. */
  previous: z.iso.date().nullable(),
  setting: Sampling,
});
export type Closing = z.output<typeof Closing>;

/** What of an event matters here. */
export interface LogEvent {
  type?: unknown;
  time?: unknown;
  tier?: unknown;
  outcome?: unknown;
  action?: unknown;
  agent?: unknown;
  actor?: unknown;
  object?: unknown;
  data?: unknown;
}

export interface Population {
  closing: Closing;
  candidates: Candidate[];
  /** How many of them were decided before the day began: their outcome came after their own day's closing. */
  late: number;
}

/** The end of a day, which never lies before the end of the day that was closed before it. */
export function endOf(day: string, timeZone: string, previousEnd: Date | undefined): Date {
  const { end } = boundsOf(day, timeZone);
  return previousEnd && previousEnd > end ? previousEnd : end;
}

/** Whether an action was decided before the day: before the end of the one before, or its own beginning. */
export function isLate(at: number, { from }: { from: string }): boolean {
  return at < Date.parse(from);
}

/** Goes through a log and gives each day's population as it closes. Holds what is in no day yet. */
export class Populations {
  readonly #decided = new Map<string, Candidate>();
  readonly #ran = new Map<string, Candidate>();
  #last: Closing | undefined;
  /** The beginning of the first day that was closed; what was decided before it is in no day. */
  #since: number;

  /** `since`, where it is known beforehand, spares holding what will be in no day. */
  constructor(since = Number.NEGATIVE_INFINITY) {
    this.#since = since;
  }

  /** The day that closed last. */
  get last(): Closing | undefined {
    return this.#last;
  }

  take(event: LogEvent): void {
    const { action, tier, type } = event;
    if (tier !== 2 || typeof action !== 'string' || typeof type !== 'string') return;
    if (type === 'action.decided' && event.outcome === 'allow') {
      const candidate = candidateOf(action, event);
      if (candidate.at >= this.#since) this.#decided.set(action, candidate);
    } else if (outcomes.has(type)) {
      const candidate = this.#decided.get(action);
      this.#decided.delete(action);
      if (candidate) this.#ran.set(action, candidate);
    }
  }

  close(closing: Closing): Population {
    const to = Date.parse(closing.to);
    if (!this.#last) this.#since = Date.parse(closing.from);
    const candidates: Candidate[] = [];
    for (const [action, candidate] of this.#ran) {
      if (candidate.at >= to) continue;
      this.#ran.delete(action);
      if (candidate.at >= this.#since) candidates.push(candidate);
    }
    this.#last = closing;
    const late = candidates.filter(({ at }) => isLate(at, closing)).length;
    return { closing, candidates, late };
  }
}

function candidateOf(action: string, event: LogEvent): Candidate {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const member = (value: unknown, name: string) =>
    text((value as Record<string, unknown> | null | undefined)?.[name]);
  const { actor, data, object, time } = event;
  const ofActor = member(actor, 'type') === 'agent' ? member(actor, 'id') : '';
  return {
    action,
    agent: text(event.agent) || ofActor,
    actionType: member(object, 'id'),
    band: member(data, 'amount_band') || 'none',
    at: Date.parse(text(time)),
  };
}
