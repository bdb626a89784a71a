/**
 * What PostgreSQL takes in its binary form: nothing is escaped on this side and nothing parsed
 * on the other, which together cost more than storing it does. The driver sends a Buffer so.
 */

/** As pg_type has them, in every version. */
const oids = { bytea: 17, bigint: 20, smallint: 21, text: 25, tsvector: 3614 } as const;
export type ElementType = keyof typeof oids;

const HEADER_BYTES = 20;
/** Most that UTF-8 takes for a code unit of UTF-16. */
const UNIT_BYTES = 3;

/** An array of one dimension; text as strings, numbers as numbers, the others in their own binary form. */
export function binaryArray(type: ElementType, values: readonly Element[]): Buffer {
  let most = HEADER_BYTES;
  for (const value of values) most += 4 + mostOf(value);
  const array = new BinaryArray(type, Math.min(most, FIRST_BYTES));
  for (const value of values) array.push(value);
  return array.bytes();
}

export type Element = string | number | Buffer | null;

const FIRST_BYTES = 4_096;

/** The same, one value after the other, of which nothing is kept but its bytes. */
export class BinaryArray {
  readonly #type: ElementType;
  #out: Buffer;
  #at = HEADER_BYTES;
  #count = 0;
  #hasNull = false;

  constructor(type: ElementType, first = FIRST_BYTES) {
    this.#out = Buffer.allocUnsafe(first);
    this.#type = type;
  }

  push(value: Element): void {
    const most = 4 + mostOf(value);
    if (this.#at + most > this.#out.length) this.#grow(this.#at + most);
    this.#count += 1;
    if (value === null) {
      this.#hasNull = true;
      this.#at = this.#out.writeInt32BE(-1, this.#at);
      return;
    }
    const length = put(this.#out, this.#at + 4, this.#type, value);
    this.#out.writeInt32BE(length, this.#at);
    this.#at += 4 + length;
  }

  bytes(): Buffer {
    // Dimensions, whether any is null, the type, how many, and the index of the first.
    let at = this.#out.writeInt32BE(1, 0);
    at = this.#out.writeInt32BE(this.#hasNull ? 1 : 0, at);
    at = this.#out.writeInt32BE(oids[this.#type], at);
    at = this.#out.writeInt32BE(this.#count, at);
    this.#out.writeInt32BE(1, at);
    return this.#out.subarray(0, this.#at);
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafe(Math.max(least, 2 * this.#out.length));
    larger.set(this.#out.subarray(0, this.#at));
    this.#out = larger;
  }
}

function mostOf(value: Element): number {
  if (value === null) return 0;
  if (typeof value === 'number') return 8;
  return typeof value === 'string' ? UNIT_BYTES * value.length : value.length;
}

/** How many bytes it took. */
function put(out: Buffer, at: number, type: ElementType, value: string | number | Buffer): number {
  if (typeof value === 'string') return putText(out, at, value);
  if (typeof value !== 'number') {
    out.set(value, at);
    return value.length;
  }
  if (type === 'smallint') return out.writeInt16BE(value, at) - at;
  return out.writeBigInt64BE(BigInt(value), at) - at;
}

/** Longer text is written by a call out of JavaScript, which costs more than a few characters do. */
const SHORT = 48;

function putText(out: Buffer, at: number, value: string): number {
  if (value.length > SHORT) return out.write(value, at);
  for (let nth = 0; nth < value.length; nth += 1) {
    const code = value.charCodeAt(nth);
    if (code > 0x7f) return out.write(value, at);
    out[at + nth] = code;
  }
  return value.length;
}

/** What a tsvector may hold, with some room to spare; more is an error of the server. */
const VECTOR_BYTES = 1_000_000;
const scratch = Buffer.allocUnsafe(VECTOR_BYTES);

/** A tsvector of lexemes without positions and of words with theirs; what is too much for one is left out. */
export function binaryVector(
  lexemes: Iterable<string>,
  words: ReadonlyMap<string, readonly number[]>,
): Buffer {
  let count = 0;
  let end = 4;
  for (const lexeme of lexemes) {
    // It would end there, and the rest be read as something else.
    if (lexeme.includes('\0')) continue;
    const at = putLexeme(end, lexeme, none);
    if (at > end) count += 1;
    end = at;
  }
  for (const [word, positions] of words) {
    const at = putLexeme(end, word, positions);
    if (at > end) count += 1;
    end = at;
  }
  scratch.writeInt32BE(count, 0);
  return Buffer.from(scratch.subarray(0, end));
}

const none: readonly number[] = [];

/** Where it ends; where it was to begin, when there is no room. */
function putLexeme(start: number, lexeme: string, positions: readonly number[]): number {
  const most = UNIT_BYTES * lexeme.length + 3 + 2 * positions.length;
  if (start + most > VECTOR_BYTES) return start;
  let at = start + putText(scratch, start, lexeme);
  scratch[at] = 0;
  at = putShort(at + 1, positions.length);
  for (const position of positions) at = putShort(at, position);
  return at;
}

function putShort(at: number, value: number): number {
  scratch[at] = value >> 8;
  scratch[at + 1] = value & 0xff;
  return at + 2;
}
