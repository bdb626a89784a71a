/** How an approver decides, and when that looks like signing without reading. Pure. */

/** Over how many days an approver is looked at. */
export const DAYS = 30;
/**
 * So many approvals in a row. At a rejection rate of one in ten, which is few, twenty without one
 * happen by chance in an eighth of all cases, and mean nothing without what is below.
 */
export const IN_A_ROW = 20;
/**
 * And half of them in less than this. The card's sentence alone has a dozen words, which take a
 * practised reader three seconds; nothing else on it was read then.
 */
export const MEDIAN_SECONDS = 3;

/** One decision of an approver; of a batch, the whole of it. */
export interface Act {
  member: string;
  approved: boolean;
  at: Date;
  /** From the opening of the card to the signature; null when no card was opened. */
  seconds: number | null;
}

export interface Stamping {
  member: string;
  in_a_row: number;
  median_seconds: number;
  /** How many of the last so many were decided without their card. */
  unopened: number;
  until: Date;
}

/**
 * The members who approved so many in a row, half of them faster than anyone reads. What was
 * signed without its card counts as no time at all. `acts` of each member in the order of time.
 */
export function stamping(acts: readonly Act[]): Stamping[] {
  const runs = new Map<string, Act[]>();
  const found = new Map<string, Stamping>();
  for (const act of acts) {
    const run = act.approved ? [...(runs.get(act.member) ?? []), act] : [];
    runs.set(act.member, run);
    if (run.length < IN_A_ROW) continue;
    const last = run.slice(-IN_A_ROW);
    const middle = median(last.map(({ seconds }) => seconds ?? 0));
    if (middle >= MEDIAN_SECONDS) continue;
    found.set(act.member, {
      ...{ member: act.member, in_a_row: run.length, until: act.at },
      median_seconds: Math.round(middle * 10) / 10,
      unopened: last.filter(({ seconds }) => seconds === null).length,
    });
  }
  return [...found.values()];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return ((sorted[low] ?? 0) + (sorted[high] ?? 0)) / 2;
}
