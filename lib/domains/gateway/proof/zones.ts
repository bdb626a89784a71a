/** How the clocks of several time zones can stand to each other, from now on for ten years. */
import { clockIn } from '../cedar/context';

export const WEEK = 10_080;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const YEARS = 10;

/** A stretch of time in which no clock is changed; longer ones count as a week, which is all of it. */
export interface Stretch {
  /** Minutes that each zone's clock is ahead of UTC, in the order of the zones. */
  offsets: readonly number[];
  /** Epoch milliseconds. */
  from: number;
  /** Minutes that it lasts, at most a week. */
  lasts: number;
}

const known = new Map<string, readonly Stretch[]>();

/** One stretch of each way that the clocks stand to each other. */
export function stretchesOf(zones: readonly string[], now: number): readonly Stretch[] {
  const start = now - (now % DAY_MS);
  const key = `${start} ${zones.join(' ')}`;
  let found = known.get(key);
  if (!found) {
    found = stretches(zones, start);
    known.clear();
    known.set(key, found);
  }
  return found;
}

function stretches(zones: readonly string[], start: number): Stretch[] {
  const end = start + YEARS * 366 * DAY_MS;
  const changes = new Set([start]);
  for (const zone of zones) for (const at of changesOf(zone, start, end)) changes.add(at);
  const moments = [...changes].toSorted((a, b) => a - b);
  const found = new Map<string, Stretch>();
  for (const [index, from] of moments.entries()) {
    const offsets = zones.map((zone) => offsetAt(zone, from));
    const lasts = Math.min(WEEK, ((moments[index + 1] ?? end) - from) / MINUTE_MS);
    const key = lasts < WEEK ? `${offsets.join()} ${weekMinute(from)} ${lasts}` : offsets.join();
    if (!found.has(key)) found.set(key, { offsets, from, lasts });
  }
  return [...found.values()];
}

/** When a zone's clock is changed, to the minute. */
function changesOf(zone: string, start: number, end: number): number[] {
  const changes: number[] = [];
  let before = offsetAt(zone, start);
  for (let day = start; day < end; day += DAY_MS) {
    const after = offsetAt(zone, day + DAY_MS);
    if (after === before) continue;
    let [from, to] = [day, day + DAY_MS];
    while (to - from > MINUTE_MS) {
      const middle = from + Math.floor((to - from) / 2 / MINUTE_MS) * MINUTE_MS;
      if (offsetAt(zone, middle) === before) from = middle;
      else to = middle;
    }
    changes.push(to);
    before = after;
  }
  return changes;
}

/** Minutes that a zone's clock is ahead of UTC. */
function offsetAt(zone: string, at: number): number {
  const { day, minute } = clockIn(zone, at);
  const ahead = ((((day - 1) * 1_440 + minute - weekMinute(at)) % WEEK) + WEEK) % WEEK;
  return ahead > WEEK / 2 ? ahead - WEEK : ahead;
}

/** Minutes since Monday began in UTC; the epoch began on a Thursday. */
export function weekMinute(at: number): number {
  return (Math.floor(at / MINUTE_MS) + 3 * 1_440) % WEEK;
}

/** The first moment of a stretch at a minute of the week. */
export function momentIn({ from }: Stretch, minute: number): number {
  return from + ((minute - weekMinute(from) + WEEK) % WEEK) * MINUTE_MS;
}
