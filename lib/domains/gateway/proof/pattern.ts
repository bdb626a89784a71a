/**
 * A JSON Schema's `pattern` as a regular expression of Z3, and texts that it matches. Only
 * what patterns are mostly made of; undefined for the rest, whose texts are then any.
 */
import { text } from './term';

export interface Pattern {
  term: string;
  /** Two texts that it matches, different ones where that is easy. */
  samples: readonly [string, string];
}

type Ranges = [from: number, to: number][];

const LAST = 0x2_ff_ff;
const digits: Ranges = [[0x30, 0x39]];
const letters: Ranges = [...digits, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
const spaces: Ranges = [
  [9, 13],
  [0x20, 0x20],
  [0xa0, 0xa0],
];
const anyLine: Ranges = others([
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
]);
const classes: Record<string, Ranges> = {
  d: digits,
  w: letters,
  D: others(digits),
  W: others(letters),
};
const none = ['', ''] as const;
const all: Pattern = { term: 're.all', samples: none };

class Unreadable extends Error {}

export function patternOf(source: string): Pattern | undefined {
  const reader = new Reader(source);
  try {
    const read = reader.alternatives(true);
    return reader.peek() === '' ? read : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Reader {
  private readonly characters: string[];
  private at = 0;

  constructor(source: string) {
    this.characters = [...source];
  }

  peek(): string {
    return this.characters[this.at] ?? '';
  }

  /** Whole ones match anywhere in a text unless they are anchored. */
  alternatives(whole: boolean): Pattern {
    const found: Pattern[] = [];
    do found.push(this.sequence(whole));
    while (this.skip('|'));
    const [first = all] = found;
    if (found.length === 1) return first;
    return {
      term: `(re.union ${found.map(({ term }) => term).join(' ')})`,
      samples: first.samples,
    };
  }

  private sequence(whole: boolean): Pattern {
    const parts: Pattern[] = whole && !this.skip('^') ? [all] : [];
    let ended = false;
    while (!['', '|', ')'].includes(this.peek())) {
      if (ended) throw new Unreadable();
      if (whole && this.skip('$')) ended = true;
      else parts.push(this.repeated(this.atom()));
    }
    if (whole && !ended) parts.push(all);
    return concat(parts);
  }

  private atom(): Pattern {
    const character = this.next();
    if (character === '(') {
      if (this.skip('?') && !this.skip(':')) throw new Unreadable();
      const inner = this.alternatives(false);
      if (!this.skip(')')) throw new Unreadable();
      return inner;
    }
    if (character === '[') return oneOf(this.set());
    if (character === '.') return oneOf(anyLine);
    if (character === '\\') return oneOf(this.escape());
    if ('^$*+?{}'.includes(character)) throw new Unreadable();
    return oneOf([pointOf(character)]);
  }

  private set(): Ranges {
    const negated = this.skip('^');
    const ranges: Ranges = [];
    while (!this.skip(']')) {
      const from = this.member();
      const [only] = from;
      if (this.peek() === '-' && this.characters[this.at + 1] !== ']' && only) {
        this.next();
        const [to] = this.member();
        if (!to || from.length > 1) throw new Unreadable();
        ranges.push([only[0], to[1]]);
      } else ranges.push(...from);
    }
    return negated ? others(ranges) : ranges;
  }

  private member(): Ranges {
    const character = this.next();
    return character === '\\' ? this.escape() : [pointOf(character)];
  }

  private escape(): Ranges {
    const character = this.next();
    if (character === 's') return spaces;
    const known = classes[character];
    if (known) return known;
    if (/[A-Za-z0-9]/.test(character)) throw new Unreadable();
    return [pointOf(character)];
  }

  private repeated(one: Pattern): Pattern {
    const mark = this.peek();
    if (mark !== '' && '*+?'.includes(mark)) {
      this.next();
      if (this.peek() === '?') throw new Unreadable();
      const name = { '*': 're.*', '+': 're.+', '?': 're.opt' }[mark] ?? '';
      return { term: `(${name} ${one.term})`, samples: mark === '+' ? one.samples : none };
    }
    if (!this.skip('{')) return one;
    let bounds = '';
    while (this.peek() !== '}') bounds += this.next();
    this.next();
    const [, least = '', comma = '', most = ''] = /^(\d{1,3})(,?)(\d{0,3})$/.exec(bounds) ?? [];
    if (least === '') throw new Unreadable();
    const [first, second] = one.samples.map((sample) => sample.repeat(Number(least)));
    const samples = [first ?? '', second ?? ''] as const;
    const times = (to: string) => `((_ re.loop ${least} ${to}) ${one.term})`;
    if (comma === '') return { term: times(least), samples };
    if (most !== '') return { term: times(most), samples };
    return { term: `(re.++ ${times(least)} (re.* ${one.term}))`, samples };
  }

  private next(): string {
    const character = this.peek();
    if (character === '') throw new Unreadable();
    this.at += 1;
    return character;
  }

  private skip(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at += 1;
    return true;
  }
}

function concat(parts: readonly Pattern[]): Pattern {
  const [first] = parts;
  if (!first) return { term: '(str.to_re "")', samples: none };
  if (parts.length === 1) return first;
  return {
    term: `(re.++ ${parts.map(({ term }) => term).join(' ')})`,
    samples: [
      parts.map(({ samples }) => samples[0]).join(''),
      parts.map(({ samples }) => samples[1]).join(''),
    ],
  };
}

function pointOf(character: string): [number, number] {
  const point = character.codePointAt(0) ?? 0;
  return [point, point];
}

function oneOf(ranges: Ranges): Pattern {
  const terms = ranges.map(([from, to]) => {
    const ends = [text(String.fromCodePoint(from)), text(String.fromCodePoint(to))];
    if (ends.includes(undefined)) throw new Unreadable();
    return `(re.range ${ends.join(' ')})`;
  });
  const [first] = ranges;
  if (!first) throw new Unreadable();
  const plain = (points: readonly number[]) =>
    String.fromCodePoint(
      points.find((point) => ranges.some(([from, to]) => from <= point && point <= to)) ?? first[0],
    );
  return {
    term: terms.length === 1 ? terms.join('') : `(re.union ${terms.join(' ')})`,
    samples: [plain([0x61, 0x41, 0x31]), plain([0x62, 0x42, 0x32])],
  };
}

/** All characters but these; halves of surrogate pairs are none. */
function others(ranges: Ranges): Ranges {
  const taken: Ranges = [...ranges, [0xd8_00, 0xdf_ff]];
  const left: Ranges = [];
  let from = 0;
  for (const [start, end] of taken.toSorted(([a], [b]) => a - b)) {
    if (start > from) left.push([from, start - 1]);
    from = Math.max(from, end + 1);
  }
  if (from <= LAST) left.push([from, LAST]);
  return left;
}
