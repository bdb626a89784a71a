import { logger } from '@/lib/infra/logger';
import { type ClientBase, isDataError } from '@/lib/infra/trail-db';
import { loadKeys } from '../payload/keys';
import { keyOf, type OutboxRow, readRow, recordOf, type TrailRecord } from './record';
import { writeBatch, type WriterState } from './writer';

const BATCH_ROWS = 1_000;
/** A batch begins no further row past these bytes, so that a thousand large events do not fill the memory. */
const BATCH_BYTES = 8_000_000;

/** What one sequencer knows between batches. */
export interface Progress {
  writer: WriterState;
  /** Rows that the trail refused for their own sake, with the reason. They stay in the outbox. */
  stuck: Map<string, string>;
}

export interface Drained {
  /** Rows that left the outbox. */
  moved: number;
  /** Whether the batch was full, so that more is likely waiting. */
  full: boolean;
}

/**
 * Moves one batch from the outbox to the trail: every row it can see, in the order of seq
 * but whatever its seq, because a cursor would skip one that commits late. A row leaves the
 * outbox only once the trail has committed it.
 */
export async function drainBatch(
  outbox: ClientBase,
  trail: ClientBase,
  progress: Progress,
): Promise<Drained> {
  const { rows } = await outbox.query<OutboxRow & { seq: string }>({
    name: 'outbox-batch',
    text: `SELECT seq, id, workspace_id, event, created_at FROM (
             SELECT *, sum(octet_length(event)) OVER (ORDER BY seq) - octet_length(event) AS before
               FROM (SELECT seq, id, workspace_id, event::text AS event, created_at FROM outbox
                      WHERE id <> ALL ($1::text[]) ORDER BY seq LIMIT $2) AS waiting) AS batch
            WHERE before <= $3 ORDER BY seq`,
    values: [[...progress.stuck.keys()], BATCH_ROWS, BATCH_BYTES],
  });
  if (rows.length === 0) return { moved: 0, full: false };
  const written = new Map<string, number>();
  const read = rows.map(readRow);
  const keys = await loadKeys(
    outbox,
    read.flatMap((one) => keyOf(one) ?? []),
  );
  const records = read.flatMap((one) => {
    try {
      return [recordOf(one, keys)];
    } catch (error) {
      // Such as a key that does not open: its events wait, and nobody else's.
      setAside(progress, one.event, error);
      return [];
    }
  });
  const done = new Set(records.length === 0 ? [] : await write(trail, records, progress, written));
  const gone = rows.filter((row) => done.has(row.id)).map((row) => row.seq);
  await outbox.query(
    `WITH gone AS (DELETE FROM outbox WHERE seq = ANY ($1::bigint[]))
     SELECT pg_notify('countersign_changes', workspace || ':trail') FROM unnest($2::text[]) AS workspace`,
    [gone, [...written.keys()]],
  );
  return { moved: gone.length, full: rows.length === BATCH_ROWS || bytesOf(rows) > BATCH_BYTES };
}

function bytesOf(rows: readonly OutboxRow[]): number {
  return rows.reduce((sum, row) => sum + Buffer.byteLength(row.event), 0);
}

function setAside(
  progress: Progress,
  event: { id: string; workspace: string },
  error: unknown,
): void {
  progress.stuck.set(event.id, error instanceof Error ? error.message : String(error));
  logger.error(
    { err: error, event: event.id, workspace: event.workspace, stuck: progress.stuck.size },
    'the trail refused an event; it stays in the outbox and is tried again',
  );
}

/**
 * Writes the records, halving a batch that the database refuses until the one at fault is
 * alone: it is set aside, loudly, and the others are not kept waiting. Returns the ids that
 * the trail now has.
 */
async function write(
  trail: ClientBase,
  records: readonly TrailRecord[],
  progress: Progress,
  written: Map<string, number>,
): Promise<string[]> {
  try {
    const appended = await writeBatch(trail, records, progress.writer);
    for (const [workspace, count] of appended)
      written.set(workspace, (written.get(workspace) ?? 0) + count);
    for (const record of records) {
      if (record.malformed) {
        logger.error(
          { event: record.id, workspace: record.workspace, reason: record.malformed },
          'the outbox held something that is no trail event; recorded as it was',
        );
      }
    }
    return records.map((record) => record.id);
  } catch (error) {
    if (!isDataError(error)) throw error;
    const [only] = records;
    if (records.length === 1 && only) {
      setAside(progress, only, error);
      return [];
    }
    const half = Math.ceil(records.length / 2);
    return [
      ...(await write(trail, records.slice(0, half), progress, written)),
      ...(await write(trail, records.slice(half), progress, written)),
    ];
  }
}
