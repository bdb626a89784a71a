/** How often, and at what hours, an agent usually proposes. Pure. */
import type { Sign } from './schema';
import { countWords } from './words';

/** Fewer than these in an hour are no rush, whatever is usual. */
export const MIN_IN_HOUR = 5;
/** Usual is known from so many hours in which there was anything. */
export const MIN_ACTIVE_HOURS = 5;
/** Counts of an hour of a steady agent go up to twice the median and seldom beyond. */
export const FASTER = 3;
/** An order of magnitude is no busy day. */
export const MUCH_FASTER = 10;
/** With fewer, the hours that are missing are missing by chance. */
export const MIN_FOR_HOURS = 50;
/** Before a week, or of less of it, an hour may be missing for the day of the week. */
export const MIN_HOURS_COVERED = 7 * 24;
export const USUAL_SHARE = 0.95;

export interface PaceFacts {
  type: string;
  days: number;
  /** Proposed in the hour before, this one aside. */
  lastHour: number;
  /** Whether there were more than were read. */
  more: boolean;
  /** Counts of the hours before that one in which there were any. */
  activeHours: readonly number[];
}

export function paceSigns({ type, days, lastHour, more, activeHours }: PaceFacts): Sign[] {
  const count = lastHour + 1;
  if (count < MIN_IN_HOUR || activeHours.length < MIN_ACTIVE_HOURS) return [];
  const usual = medianOf(activeHours);
  if (count <= usual * FASTER) return [];
  return [
    {
      code: 'pace',
      severity: count > usual * MUCH_FASTER ? 'warning' : 'notice',
      sentence: `${countWords(count)}${more ? ' or more' : ''} of ${type} proposed by this agent within an hour; usually ${countWords(usual)} an hour when there are any.`,
      against: `the median of ${countWords(activeHours.length)} hours with any, in ${days} days`,
      actions: [],
    },
  ];
}

function medianOf(counts: readonly number[]): number {
  const sorted = counts.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

export interface HourFacts {
  at: Date;
  zone: string;
  days: number;
  /** Of each hour of the day in that zone, how many were proposed then. */
  hours: ReadonlyMap<number, number>;
  /** How far back those reach. */
  coveredHours: number;
}

export function hourSigns({ at, zone, days, hours, coveredHours }: HourFacts): Sign[] {
  const total = [...hours.values()].reduce((sum, count) => sum + count, 0);
  if (total < MIN_FOR_HOURS || coveredHours < MIN_HOURS_COVERED) return [];
  const hour = hourIn(zone, at);
  const usual = usualHours(hours);
  if (usual.has(hour)) return [];
  return [
    {
      ...{ code: 'hour', severity: 'notice', actions: [] },
      sentence: `Proposed between ${hour} and ${hour + 1} o'clock (${zone}); 95 % of this agent's ${countWords(total)} earlier were proposed ${rangesOf(usual)}.`,
      against: `this agent's actions of ${days} days that had an amount, or were held or denied`,
    },
  ];
}

export function hourIn(zone: string, at: Date): number {
  const format = { hour: '2-digit', hourCycle: 'h23', timeZone: zone } as const;
  return Number(new Intl.DateTimeFormat('en-GB', format).format(at));
}

/** The fewest hours with 95 % of all, the busiest first; one as busy as the last of them is in too. */
export function usualHours(hours: ReadonlyMap<number, number>): Set<number> {
  const busiest = [...hours].filter(([, count]) => count > 0).toSorted(([, a], [, b]) => b - a);
  const total = busiest.reduce((sum, [, count]) => sum + count, 0);
  const usual = new Set<number>();
  let covered = 0;
  let last = 0;
  for (const [hour, count] of busiest) {
    if (covered >= total * USUAL_SHARE && count < last) break;
    usual.add(hour);
    covered += count;
    last = count;
  }
  return usual;
}

/** {8, 9, 10, 14} → "8 to 11, 14 to 15"; over midnight in one. */
export function rangesOf(hours: ReadonlySet<number>): string {
  const starts = [...hours]
    .filter((hour) => !hours.has((hour + 23) % 24))
    .toSorted((a, b) => a - b);
  if (starts.length === 0) return 'at all hours';
  return starts
    .map((start) => {
      let end = start;
      while (hours.has(end % 24)) end += 1;
      return `${start} to ${end > 24 ? end - 24 : end}`;
    })
    .join(', ');
}
