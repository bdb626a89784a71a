/**
 * Reads a regular expression of ECMA-262 (with the flag `u`, as JSON Schema asks for) into what
 * an automaton is made of. JavaScript's own RegExp says whether it is one, and which characters
 * a class, an escape or a dot stands for; here is only how these are put together.
 */

/** A pattern that is not run; the message says why. */
export class PatternError extends Error {
  override name = 'PatternError';
}

export type Edge = '^' | '$' | 'b' | 'B';

export type Part =
  /** One character of a set, by the set's place in `sets`. */
  | { kind: 'one'; set: number }
  | { kind: 'edge'; edge: Edge }
  | { kind: 'sequence'; parts: readonly Part[] }
  | { kind: 'choice'; parts: readonly Part[] }
  | { kind: 'repeat'; part: Part; least: number; most: number };

export type CharacterSet = (character: string) => boolean;

export interface Read {
  whole: Part;
  sets: readonly CharacterSet[];
}

/** Groups within groups; what is read is walked once for each. */
const DEEPEST = 100;
const MOST_SETS = 1_000;
const LONGEST_QUOTED = 80;

const character =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u\{[\da-fA-F]+\}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\c[A-Za-z]|\\[pP]\{[^}]*\}|\\[^]|\[(?:\\[^]|[^\]\\])*\]|[^]/uy;
const repetition = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/uy;
const group = /\((?:\?:|\?<[^=!>][^>]*>)?/uy;
const edge = /\^|\$|\\b|\\B/uy;
const looked: Record<string, string> = {
  '(?=': 'looks ahead',
  '(?!': 'looks ahead',
  '(?<=': 'looks behind',
  '(?<!': 'looks behind',
};
const REMEDY = '; use allOf or not with patterns of their own';

/** Throws PatternError. */
export function readPattern(source: string): Read {
  try {
    // Nothing is ever matched by it.
    void new RegExp(source, 'u');
  } catch (error) {
    const why = (error as Error).message.split(': ').at(-1) ?? '';
    throw new PatternError(`${quoted(source)} is not valid: ${why}`);
  }
  const reader = new Reader(source);
  return { whole: reader.choice(0), sets: reader.sets };
}

export function quoted(source: string): string {
  const points = [...source];
  const shown = points.slice(0, LONGEST_QUOTED).join('');
  return JSON.stringify(points.length > LONGEST_QUOTED ? `${shown}…` : shown);
}

class Reader {
  readonly sets: CharacterSet[] = [];
  private readonly source: string;
  private readonly known = new Map<string, number>();
  private at = 0;

  constructor(source: string) {
    this.source = source;
  }

  choice(depth: number): Part {
    if (depth > DEEPEST) throw this.refusal(`has more than ${DEEPEST} groups within groups`);
    const parts = [this.sequence(depth)];
    while (this.take('|')) parts.push(this.sequence(depth));
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'choice', parts };
  }

  private sequence(depth: number): Part {
    const parts: Part[] = [];
    while (this.at < this.source.length && !'|)'.includes(this.source.charAt(this.at))) {
      parts.push(this.repeated(this.single(depth)));
    }
    return { kind: 'sequence', parts };
  }

  private single(depth: number): Part {
    const found = this.match(edge)?.[0];
    if (found) return { kind: 'edge', edge: found.replace('\\', '') as Edge };
    if (this.source.charAt(this.at) === '(') {
      this.open();
      const inner = this.choice(depth + 1);
      this.take(')');
      return inner;
    }
    const one = this.match(character)?.[0] ?? '';
    if (/^\\[1-9k]/.test(one)) throw this.refusal('refers back to a group');
    return { kind: 'one', set: this.setOf(one) };
  }

  private open(): void {
    for (const [start, does] of Object.entries(looked)) {
      if (this.source.startsWith(start, this.at)) throw this.refusal(does + REMEDY);
    }
    const [start = ''] = this.match(group) ?? [];
    if (start === '(' && this.source.charAt(this.at) === '?') {
      throw this.refusal('has flags within');
    }
  }

  private repeated(part: Part): Part {
    const found = this.match(repetition);
    if (!found) return part;
    const [, sign, from = '', comma, to] = found;
    if (sign === '?') return { kind: 'repeat', part, least: 0, most: 1 };
    if (sign) return { kind: 'repeat', part, least: sign === '+' ? 1 : 0, most: Infinity };
    const least = Number(from);
    return { kind: 'repeat', part, least, most: to ? Number(to) : comma ? Infinity : least };
  }

  private setOf(written: string): number {
    const found = this.known.get(written);
    if (found !== undefined) return found;
    if (this.sets.length === MOST_SETS) {
      throw this.refusal(`tells more than ${MOST_SETS} sets of characters apart`);
    }
    this.known.set(written, this.sets.length);
    // On one character it takes one step, whatever it is.
    const native = new RegExp(`^${written}$`, 'u');
    const plain = written.length === 1 && written !== '.';
    this.sets.push(plain ? (one) => one === written : (one) => native.test(one));
    return this.sets.length - 1;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  private take(sign: string): boolean {
    if (this.source.charAt(this.at) !== sign) return false;
    this.at += 1;
    return true;
  }

  private refusal(why: string): PatternError {
    return new PatternError(`${quoted(this.source)} ${why}`);
  }
}
