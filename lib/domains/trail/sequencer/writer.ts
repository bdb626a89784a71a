import { binaryArray } from '@/lib/infra/pg-binary';
import type { ClientBase } from '@/lib/infra/trail-db';
import { clock } from '@/lib/kernel/clock';
import { signCheckpoint } from '../checkpoint';
import { KEY_ROLLED, rollOver } from '../keys';
import { Frontier } from '../merkle';
import { addCounts, Counts } from '../search/rollup';
import { type Edges, insertTiles, newTiles, type NewTile } from '../tiles/write';
import { insertEvents, Rows } from './insert';
import type { TrailRecord } from './record';

/** What one writer knows between batches, so that it need not be read again. */
export interface WriterState {
  /** Partitions this process has seen, by month (`2026-11`). */
  months: Set<string>;
  /** The growing edge of each log's tiles. */
  edges: Edges;
}

export function newWriterState(): WriterState {
  return { months: new Set(), edges: new Map() };
}

/** What the writer itself looks at of a record. */
type Head = Pick<TrailRecord, 'id' | 'workspace' | 'time' | 'type' | 'leaf' | 'malformed'> & {
  /** Of a roll-over of the signing key. */
  body?: string;
};

/** Records as the trail is given them, but for their indexes. */
export interface Batch {
  heads: readonly Head[];
  rows: Buffer[];
  counts: Buffer[];
}

/** Makes a batch while another one is being written. Of a record only its bytes are kept, so that the rest is collected while it is young. */
export class BatchMaker {
  readonly #heads: Head[] = [];
  readonly #rows = new Rows();
  readonly #counts = new Counts();

  add(record: TrailRecord): void {
    const { id, workspace, time, type, leaf, malformed, body } = record;
    this.#heads.push({
      ...{ id, workspace, time, type, leaf },
      ...(malformed === undefined ? {} : { malformed }),
      ...(type === KEY_ROLLED ? { body } : {}),
    });
    this.#rows.add(record);
    this.#counts.add(record);
  }

  batch(): Batch {
    return { heads: this.#heads, rows: this.#rows.columns(), counts: this.#counts.columns() };
  }
}

/**
 * Appends a batch to its workspaces' logs and signs a checkpoint of each, in one transaction
 * of the trail, which refuses an event that it has. Returns how many were appended by workspace.
 *
 * The caller's connection holds the sequencer's lock.
 */
