import { formatClock, formatDate } from '../format';
import { roundUp } from './ladder-math';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** The words under an axis of time: clocks within two days, dates beyond. */
export function instantLabel(at: string, spanMs: number): string {
  if (spanMs <= DAY) return formatClock(at, Date.parse(at) % MINUTE !== 0);
  if (spanMs <= 3 * DAY) return `${shortDate(at)} ${formatClock(at, false)}`;
  return shortDate(at);
}

function shortDate(at: string): string {
  return formatDate(at).replace(/ \d{4}$/, '');
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
