/**
 * Which of what a search asks for is looked up in the index, and in which order. The server goes
 * through the first two lists side by side, each as far as the other lets it, and looks into a
 * further one only for what the ones before it have in common: the shortest stand first, and one
 * that would leave out hardly anything is compared in the rows instead.
 */

/** A filter, a stretch or the words, as a tsquery, and the part of the workspace's events that match it. */
export interface Lexeme {
  query: string;
  share: number;
  /** Whether other workspaces have it too, as they have the same outcomes but not the same agents. */
  common: boolean;
  /** How many values it is any of, each with a list of its own. */
  lists: number;
}

/** Fetching a row and comparing it costs as much as looking for this many entries in a list. */
const ROW = 25;
/** Reading a list costs this part of looking for each of its entries; what looks into it reads most of it. */
const READ = 0.04;
/** What beginning one more list costs, beside looking for every event in it. */
const BEGIN = 0.002;

/**
 * The shortest list first, never none; a stretch of time, where it spares more than its lists
 * cost, no later than second. `own` is the workspace's part of the trail, 1 where that is most
 * of it.
 */
export function chosen(lexemes: readonly Lexeme[], own = 1, stretch?: Lexeme): Lexeme[] {
  const listOf = ({ share, common }: Lexeme) => (common ? share : share * own);
  const [first, ...others] = lexemes.toSorted((a, b) => listOf(a) - listOf(b));
  if (!first) return [];
  const taken = [first];
  let left = listOf(first);
  let othersToo = first.common;
  for (const next of others) {
    const part = next.share * (next.common || !othersToo ? 1 : own);
    if (left * (1 - part) * ROW <= left * next.lists + READ * listOf(next)) continue;
    taken.push(next);
    left *= part;
    othersToo &&= next.common;
  }
  if (stretch) {
    // Its events stand together, so what is before and after them is skipped in the first list too.
    const spared = (1 - stretch.share) * (2 * listOf(first) + left * ROW);
    const cost = stretch.lists * (BEGIN + stretch.share * listOf(first));
    if (spared > cost) taken.splice(listOf(stretch) < listOf(first) ? 0 : 1, 0, stretch);
  }
  return taken;
}
