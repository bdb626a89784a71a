import { setImmediate } from 'node:timers/promises';
import { logger } from '@/lib/infra/logger';
import { binaryArray } from '@/lib/infra/pg-binary';
import { type ClientBase, isDataError, isDuplicate } from '@/lib/infra/trail-db';
import { loadKeys } from '../payload/keys';
import { keyOf, type OutboxRow, readRow, recordOf } from './record';
import { alreadyPresent, type Batch, BatchMaker, writeBatch, type WriterState } from './writer';

/** Appended in one transaction. */
const BATCH_ROWS = 1_000;
/** Read at once, to be appended in as many batches as it takes. */
const READ_ROWS = 16_000;
/** No further row is begun past these bytes, so that large events do not fill the memory. */
const READ_BYTES = 16_000_000;
/** Read at once; what was parsed is garbage by the next step, while it is young. */
const STEP_ROWS = 50;
/** More of why a row was refused is in the log. */
const LONGEST_REASON = 1_000;
/** Made into records between two looks at what the trail has answered. */
const LOOK_ROWS = 8;

/** What one sequencer knows between batches. */
export interface Progress {
  writer: WriterState;
  /** Rows that the trail refused for their own sake, with the reason. They stay in the outbox, and are noted beside it. */
  stuck: Map<string, string>;
}

export interface Drained {
  /** Rows that left the outbox. */
  moved: number;
  /** Whether as much was read as is read at once, so that more is likely waiting. */
  full: boolean;
}

/**
 * Moves what waits from the outbox to the trail: every row it can see, in the order of seq
 * but whatever its seq, because a cursor would skip one that commits late. A row leaves the
 * outbox only once the trail has committed it. While one batch is being written the next is
 * made ready and the one before leaves the outbox.
 */
export async function drainBatch(
  outbox: ClientBase,
  trail: ClientBase,
  progress: Progress,
): Promise<Drained> {
  const rows = await waiting(outbox, progress);
  const batches = chunksOf(rows, BATCH_ROWS);
  let ready = prepare(outbox, batches[0] ?? [], progress);
  let moved = 0;
  let leaving = Promise.resolve(0);
  for (const [at, batch] of batches.entries()) {
    const writing = write({ outbox, trail, progress }, batch, await ready);
    ready = prepare(outbox, batches[at + 1] ?? [], progress);
    // Both are awaited in the next round, which a failure of this one never reaches.
    ready.catch(() => undefined);
    const written = await writing;
    moved += await leaving;
    leaving = forget(outbox, batch, written);
    leaving.catch(() => undefined);
  }
  moved += await leaving;
  await noteRefused(outbox, rows, progress);
  return { moved, full: rows.length === READ_ROWS || bytesOf(rows) > READ_BYTES };
}

type Waiting = OutboxRow & { seq: string };

