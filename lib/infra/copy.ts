/**
 * COPY (query) TO STDOUT: the fastest way out of the database. The server sends one row a
 * message, so rows are told apart in any format without looking into them.
 */
import pg from 'pg';
import type { PoolClient } from './trail-db';

const BATCH_BYTES = 65_536;
/** Batches that wait for their reader before the server has to. */
const MOST_WAITING = 4;

/** Rows one after the other, as the server wrote them. */
export interface CopyBatch {
  bytes: Buffer;
  /** Where each row ends. */
  ends: number[];
}

interface Connection {
  query: (text: string) => void;
  stream: { pause: () => void; resume: () => void };
}

/** A query as `pg` takes one, that hands over batches and holds the server back between them. */
class CopyOut {
  readonly #text: string;
  #connection: Connection | undefined;
  #bytes = Buffer.allocUnsafe(BATCH_BYTES);
  #used = 0;
  #ends: number[] = [];
  #waiting: CopyBatch[] = [];
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  async *batches(): AsyncGenerator<CopyBatch> {
    for (;;) {
      const batch = this.#waiting.shift();
      if (batch) {
        this.#connection?.stream.resume();
        yield batch;
      } else if (this.#failure) throw this.#failure;
      else if (this.#ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  submit(connection: Connection): void {
    this.#connection = connection;
    connection.query(this.#text);
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    if (this.#used + chunk.length > this.#bytes.length) this.#flush(chunk.length);
    // The driver uses its buffer again for what comes next.
    this.#used += chunk.copy(this.#bytes, this.#used);
    this.#ends.push(this.#used);
  }

  handleError(error: Error): void {
    this.#failure = error;
    this.#wake?.();
  }

  handleReadyForQuery(): void {
    this.#flush(0);
    this.#ended = true;
    this.#wake?.();
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}

  #flush(next: number): void {
    if (this.#used > 0) {
      this.#waiting.push({ bytes: this.#bytes.subarray(0, this.#used), ends: this.#ends });
    }
    this.#bytes = Buffer.allocUnsafe(next === 0 ? 0 : Math.max(BATCH_BYTES, next));
    this.#used = 0;
    this.#ends = [];
    if (this.#waiting.length >= MOST_WAITING) this.#connection?.stream.pause();
    this.#wake?.();
  }
}

/**
 * What a query answers, in batches of about 64 KB; the server waits for whoever reads. The
 * connection is of no further use when it is left before its end.
 */
export function copyOut(
  client: PoolClient,
  text: string,
  values: readonly unknown[],
  format: 'binary' | 'csv',
): AsyncGenerator<CopyBatch> {
  const query = new CopyOut(
    `COPY (${withLiterals(text, values)}) TO STDOUT (FORMAT ${format}, ENCODING 'UTF8')`,
  );
  client.query(query);
  return query.batches();
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEADER_BYTES = SIGNATURE.length + 8;

/** A row's fields as the server's binary form has them. */
export type CopyRow = readonly (Buffer | null)[];

/** The rows of a binary COPY with their fields, which stay as they are when the next ones come. */
export async function* copyRows(batches: AsyncIterable<CopyBatch>): AsyncGenerator<CopyRow[]> {
  let begun = false;
  for await (const { bytes } of batches) {
    const rows: CopyRow[] = [];
    // The header comes in front of the first row.
    let at = begun ? 0 : HEADER_BYTES + bytes.readInt32BE(HEADER_BYTES - 4);
    begun = true;
    while (at < bytes.length) {
      const count = bytes.readInt16BE(at);
      // The trailer.
      if (count === -1) break;
      const row: (Buffer | null)[] = [];
      at = readFields(bytes, at + 2, count, row);
      rows.push(row);
    }
    if (rows.length > 0) yield rows;
  }
}

/** Reads `count` fields into `row`; where they end. */
function readFields(bytes: Buffer, start: number, count: number, row: (Buffer | null)[]): number {
  let at = start;
  for (let field = 0; field < count; field += 1) {
    const length = bytes.readInt32BE(at);
    at += 4;
    row.push(length === -1 ? null : bytes.subarray(at, at + length));
    at += Math.max(0, length);
  }
  return at;
}

/** COPY takes no parameters, so each `$n` becomes its value as a literal; the planner sees it the better. */
export function withLiterals(text: string, values: readonly unknown[]): string {
  return text.replaceAll(/\$(\d+)/g, (_, place: string) => {
    const value = values[Number(place) - 1];
    if (typeof value === 'string') return pg.escapeLiteral(value);
    if (typeof value === 'number' && Number.isFinite(value)) return `'${value}'`;
    if (typeof value === 'boolean') return `'${value}'`;
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) {
      const items = value.map((each) => `"${each.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
      return pg.escapeLiteral(`{${items.join(',')}}`);
    }
    throw new TypeError(`copy: the value of $${place} has no literal form`);
  });
}
