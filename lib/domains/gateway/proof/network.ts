/** The address that a request comes from, as the bits that ranges compare. */
import { and, equals, no, not, type Term, yes } from './term';

/** Of Cedar's `ipaddr`: an address, or a range of them. */
export interface Range {
  bits: 32 | 128;
  address: bigint;
  prefix: number;
}

interface Variables {
  present: Term;
  four: Term;
  bits: { 32: Term; 128: Term };
}

type Open = (sort: 'Bool' | '(_ BitVec 32)' | '(_ BitVec 128)') => Term;

export class Network {
  readonly #open: Open;
  #variables: Variables | undefined;
  /** What holds of every address. */
  readonly always: Term[] = [];

  constructor(open: Open) {
    this.#open = open;
  }

  get #known(): Variables {
    if (this.#variables) return this.#variables;
    const known = {
      present: this.#open('Bool'),
      four: this.#open('Bool'),
      bits: { 32: this.#open('(_ BitVec 32)'), 128: this.#open('(_ BitVec 128)') },
    };
    this.#variables = known;
    // What came as IPv4 over IPv6 has been written as IPv4.
    this.always.push(not(and(not(known.four), begins(known.bits[128], 128, 0xff_ffn << 32n, 96))));
    return known;
  }

  get present(): Term {
    return this.#known.present;
  }

  get isFour(): Term {
    return this.#known.four;
  }

  inside({ bits, address, prefix }: Range): Term {
    const { four, bits: known } = this.#known;
    return and(bits === 32 ? four : not(four), begins(known[bits], bits, address, prefix));
  }

  /** A range is not its first address. */
  is(range: Range): Term {
    return range.prefix === range.bits ? this.inside(range) : no;
  }

  /** As it is written; null when there is none. */
  address(model: ReadonlyMap<string, string>): string | null {
    const variables = this.#variables;
    if (!variables || model.get(variables.present) !== yes) return null;
    const four = model.get(variables.four) === yes;
    const bits = valueOf(model.get(variables.bits[four ? 32 : 128]) ?? '#x0');
    const size = four ? 8n : 16n;
    const groups = Array.from({ length: four ? 4 : 8 }, (_, index) =>
      ((bits >> (BigInt((four ? 3 : 7) - index) * size)) & ((1n << size) - 1n)).toString(
        four ? 10 : 16,
      ),
    );
    return groups.join(four ? '.' : ':');
  }
}

function begins(term: Term, bits: number, address: bigint, prefix: number): Term {
  if (prefix === 0) return yes;
  const start = (address >> BigInt(bits - prefix)).toString(2).padStart(prefix, '0');
  return equals(`((_ extract ${bits - 1} ${bits - prefix}) ${term})`, `#b${start}`);
}

function valueOf(literal: string): bigint {
  return BigInt(literal.replace(/^#/, '0'));
}
