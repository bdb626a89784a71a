/**
 * COPY (query) TO STDOUT in binary format, each row handed over as it arrives. Nothing is
 * queued and nothing is copied, so it is the cheapest way to look at every row once.
 */
import { withLiterals } from './copy';
import type { PoolClient } from './trail-db';

const HEADER_BYTES = 19;
const TRAILER = -1;
/** More fields than any table here has. */
const MOST_FIELDS = 64;

/** Where the fields of the row at hand are; reused from row to row. */
export class RawRow {
  bytes: Buffer = Buffer.alloc(0);
  readonly starts = new Int32Array(MOST_FIELDS);
  /** -1 for null. */
  readonly lengths = new Int32Array(MOST_FIELDS);

  /** Reads the row that starts at `at`; false for the trailer. */
  read(bytes: Buffer, at: number): boolean {
    const count = bytes.readInt16BE(at);
    if (count === TRAILER) return false;
    let place = at + 2;
    for (let field = 0; field < count; field += 1) {
      const length = bytes.readInt32BE(place);
      place += 4;
      this.starts[field] = place;
      this.lengths[field] = length;
      if (length > 0) place += length;
    }
    this.bytes = bytes;
    return true;
  }

  start(field: number): number {
    return this.starts[field] ?? 0;
  }

  length(field: number): number {
    return this.lengths[field] ?? -1;
  }

  isNull(field: number): boolean {
    return this.length(field) < 0;
  }

  /** A view that is good until the next row. */
  view(field: number): Buffer {
    const start = this.start(field);
    return this.bytes.subarray(start, start + Math.max(0, this.length(field)));
  }

  text(field: number): string | null {
    const start = this.start(field);
    return this.isNull(field)
      ? null
      : this.bytes.toString('utf8', start, start + Math.max(0, this.length(field)));
  }

  /** A bigint that is a safe integer. */
  bigint(field: number): number {
    const start = this.start(field);
    return this.bytes.readInt32BE(start) * 0x1_0000_0000 + this.bytes.readUInt32BE(start + 4);
  }
}

/**
 * Calls `onRow` for each row of the query; what it throws ends the work, and is thrown here
 * once the server has sent the rest, so that the connection stays usable. Ask for stretches.
 */
export async function copyEach(
  client: PoolClient,
  text: string,
  values: readonly unknown[],
  onRow: (row: RawRow) => void,
): Promise<void> {
  const row = new RawRow();
  let begun = false;
  let failure: Error | undefined;
  await new Promise<void>((resolve, reject) => {
    const nothing = () => undefined;
    const query = {
      submit: (connection: { query: (text: string) => void }) =>
        connection.query(`COPY (${withLiterals(text, values)}) TO STDOUT (FORMAT binary)`),
      handleCopyData: ({ chunk }: { chunk: Buffer }) => {
        if (failure) return;
        try {
          // The header comes in front of the first row; the server sends one row a message.
          const at = begun ? 0 : HEADER_BYTES + chunk.readInt32BE(HEADER_BYTES - 4);
          begun = true;
          if (at < chunk.length && row.read(chunk, at)) onRow(row);
        } catch (error) {
          failure = error instanceof Error ? error : new Error(String(error));
        }
      },
      handleError: (error: Error) => reject(error),
      handleReadyForQuery: () => (failure ? reject(failure) : resolve()),
      handleCommandComplete: nothing,
      handleRowDescription: nothing,
      handleDataRow: nothing,
      handlePortalSuspended: nothing,
      handleEmptyQuery: nothing,
    };
    client.query(query);
  });
}
