/**
 * The words of a text, and what is looked for among them. Both sides cut text in this one
 * way, so a search finds what it shows: letters and digits, lower case, compatibility forms
 * folded; everything else separates. `refunds.create` is two words, found as a phrase.
 */

import { binaryVector } from '@/lib/infra/pg-binary';
import { quoted as lexemeText } from './lexemes';

/** Beyond these an event's text is cut for search; its body keeps everything. */
const TEXT_LIMIT = 200_000;
const WORD_LIMIT = 12_000;
const WORD_LENGTH = 64;

export function words(text: string): string[] {
  return plainWords(text) ?? foldedWords(text);
}

/** The same of text that is ASCII, as most is, where folding changes nothing; undefined of any other. */
function plainWords(text: string): string[] | undefined {
  if (text.length > TEXT_LIMIT) return undefined;
  const found: string[] = [];
  const lower = text.toLowerCase();
  let start = -1;
  for (let at = 0; at <= lower.length; at += 1) {
    const code = at < lower.length ? lower.charCodeAt(at) : 0;
    if (code > 0x7f) return undefined;
    const inside = (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
    if (inside) {
      if (start < 0) start = at;
    } else if (start >= 0) {
      if (found.length < WORD_LIMIT)
        found.push(lower.slice(start, Math.min(at, start + WORD_LENGTH)));
      start = -1;
    }
  }
  return found;
}

function foldedWords(text: string): string[] {
  const folded = text.slice(0, TEXT_LIMIT).normalize('NFKC').toLowerCase();
  const found: string[] = folded.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  if (found.length > WORD_LIMIT) found.length = WORD_LIMIT;
  for (const [at, word] of found.entries()) {
    // Half of a character is none.
    if (word.length > WORD_LENGTH) found[at] = word.slice(0, WORD_LENGTH).toWellFormed();
  }
  return found;
}

/** A PostgreSQL tsvector, in its binary form: each word with its positions, and lexemes without. */
export function textVector(texts: readonly string[], lexemes: readonly string[] = []): Buffer {
  const places = new Map<string, number[]>();
  let position = 1;
  for (const text of texts) {
    for (const word of words(text)) {
      const at = places.get(word);
      // PostgreSQL keeps 256 positions a word, and none past 16383.
      const kept = position < 16_383;
      // Most words occur once, and an array that was empty makes room for many.
      if (at === undefined) places.set(word, kept ? [position] : []);
      else if (at.length < 255 && kept) at.push(position);
      position += 1;
    }
    // A phrase does not run from one value into the next.
    position += 1;
  }
  return binaryVector(lexemes, places);
}

/** One thing that is looked for: these words in this order, the last perhaps only a beginning. */
export interface Term {
  not: boolean;
  words: string[];
  prefix: boolean;
  /** What may stand in the index instead of a whole word. */
  hashed: readonly string[];
}

/**
 * What someone typed: every word must occur, "quoted words" in this order, `-word` must not,
 * `wor*` is a beginning. `hashed` has what may stand in the index instead of a whole word.
 */
export function termsOf(typed: string, hashed?: ReadonlyMap<string, readonly string[]>): Term[] {
  const terms: Term[] = [];
  for (const [, minus = '', quoted, bare = ''] of typed.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)) {
    const found = words(quoted ?? bare);
    const [only] = found;
    if (only === undefined) continue;
    const prefix = quoted === undefined && bare.endsWith('*');
    const whole = !prefix && found.length === 1;
    terms.push({
      not: minus === '-',
      words: found,
      prefix,
      hashed: whole ? (hashed?.get(only) ?? []) : [],
    });
  }
  return terms;
}

/** The same as a PostgreSQL tsquery, in its text form; undefined when nothing is looked for. */
export function textQuery(
  typed: string,
  hashed?: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  const terms = termsOf(typed, hashed).map((term) => {
    const last = term.words.length - 1;
    const phrase = term.words
      .map((word, at) => (term.prefix && at === last ? `'${word}':*` : `'${word}'`))
      .join(' <-> ');
    return `${term.not ? '!' : ''}(${[phrase, ...term.hashed.map(lexemeText)].join(' | ')})`;
  });
  return terms.length > 0 ? terms.join(' & ') : undefined;
}

/** Whether something of a query must be there, and not only be absent. */
export function mustOccur(query: string): boolean {
  return query.split(' & ').some((term) => !term.startsWith('!'));
}
