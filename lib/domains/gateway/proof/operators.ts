/** Cedar's operators and extension functions on values where parts are open. */
import { InvalidJson, recordOf } from '@/lib/domains/access/server';
import type { Network, Range } from './network';
import { flag, flagOf, long, Outside, type Symbolic, textTerm, truth } from './symbolic';
import {
  and,
  atMost,
  equals,
  int,
  less,
  no,
  not,
  numberOf,
  or,
  type Term,
  within,
  yes,
} from './term';

export interface Applied {
  value: Symbolic;
  /** When it errs although its operands do not. */
  error?: Term;
}

const comparisons: Record<string, (one: Term, other: Term) => Term> = {
  '<': less,
  '<=': atMost,
  '>': (one, other) => less(other, one),
  '>=': (one, other) => atMost(other, one),
};
const decimals: Record<string, (one: Term, other: Term) => Term> = {
  lessThan: less,
  lessThanOrEqual: atMost,
  greaterThan: (one, other) => less(other, one),
  greaterThanOrEqual: (one, other) => atMost(other, one),
};
const sums: Record<string, (one: bigint, other: bigint) => bigint> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
};

/** @throws Outside */
export function unary(name: string, value: Symbolic): Applied {
  if (name === '!') return { value: flag(not(flagOf(value))) };
  if (name === 'isEmpty' && value.is === 'set')
    return { value: truth(value.elements.length === 0) };
  if (name === 'neg' && value.is === 'long') return fitting('-', '0', value.term);
  throw new Outside(name);
}

/** @throws Outside */
export function binary(name: string, one: Symbolic, other: Symbolic, network: Network): Applied {
  if (name === '==') return { value: flag(same(one, other, network)) };
  if (name === '!=') return { value: flag(not(same(one, other, network))) };
  if (one.is === 'long' && other.is === 'long') {
    const compare = comparisons[name];
    if (compare) return { value: flag(compare(one.term, other.term)) };
    if (sums[name]) return fitting(name, one.term, other.term);
  }
  if (one.is === 'set') {
    const has = (value: Symbolic) => or(...one.elements.map((each) => same(each, value, network)));
    if (name === 'contains') return { value: flag(has(other)) };
    if (other.is === 'set' && name === 'containsAll') {
      return { value: flag(and(...other.elements.map(has))) };
    }
    if (other.is === 'set' && name === 'containsAny') {
      return { value: flag(or(...other.elements.map(has))) };
    }
  }
  throw new Outside(name);
}

/** What does not fit into 64 bits errs. */
function fitting(name: string, one: Term, other: Term): Applied {
  const [a, b] = [numberOf(one), numberOf(other)];
  const known = a === undefined || b === undefined ? undefined : sums[name]?.(a, b);
  const term = known === undefined ? `(${name} ${one} ${other})` : int(known);
  return { value: long(term), error: not(within(term, -(2n ** 63n), 2n ** 63n - 1n)) };
}

/** Values of two types are not equal. */
function same(one: Symbolic, other: Symbolic, network: Network): Term {
  if ('term' in one && 'term' in other) {
    if (one.is !== other.is) return no;
    if (one.is !== 'boolean') return equals(one.term, other.term);
    return or(and(one.term, flagOf(other)), and(not(one.term), not(flagOf(other))));
  }
  if (one.is === 'entity' && other.is === 'entity') {
    const [a, b] = [one.uid, other.uid];
    return a.type === b.type && a.id === b.id ? yes : no;
  }
  if (one.is === 'address' && other.is === 'range') return network.is(other.range);
  if (other.is === 'address' && one.is === 'range') return network.is(one.range);
  if (one.is !== other.is) return no;
  throw new Outside(`the equality of two of ${one.is}`);
}

/** A constant of an extension type; undefined where making it errs. */
export function constant(fn: 'ip' | 'decimal', arg: string): Symbolic | undefined {
  try {
    const value: unknown = recordOf({ it: { __extn: { fn, arg } } }).get('it');
    if (fn === 'decimal') return { is: fn, term: int((value as { scaled: bigint }).scaled) };
    const { bits, address, prefix } = value as Range;
    return { is: 'range', range: { bits, address, prefix } };
  } catch (error) {
    if (error instanceof InvalidJson) return undefined;
    throw error;
  }
}

/** @throws Outside */
export function called(
  name: string,
  one: Symbolic,
  other: Symbolic | undefined,
  network: Network,
): Term {
  const compare = decimals[name];
  if (compare && one.is === 'decimal' && other?.is === 'decimal') {
    return compare(one.term, other.term);
  }
  if (one.is !== 'address') throw new Outside(`${name}()`);
  if (name === 'isInRange' && other?.is === 'range') return network.inside(other.range);
  if (name === 'isIpv4') return network.isFour;
  if (name === 'isIpv6') return not(network.isFour);
  const ranges = kept[name];
  if (!ranges) throw new Outside(`${name}()`);
  return or(...ranges.map((range) => network.inside(range)));
}

const kept: Record<string, Range[]> = {
  isLoopback: [
    { bits: 32, address: 127n << 24n, prefix: 8 },
    { bits: 128, address: 1n, prefix: 128 },
  ],
  isMulticast: [
    { bits: 32, address: 224n << 24n, prefix: 4 },
    { bits: 128, address: 255n << 120n, prefix: 8 },
  ],
};

/** Cedar's `like`, with its pattern in JSON form. @throws Outside */
export function like(value: Symbolic, pattern: unknown): Term {
  if (value.is !== 'string' || !Array.isArray(pattern)) throw new Outside('like');
  const parts: Term[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') parts.push(`(str.to_re ${textTerm(plain)})`);
    plain = '';
  };
  for (const part of pattern as readonly unknown[]) {
    if (part === 'Wildcard') {
      flush();
      if (parts.at(-1) !== 're.all') parts.push('re.all');
    } else plain += String((part as { Literal?: unknown }).Literal ?? '');
  }
  if (parts.length === 0) return equals(value.term, textTerm(plain));
  flush();
  if (parts.length === 1) return yes;
  return `(str.in_re ${value.term} (re.++ ${parts.join(' ')}))`;
}