export async function writeBatch(
  client: ClientBase,
  { heads, rows, counts }: Batch,
  state: WriterState,
): Promise<Map<string, number>> {
  await ensureMonths(
    client,
    heads.map((head) => head.time),
    state.months,
  );
  await client.query('BEGIN');
  try {
    const logs = await readHeads(client, new Set(heads.map((head) => head.workspace)));
    const indexes: number[] = [];
    for (const head of heads) {
      const log = logs.get(head.workspace) ?? startOf(logs, head.workspace);
      indexes.push(log.frontier.size);
      log.frontier.push(head.leaf);
      log.leaves.push(head.leaf);
      if (head.type === KEY_ROLLED) await takeNextKey(client, log, head);
    }
    await insertEvents(client, rows, indexes);
    await addCounts(client, counts);
    const tiles: NewTile[] = [];
    for (const [workspace, log] of logs) {
      tiles.push(...(await newTiles(client, workspace, log.from, log.leaves, state.edges)));
    }
    await insertTiles(client, tiles);
    await insertCheckpoints(client, logs);
    await client.query('COMMIT');
    return new Map([...logs].map(([workspace, log]) => [workspace, log.frontier.size - log.from]));
  } catch (error) {
    state.edges.clear();
    // Retention may have dropped the partition of one since.
    state.months.clear();
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

interface Log {
  from: number;
  frontier: Frontier;
  /** What the batch appends. */
  leaves: Buffer[];
  /** Versions of the key that sign this batch's checkpoint; the last is the current one. */
  versions: number[];
}

function startOf(logs: Map<string, Log>, workspace: string): Log {
  const log = { from: 0, frontier: new Frontier(), leaves: [], versions: [1] };
  logs.set(workspace, log);
  return log;
}

/** Rolls the log over to its next key when the event says the right one; else it is only an event. */
async function takeNextKey(client: ClientBase, log: Log, head: Head): Promise<void> {
  const current = log.versions.at(-1) ?? 1;
  const wanted = rollOver(head.workspace, current);
  const { data } = JSON.parse(head.body ?? '{}') as { data?: Record<string, unknown> };
  if (data?.['version'] !== wanted.version || data['next'] !== wanted.next) return;
  await client.query(
    `INSERT INTO signing_keys (workspace_id, version, from_size, verifier_key, endorsement, event_id)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [head.workspace, wanted.version, log.frontier.size, wanted.next, wanted.endorsement, head.id],
  );
  log.versions.push(wanted.version);
}

/** Makes the partitions of these times, outside the batch's transaction. */
export async function ensureMonths(
  client: ClientBase,
  times: readonly string[],
  months: WriterState['months'],
): Promise<void> {
  for (const month of new Set(times.map((time) => time.slice(0, 7)))) {
    if (months.has(month)) continue;
    await client.query('SELECT ensure_partition($1::date)', [`${month}-01`]);
    months.add(month);
  }
}

/** Ids of those that the trail has: a crash left them in the outbox. */
export async function alreadyPresent(
  client: ClientBase,
  heads: readonly Head[],
): Promise<Set<string>> {
  const times = heads.map((head) => head.time).toSorted();
  const { rows } = await client.query<{ id: string }>(
    `SELECT e.id FROM unnest($1::text[], $2::text[], $3::text[]) AS wanted (workspace_id, id, time)
       JOIN events e ON e.workspace_id = wanted.workspace_id AND e.id = wanted.id AND e.time = wanted.time::timestamptz
      WHERE e.time BETWEEN $4 AND $5`,
    [
      ...(['workspace', 'id', 'time'] as const).map((name) =>
        binaryArray(
          'text',
          heads.map((head) => head[name]),
        ),
      ),
      times[0],
      times.at(-1),
    ],
  );
  return new Set(rows.map((row) => row.id));
}

async function readHeads(
  client: ClientBase,
  workspaces: ReadonlySet<string>,
): Promise<Map<string, Log>> {
  const { rows } = await client.query<{
    workspace_id: string;
    size: string;
    frontier: Buffer;
    version: number;
  }>(
    `SELECT c.workspace_id, c.size, c.frontier,
            coalesce((SELECT max(version) FROM signing_keys k WHERE k.workspace_id = c.workspace_id), 1) AS version
       FROM unnest($1::text[]) AS wanted (workspace_id),
            LATERAL (SELECT * FROM checkpoints c WHERE c.workspace_id = wanted.workspace_id
                      ORDER BY size DESC LIMIT 1) AS c`,
    [[...workspaces]],
  );
  return new Map(
    rows.map((row) => [
      row.workspace_id,
      {
        from: Number(row.size),
        frontier: Frontier.from(Number(row.size), row.frontier),
        leaves: [],
        versions: [row.version],
      },
    ]),
  );
}

async function insertCheckpoints(
  client: ClientBase,
  logs: ReadonlyMap<string, Log>,
): Promise<void> {
  const heads = [...logs].map(([workspace, { from, frontier, versions }]) => {
    const root = frontier.root();
    return {
      workspace,
      from,
      root,
      size: frontier.size,
      frontier: frontier.bytes(),
      note: signCheckpoint(workspace, frontier.size, root, versions),
    };
  });
  await client.query(
    `INSERT INTO checkpoints (workspace_id, size, extends, root, frontier, note, time)
     SELECT workspace_id, size, extends, root, frontier, note, $7::timestamptz
       FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[], $6::text[])
         AS given (workspace_id, size, extends, root, frontier, note)`,
    [
      heads.map((head) => head.workspace),
      heads.map((head) => head.size),
      heads.map((head) => head.from),
      heads.map((head) => head.root),
      heads.map((head) => head.frontier),
      heads.map((head) => head.note),
      clock.now().toISOString(),
    ],
  );
}
