import type { PoolClient } from '@/lib/infra/trail-db';
import { originOf } from './checkpoint';
import { readKeys, verifiersOf } from './keys';
import { Frontier, leafHash } from './merkle';
import { openCheckpoint, type Verifier } from './note';
import { type CheckpointRow, reading, rowsOf } from './repo';
import { verbatimColumns, type EventColumns } from './sequencer/record';

/** What a verification found. `firstBad` is an index; null when the log is as it was signed. */
export interface LogCheck {
  size: number;
  root: Buffer;
  status: 'ok' | 'failed';
  firstBad: number | null;
  detail: string;
}

/** A size and root that an earlier verification found and noted outside the trail. */
export interface Earlier {
  size: number;
  root: Buffer;
}

class Broken extends Error {
  readonly index: number;

  constructor(index: number, message: string) {
    super(message);
    this.index = index;
  }
}

/**
 * Recomputes a workspace's whole log: every leaf from its body, the columns that repeat it,
 * no index missing or twice, the root and signature of every checkpoint, and the root that
 * an earlier verification noted. Constant memory; stops at the first thing that is wrong.
 */
export async function checkLog(workspace: string, earlier?: Earlier): Promise<LogCheck> {
  return reading(workspace, async (client) => {
    const frontier = new Frontier();
    try {
      await walk(client, workspace, frontier, earlier);
      return {
        size: frontier.size,
        root: frontier.root(),
        status: 'ok',
        firstBad: null,
        detail: '',
      };
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      return {
        size: frontier.size,
        root: frontier.root(),
        status: 'failed',
        firstBad: error.index,
        detail: error.message,
      };
    }
  });
}

async function walk(
  client: PoolClient,
  workspace: string,
  frontier: Frontier,
  earlier: Earlier | undefined,
) {
  const checkpoints = checkpointsOf(client, workspace);
  const verifiers = verifiersOf(originOf(workspace), await readKeys(client, workspace));
  let next = (await checkpoints.next()).value;
  let signed = 0;
  for await (const rows of eventsOf(client, workspace)) {
    for (const row of rows) {
      checkEvent(row, frontier);
      frontier.push(row.leaf_hash);
      if (earlier?.size === frontier.size && !frontier.root().equals(earlier.root)) {
        throw new Broken(
          0,
          `The first ${earlier.size} events are not those that an earlier verification found.`,
        );
      }
      if (next && next.size === frontier.size) {
        checkCheckpoint(next, frontier, signed, verifiers);
        signed = next.size;
        next = (await checkpoints.next()).value;
      }
    }
  }
  if (next)
    throw new Broken(
      frontier.size,
      `A checkpoint was signed at size ${next.size}, but the log ends at ${frontier.size}.`,
    );
  if (signed !== frontier.size)
    throw new Broken(signed, `No checkpoint covers the events from index ${signed}.`);
  if (earlier && earlier.size > frontier.size) {
    throw new Broken(
      frontier.size,
      `An earlier verification found ${earlier.size} events; now there are ${frontier.size}.`,
    );
  }
}

interface StoredEvent extends Record<string, unknown> {
  idx: string;
  leaf_hash: Buffer;
  body: string;
}

function eventsOf(client: PoolClient, workspace: string): AsyncGenerator<StoredEvent[]> {
  const text = `SELECT idx, leaf_hash, body, id, time, type, actor_type, actor_id, on_behalf_of, agent_id,
      session_id, action_id, action_type, object_type, object_id, outcome, tier  , classification
    FROM events WHERE workspace_id = $1 ORDER BY workspace_id, idx`;
  return rowsOf<StoredEvent>(client, 'verified_events', text, [workspace], 500);
}

async function* checkpointsOf(
  client: PoolClient,
  workspace: string,
): AsyncGenerator<CheckpointRow, undefined> {
  const text = 'SELECT * FROM checkpoints WHERE workspace_id = $1 ORDER BY size';
  for await (const rows of rowsOf<CheckpointRow>(
    client,
    'verified_checkpoints',
    text,
    [workspace],
    500,
  )) {
    for (const row of rows) yield { ...row, size: Number(row.size), extends: Number(row.extends) };
  }
  return undefined;
}

function checkEvent(row: StoredEvent, frontier: Frontier): void {
  const index = Number(row.idx);
  if (index > frontier.size)
    throw new Broken(frontier.size, `The event at index ${frontier.size} is missing.`);
  if (index < frontier.size) throw new Broken(index, `There are two events at index ${index}.`);
  if (!leafHash(row.body).equals(row.leaf_hash)) {
    throw new Broken(
      index,
      `The event at index ${index} does not have the hash it was recorded with.`,
    );
  }
  const wrong = differing(row);
  if (wrong)
    throw new Broken(
      index,
      `The column ${wrong} of the event at index ${index} differs from the event.`,
    );
}

const stored: Record<Exclude<keyof EventColumns, 'workspace' | 'time' | 'summary'>, string> = {
  id: 'id',
  type: 'type',
  actorType: 'actor_type',
  actorId: 'actor_id',
  onBehalfOf: 'on_behalf_of',
  agent: 'agent_id',
  session: 'session_id',
  action: 'action_id',
  actionType: 'action_type',
  objectType: 'object_type',
  objectId: 'object_id',
  outcome: 'outcome',
  tier: 'tier',
  classification: 'classification',
};

function differing(row: StoredEvent): string | undefined {
  const columns = readColumns(row.body);
  if (!columns) return 'body';
  for (const [key, column] of Object.entries(stored)) {
    const wanted = columns[key as keyof typeof stored];
    if (wanted !== undefined && wanted !== row[column]) return column;
  }
  return (row['time'] as Date).toISOString() === columns.time ? undefined : 'time';
}

function readColumns(body: string): Partial<EventColumns> | undefined {
  try {
    return verbatimColumns(body);
  } catch {
    // Whoever changed body and hash together need not have left an event behind.
    return undefined;
  }
}

function checkCheckpoint(
  row: CheckpointRow,
  frontier: Frontier,
  previous: number,
  verifiers: readonly Verifier[],
): void {
  const wrong = (what: string) =>
    new Broken(previous, `${what} (events ${previous} to ${row.size - 1}).`);
  if (row.extends !== previous) throw wrong(`A checkpoint before size ${row.size} is missing`);
  if (!row.root.equals(frontier.root()) || !row.frontier.equals(frontier.bytes())) {
    throw wrong(`The events are not those that the checkpoint at size ${row.size} was signed for`);
  }
  let opened;
  try {
    opened = openCheckpoint(row.note, verifiers);
  } catch (error) {
    throw wrong(
      `The checkpoint at size ${row.size} is not genuine: ${error instanceof Error ? error.message : ''}`,
    );
  }
  if (opened.size !== row.size || !opened.root.equals(row.root)) {
    throw wrong(`The checkpoint at size ${row.size} is signed for another tree`);
  }
}
