/** A PostgreSQL tsvector as ClickHouse keeps it. */

/** `'refund':1,9 '=word=9f31…'`; a quote or backslash within is doubled. */
const LEXEME = /'((?:[^']|'')*)'(?::([\d,]+))?/g;

export interface CopiedWords {
  words: string[];
  /** ` boiler arrived  photograph `: a space on both sides of each, two where a phrase ends. */
  said: string;
}

/**
 * Takes the words and the keyed hashes of protected ones out of a tsvector in its text form;
 * what stands beside them only repeats columns.
 */
export function wordsOf(vector: string): CopiedWords {
  const words: string[] = [];
  const said: string[] = [];
  const unplaced: string[] = [];
  for (const [, quoted = '', places] of vector.matchAll(LEXEME)) {
    const lexeme = quoted.replaceAll("''", "'").replaceAll('\\\\', '\\');
    const named = lexeme.startsWith('=');
    if (named && !lexeme.startsWith('=word=')) continue;
    words.push(lexeme);
    if (named) continue;
    if (places === undefined) unplaced.push(lexeme);
    else for (const place of places.split(',')) said[Number(place) - 1] = lexeme;
  }
  const inOrder = Array.from(said, (word) => word ?? '');
  // Too far back in a long text to have a place: each stands alone.
  const text = [...inOrder, ...unplaced.flatMap((word) => ['', word])].join(' ');
  return { words, said: ` ${text} ` };
}
