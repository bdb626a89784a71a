import { formatExact } from '../format';

/** The thresholds of one amount. Upper bounds, inclusive; null leaves the rung out; above the last: denied. */
export interface LadderValue {
  autonomous: number | null;
  supervised: number | null;
  gated: number | null;
}

export type Rung = keyof LadderValue;
export const rungs: Rung[] = ['autonomous', 'supervised', 'gated'];

/** The tier of an amount; null where it is denied. */
export function ladderTier(ladder: LadderValue, amount: number): 1 | 2 | 3 | null {
  if (ladder.autonomous !== null && amount <= ladder.autonomous) return 1;
  if (ladder.supervised !== null && amount <= ladder.supervised) return 2;
  if (ladder.gated !== null && amount <= ladder.gated) return 3;
  return null;
}

/**
 * One rung moved. Rungs below that would stand higher come down with it, rungs above that would stand lower
 * go up, so that whatever is written covers each amount exactly once.
 */
export function moveRung(ladder: LadderValue, rung: Rung, to: number | null): LadderValue {
  const next = { ...ladder, [rung]: to };
  if (to === null) return next;
  const index = rungs.indexOf(rung);
  for (const [place, each] of rungs.entries()) {
    const bound = next[each];
    if (bound === null || each === rung) continue;
    next[each] = place < index ? Math.min(bound, to) : Math.max(bound, to);
  }
  return next;
}

/** The highest bound that is set, or 0. */
export function topOf(ladder: LadderValue): number {
  return Math.max(0, ...rungs.map((rung) => ladder[rung] ?? 0));
}

/** A round number above: 1 240 → 1 500. The end of a scale. */
export function roundUp(value: number): number {
  if (value <= 0) return 100;
  const magnitude = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]) {
    if (step * magnitude >= value) return step * magnitude;
  }
  return 10 * magnitude;
}

export interface Segment {
  rung: Rung | 'denied';
  from: number;
  to: number;
}

/** The stretches of the scale from 0 to `max`, in order, empty ones left out. */
export function segments(ladder: LadderValue, max: number): Segment[] {
  const found: Segment[] = [];
  let from = 0;
  for (const rung of rungs) {
    const to = ladder[rung];
    if (to === null || to <= from) continue;
    found.push({ rung, from, to: Math.min(to, max) });
    from = to;
  }
  if (from < max) found.push({ rung: 'denied', from, to: max });
  return found;
}

const means: Record<Rung | 'denied', string> = {
  autonomous: 'runs on its own',
  supervised: 'runs, and may be sampled for review',
  gated: 'waits for a person',
  denied: 'is denied',
};

/** What the ladder says, in words. */
export function ladderSentence(
  ladder: LadderValue,
  format: (amount: number) => string = formatExact,
): string {
  const top = topOf(ladder);
  if (segments(ladder, top).length === 0) return 'Every amount is denied.';
  const parts = segments(ladder, top).map((segment, index) => {
    const range =
      index === 0
        ? `Up to ${format(segment.to)}`
        : `above ${format(segment.from)} to ${format(segment.to)}`;
    return `${range} ${means[segment.rung]}`;
  });
  return `${[...parts, `above ${format(top)} ${means.denied}`].join('; ')}.`;
}
