/**
 * Terms of SMT-LIB 2 as text. What is known already is folded, so that a question without a
 * free variable has its answer without anyone being asked, and equal formulas are equal texts.
 */
export type Term = string;

export const yes: Term = 'true';
export const no: Term = 'false';

export function bool(value: boolean): Term {
  return value ? yes : no;
}

export function not(term: Term): Term {
  if (term === yes) return no;
  if (term === no) return yes;
  return term.startsWith('(not ') ? term.slice(5, -1) : `(not ${term})`;
}

export function and(...terms: readonly Term[]): Term {
  return joined('and', terms, yes, no);
}

export function or(...terms: readonly Term[]): Term {
  return joined('or', terms, no, yes);
}

function joined(name: string, terms: readonly Term[], empty: Term, all: Term): Term {
  const kept = new Set<Term>();
  for (const term of terms) {
    if (term === all || kept.has(not(term))) return all;
    if (term !== empty) kept.add(term);
  }
  const [one] = kept;
  if (one === undefined) return empty;
  return kept.size === 1 ? one : `(${name} ${[...kept].join(' ')})`;
}

export function ite(condition: Term, then: Term, otherwise: Term): Term {
  if (condition === yes || then === otherwise) return then;
  return condition === no ? otherwise : `(ite ${condition} ${then} ${otherwise})`;
}

export function equals(one: Term, other: Term): Term {
  if (one === other) return yes;
  return isConstant(one) && isConstant(other) ? no : `(= ${one} ${other})`;
}

/** A number of SMT-LIB, which has no negative literals. */
export function int(value: number | bigint): Term {
  const text = String(value);
  return text.startsWith('-') ? `(- ${text.slice(1)})` : text;
}

export function less(one: Term, other: Term): Term {
  return compared('<', one, other, (a, b) => a < b);
}

export function atMost(one: Term, other: Term): Term {
  return compared('<=', one, other, (a, b) => a <= b);
}

export function within(term: Term, from: number | bigint, to: number | bigint): Term {
  return and(atMost(int(from), term), atMost(term, int(to)));
}

function compared(
  name: string,
  one: Term,
  other: Term,
  holds: (a: bigint, b: bigint) => boolean,
): Term {
  const [a, b] = [numberOf(one), numberOf(other)];
  return a === undefined || b === undefined ? `(${name} ${one} ${other})` : bool(holds(a, b));
}

/** The number that a term is; undefined where that depends. */
export function numberOf(term: Term): bigint | undefined {
  const match = /^(?:(\d+)|\(- (\d+)\))$/.exec(term);
  if (!match) return undefined;
  return match[1] === undefined ? -BigInt(match[2] ?? 0) : BigInt(match[1]);
}

function isConstant(term: Term): boolean {
  return term === yes || term === no || term.startsWith('"') || numberOf(term) !== undefined;
}

/** Characters that Z3 has; it knows none beyond. */
const LAST = 0x2_ff_ff;

/** Undefined for a text with a character that Z3 does not know. */
export function text(value: string): Term | undefined {
  const characters = [...value];
  if (characters.some((one) => (one.codePointAt(0) ?? 0) > LAST)) return undefined;
  return `"${characters.map(escaped).join('')}"`;
}

function escaped(character: string): string {
  if (character >= ' ' && character <= '~' && character !== '"' && character !== '\\') {
    return character;
  }
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
