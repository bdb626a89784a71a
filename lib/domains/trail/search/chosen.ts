/**
 * Which of what a search asks for is looked up in the index: an intersection reads the list of
 * each lexeme in it for the whole stretch, so one that many events have costs more than it
 * spares. It is compared in the rows that the others leave.
 */

/** A filter or the words, as a tsquery, and the part of the workspace's events that match it. */
export interface Lexeme {
  query: string;
  share: number;
  /** Whether other workspaces have it too, as they have the same outcomes but not the same agents. */
  common: boolean;
}

/** The list that leads an intersection is gone through entry by entry, the others are skipped through. */
const LEADING = 12;
/** Fetching a row and comparing it costs as much as skipping this many entries. */
const ROW = 150;

/** As long as the list of a lexeme is, where 1 is that of the workspace's own. */
const listOf = ({ share, common }: Lexeme, own: number) => share / (common ? own : 1);

/**
 * In the order in which the server is told: it goes through the list of the last, and only looks
 * up in the others what that one has. With none to go through it is done at once.
 */
export function shortestLast(lexemes: readonly Lexeme[], own = 1): Lexeme[] {
  return lexemes.toSorted((a, b) => listOf(b, own) - listOf(a, own));
}

/** The cheapest choice, never none. `own` is the workspace's part of the trail where it is looked up too. */
export function chosen(lexemes: readonly Lexeme[], own = 1): Lexeme[] {
  let best: { cost: number; taken: Lexeme[] } | undefined;
  for (let set = own < 1 ? 0 : 1; set < 2 ** lexemes.length; set += 1) {
    const taken = lexemes.filter((_, at) => (set >> at) % 2 === 1);
    const lists = taken.map((each) => listOf(each, own));
    const leading = Math.min(1, ...lists);
    const read = lists.reduce((sum, share) => sum + share, (LEADING - 1) * leading);
    const left = taken.reduce((part, { share }) => part * share, 1);
    const cost = read + ROW * left;
    if (!best || cost < best.cost) best = { cost, taken };
  }
  return best?.taken ?? [];
}
