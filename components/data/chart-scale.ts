import { exactTime, formatClock, formatDate, formatDay } from '../format';
import { roundUp } from './ladder-math';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Whether it is a calendar day, which no time zone moves, and not an instant. */
export function isDay(at: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(at);
}

/** What a point of a chart is called in full. */
export function pointLabel(at: string): string {
  return isDay(at) ? formatDay(at) : exactTime(at);
}

/** The words under an axis of time: clocks within a day, dates beyond. */
export function instantLabel(at: string, spanMs: number): string {
  if (isDay(at)) return withoutYear(formatDay(at));
  if (spanMs <= DAY) return formatClock(at, Date.parse(at) % MINUTE !== 0);
  const date = withoutYear(formatDate(at));
  return spanMs <= 3 * DAY ? `${date} ${formatClock(at, false)}` : date;
}

function withoutYear(date: string): string {
  return date.replace(/ \d{4}$/, '');
}

export function spanOf(points: { at: string }[]): number {
  const first = points[0];
  const last = points.at(-1);
  return first && last ? new Date(last.at).getTime() - new Date(first.at).getTime() : 0;
}

/** About `count` places to put a label, ends included. */
export function ticks(length: number, count: number): number[] {
  if (length <= 1) return length === 1 ? [0] : [];
  const wanted = Math.min(count, length);
  return Array.from({ length: wanted }, (_, index) =>
    Math.round((index * (length - 1)) / (wanted - 1)),
  );
}

export function topOfScale(highest: number): number {
  return highest <= 0 ? 1 : highest < 4 ? 4 : roundUp(highest);
}
