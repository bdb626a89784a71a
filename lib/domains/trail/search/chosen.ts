/**
 * Which of a search's filters the index is asked for. An intersection reads the list of each
 * lexeme that is in it for the whole stretch, so one that many events have costs more than it
 * spares: its column is compared in the rows that the others leave.
 */

/** A filter as a lexeme, and the part of the workspace's events that it matches. */
export interface Lexeme {
  query: string;
  share: number;
  /** Whether other workspaces have it too, as they have the same outcomes but not the same agents. */
  common: boolean;
}

/** What is looked through. */
export interface Extent {
  /** Events of the workspace. */
  rows: number;
  /** At most this part of them has the words; 1 without any. */
  worded: number;
  /** The workspace's part of the trail where it is looked up too, else 1. */
  own: number;
}

/** Fetching a row and comparing it costs as much as reading this many entries of lists. */
const ROW = 120;

/** The cheapest choice, of `least` at least. */
export function chosen(
  lexemes: readonly Lexeme[],
  { rows, worded, own }: Extent,
  least: 0 | 1,
): string[] {
  let best: { cost: number; queries: string[] } | undefined;
  for (let set = least; set < 2 ** lexemes.length; set += 1) {
    const taken = lexemes.filter((_, at) => (set >> at) % 2 === 1);
    const read = taken.reduce((sum, { share, common }) => sum + share / (common ? own : 1), 0);
    const left = taken.reduce((part, { share }) => part * share, worded);
    const cost = rows * (read + ROW * left);
    if (best && best.cost <= cost) continue;
    best = { cost, queries: taken.map(({ query }) => query) };
  }
  return best?.queries ?? [];
}
