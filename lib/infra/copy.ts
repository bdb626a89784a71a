/**
 * COPY (query) TO STDOUT in the server's binary form: the fastest way out of the database, for
 * nothing is escaped there. The server sends one row a message.
 */
import pg from 'pg';
import type { PoolClient } from './trail-db';

/** A signature, flags, and the length of what may follow them. */
const HEADER_BYTES = 19;
const TRAILER = -1;
const BATCH_BYTES = 131_072;
/** Batches that wait for their reader before the server has to. */
const MOST_WAITING = 8;

/** Rows one after the other, as they were written. */
export interface CopyBatch {
  bytes: Buffer;
  rows: number;
}

/** Writes each row as it arrives to where it leaves from, so that it is copied once. */
export interface RowWriter {
  /** As many bytes as these may become. */
  most: (given: number) => number;
  /** Writes the row at `start` of `given` to `out` from `at` on; where that ends. */
  write: (given: Buffer, start: number, out: Buffer, at: number) => number;
}

const asItCame: RowWriter = {
  most: (given) => given,
  write: (given, start, out, at) => {
    out.set(start === 0 ? given : given.subarray(start), at);
    return at + given.length - start;
  },
};

interface Connection {
  query: (text: string) => void;
  stream: { pause: () => void; resume: () => void };
}

/** A query as `pg` takes one, that hands over batches and holds the server back between them. */
class CopyOut {
  readonly #text: string;
  readonly #writer: RowWriter;
  #begun = false;
  #connection: Connection | undefined;
  #bytes = Buffer.allocUnsafe(BATCH_BYTES);
  #used = 0;
  #rows = 0;
  #waiting: CopyBatch[] = [];
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(text: string, writer: RowWriter) {
    this.#text = text;
    this.#writer = writer;
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
    // The header comes in front of the first row.
    const start = this.#begun ? 0 : HEADER_BYTES + chunk.readInt32BE(HEADER_BYTES - 4);
    this.#begun = true;
    if (chunk.readInt16BE(start) === TRAILER) return;
    const most = this.#writer.most(chunk.length);
    if (this.#used + most > this.#bytes.length) this.#flush(most);
    // Now, for the driver uses its buffer again for what comes next.
    this.#used = this.#writer.write(chunk, start, this.#bytes, this.#used);
    this.#rows += 1;
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
      this.#waiting.push({ bytes: this.#bytes.subarray(0, this.#used), rows: this.#rows });
    }
    this.#bytes = Buffer.allocUnsafe(next === 0 ? 0 : Math.max(BATCH_BYTES, next));
    this.#used = 0;
    this.#rows = 0;
    if (this.#waiting.length >= MOST_WAITING) this.#connection?.stream.pause();
    this.#wake?.();
  }
}

/**
 * What a query answers, in batches of about 128 KB; the server waits for whoever reads. The
 * connection is of no further use when it is left before its end.
 */
export function copyOut(
  client: PoolClient,
  text: string,
  values: readonly unknown[],
  writer: RowWriter = asItCame,
): AsyncGenerator<CopyBatch> {
  const query = new CopyOut(
    `COPY (${withLiterals(text, values)}) TO STDOUT (FORMAT binary, ENCODING 'UTF8')`,
    writer,
  );
  client.query(query);
  return query.batches();
}

/** A row's fields as the server's binary form has them. */
export type CopyRow = readonly (Buffer | null)[];

/** The rows of a binary COPY with their fields, which stay as they are when the next ones come. */
export async function* copyRows(batches: AsyncIterable<CopyBatch>): AsyncGenerator<CopyRow[]> {
  for await (const { bytes } of batches) {
    const rows: CopyRow[] = [];
    for (let at = 0; at < bytes.length;) {
      const row: (Buffer | null)[] = [];
      at = readFields(bytes, at + 2, bytes.readInt16BE(at), row);
      rows.push(row);
    }
    yield rows;
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