async function waiting(outbox: ClientBase, progress: Progress): Promise<Waiting[]> {
  const { rows } = await outbox.query<Waiting>({
    name: 'outbox-batch',
    text: `SELECT seq, id, workspace_id, event, created_at FROM (
             SELECT *, sum(octet_length(event)) OVER (ORDER BY seq) - octet_length(event) AS before
               FROM (SELECT seq, id, workspace_id, event, created_at FROM outbox
                      WHERE id <> ALL ($1::text[]) ORDER BY seq LIMIT $2) AS waiting) AS batch
            WHERE before <= $3 ORDER BY seq`,
    values: [[...progress.stuck.keys()], READ_ROWS, READ_BYTES],
  });
  return rows;
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

/** Seals, masks and hashes; in short steps, so that the batch before gets on with its writing. */
async function prepare(
  outbox: ClientBase,
  rows: readonly Waiting[],
  progress: Progress,
): Promise<Batch> {
  const maker = new BatchMaker();
  for (const step of chunksOf(rows, STEP_ROWS)) {
    const read = step.flatMap(
      (row) =>
        unlessStuck(progress, { id: row.id, workspace: row.workspace_id }, () => readRow(row)) ??
        [],
    );
    const keys = await loadKeys(
      outbox,
      read.flatMap((one) => keyOf(one) ?? []),
    );
    for (const [at, one] of read.entries()) {
      const record = unlessStuck(progress, one.event, () => recordOf(one, keys));
      if (record) maker.add(record);
      if ((at + 1) % LOOK_ROWS === 0) await setImmediate();
    }
    await setImmediate();
  }
  return maker.batch();
}

/**
 * What `make` answers. An event that it fails for waits, and nobody else's: such as one whose key
 * does not open, or that is nested deeper than the stack.
 */
function unlessStuck<T>(
  progress: Progress,
  event: { id: string; workspace: string },
  make: () => T,
): T | undefined {
  try {
    return make();
  } catch (error) {
    setAside(progress, event, error);
    return undefined;
  }
}

interface Written {
  /** Ids that the trail now has. */
  ids: string[];
  /** The logs that grew. */
  workspaces: string[];
}

/** Takes what the trail has out of the outbox, and tells who follows the logs. */
async function forget(
  outbox: ClientBase,
  rows: readonly Waiting[],
  { ids, workspaces }: Written,
): Promise<number> {
  const done = new Set(ids);
  const gone = rows.filter((row) => done.has(row.id)).map((row) => Number(row.seq));
  await outbox.query({
    name: 'outbox-forget',
    text: `WITH gone AS (DELETE FROM outbox WHERE seq = ANY ($1::bigint[]))
     SELECT pg_notify('countersign_changes', workspace || ':trail') FROM unnest($2::text[]) AS workspace`,
    values: [binaryArray('bigint', gone), [...new Set(workspaces)]],
  });
  return gone.length;
}

/** For the gateways, which refuse the workspaces of what was refused once it has waited too long. */
async function noteRefused(
  outbox: ClientBase,
  rows: readonly Waiting[],
  { stuck }: Progress,
): Promise<void> {
  const refused = rows.filter((row) => stuck.has(row.id));
  if (refused.length === 0) return;
  const text = (read: (row: Waiting) => string) => binaryArray('text', refused.map(read));
  await outbox.query({
    name: 'outbox-refused',
    text: `INSERT INTO outbox_refused (seq, workspace_id, event_id, reason)
           SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
           ON CONFLICT (seq) DO UPDATE SET reason = excluded.reason`,
    values: [
      binaryArray(
        'bigint',
        refused.map((row) => Number(row.seq)),
      ),
      text((row) => row.workspace_id),
      text((row) => row.id),
      text((row) => (stuck.get(row.id) ?? '').slice(0, LONGEST_REASON).toWellFormed()),
    ],
  });
}

/** Forgets notes of rows that have left the outbox since; until then they count for nothing. */
export async function tidyRefused(outbox: ClientBase): Promise<void> {
  await outbox.query(
    'DELETE FROM outbox_refused r WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.seq = r.seq)',
  );
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
    'the trail refused an event; it stays in the outbox and is tried again each minute. Mend what the error names: while the event waits too long, its workspace is refused new actions',
  );
}

interface Work {
  outbox: ClientBase;
  trail: ClientBase;
  progress: Progress;
}

/**
 * Writes a batch. One that the database refuses is made anew without what the trail has, or
 * halved until the row at fault is alone: it is set aside, loudly, and the others are not kept
 * waiting.
 */
async function write(work: Work, rows: readonly Waiting[], batch: Batch): Promise<Written> {
  const { trail, progress } = work;
  const { heads } = batch;
  if (heads.length === 0) return { ids: [], workspaces: [] };
  try {
    const appended = await writeBatch(trail, batch, progress.writer);
    for (const head of heads) {
      if (head.malformed) {
        logger.error(
          { event: head.id, workspace: head.workspace, reason: head.malformed },
          'the outbox held something that is no trail event; recorded as it was',
        );
      }
    }
    return { ids: heads.map((head) => head.id), workspaces: [...appended.keys()] };
  } catch (error) {
    if (!isDataError(error)) throw error;
    const present = isDuplicate(error) ? await alreadyPresent(trail, heads) : new Set<string>();
    if (present.size > 0) {
      const written = await again(
        work,
        rows.filter((row) => !present.has(row.id)),
      );
      return { ...written, ids: [...present, ...written.ids] };
    }
    const [only] = heads;
    if (heads.length === 1 && only) {
      setAside(progress, only, error);
      return { ids: [], workspaces: [] };
    }
    const half = Math.ceil(rows.length / 2);
    const first = await again(work, rows.slice(0, half));
    const second = await again(work, rows.slice(half));
    return {
      ids: [...first.ids, ...second.ids],
      workspaces: [...first.workspaces, ...second.workspaces],
    };
  }
}

/** What could not be made into a record is set aside already, and is not tried again. */
async function again(work: Work, rows: readonly Waiting[]): Promise<Written> {
  const left = rows.filter((row) => !work.progress.stuck.has(row.id));
  return write(work, left, await prepare(work.outbox, left, work.progress));
}
