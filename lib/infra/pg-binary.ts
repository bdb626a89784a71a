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
export function binaryArray(
  type: ElementType,
  values: readonly (string | number | Buffer | null)[],
): Buffer {
  let most = HEADER_BYTES;
  for (const value of values) {
    most += 4;
    if (typeof value === 'string') most += UNIT_BYTES * value.length;
    else if (value !== null) most += typeof value === 'number' ? 8 : value.length;
  }
  const out = Buffer.allocUnsafe(most);
  let at = out.writeInt32BE(1, 0);
  at = out.writeInt32BE(values.includes(null) ? 1 : 0, at);
  at = out.writeInt32BE(oids[type], at);
  at = out.writeInt32BE(values.length, at);
  at = out.writeInt32BE(1, at);
  for (const value of values) {
    if (value === null) {
      at = out.writeInt32BE(-1, at);
      continue;
    }
    const length = put(out, at + 4, type, value);
    out.writeInt32BE(length, at);
    at += 4 + length;
  }
  return out.subarray(0, at);
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
