import type { Filters } from '../schema';
import type { Bars, TimeCount } from './engine';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST_BARS = 60;
/** From here on bars are whole hours, which are counted beforehand. */
const HOURLY_MS = 12 * HOUR_MS;
/** From here on they may be, where finer ones could not all be counted. */
export const COARSE_MS = 6 * HOUR_MS;
const SHORTEST_MS = 15 * 60_000;
const SHOWN_MS = 2 * DAY_MS;

/** The bars of a picture: whole hours or days in long ranges, whatever the ends of the range are. */
export function barsOf(
  filters: Filters,
  began: number,
  now: number,
  hourly = HOURLY_MS,
): { bars: Bars; range: { from: string; to: string }; starts: number[] } {
  const to = filters.to === undefined ? now : Date.parse(filters.to);
  const from =
    filters.from === undefined
      ? Math.min(Math.max(began, to - SHOWN_MS), to - SHORTEST_MS)
      : Date.parse(filters.from);
  const length = Math.max(1, to - from);
  // One bar fewer than there may be, because the first may begin before the range does.
  const unit = length >= (MOST_BARS - 1) * DAY_MS ? DAY_MS : length >= hourly ? HOUR_MS : 1;
  const width = Math.ceil(length / (unit === 1 ? MOST_BARS : MOST_BARS - 1) / unit) * unit;
  const origin = unit === 1 ? from : Math.floor(from / unit) * unit;
  const count = Math.ceil((to - origin) / width);
  const iso = (at: number) => new Date(at).toISOString();
  return {
    bars: { origin: iso(origin), width },
    range: { from: iso(from), to: iso(to) },
    starts: Array.from({ length: count }, (_, bar) => origin + bar * width),
  };
}

/** Whether a picture of finer bars could be one of hours. */
export function coarser({ bars, range }: Pick<ReturnType<typeof barsOf>, 'bars' | 'range'>) {
  return bars.width < HOUR_MS && Date.parse(range.to) - Date.parse(range.from) >= COARSE_MS;
}

/**
 * Where the oldest bar begins that has any of the newest matches: what is older was not counted,
 * and what is in that bar may be so in part only.
 */
export function countedFrom(rows: readonly TimeCount[], end: string): string {
  const times = rows.filter(({ count }) => count > 0).map(({ at }) => at.getTime());
  return new Date(times.reduce((least, at) => Math.min(least, at), Date.parse(end))).toISOString();
}
