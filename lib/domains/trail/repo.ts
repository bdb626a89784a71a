import type { Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';
import {
  inTrail,
  isUnreachable,
  openTrail,
  openTrailIfFree,
  type PoolClient,
} from '@/lib/infra/trail-db';
import { unavailable } from '@/lib/kernel/problem';

/** Longer bodies are left out of lists. */
const LIST_BODY_BYTES = 16_384;

export interface EventRow {
  idx: string;
  id: string;
  /** ISO 8601, milliseconds. */
  time: string;
  agent_id: string | null;
  action_type: string | null;
  summary: string;
  leaf_hash: Buffer;
  /** Null in a list when it is long; `envelope` then stands in. */
  body: string | null;
  envelope: Record<string, unknown>;
}

export interface CheckpointRow {
  size: number;
  extends: number;
  root: Buffer;
  frontier: Buffer;
  note: string;
  time: Date;
}

const ISO_TIME = `to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const ENVELOPE = `jsonb_strip_nulls(jsonb_build_object(
  'id', id, 'time', ${ISO_TIME}, 'workspace', workspace_id, 'type', type,
  'actor', jsonb_build_object('type', actor_type, 'id', actor_id, 'on_behalf_of', on_behalf_of),
  'session', session_id, 'action', action_id,
  'object', CASE WHEN object_type IS NOT NULL THEN jsonb_build_object('type', object_type, 'id', object_id) END,
  'outcome', outcome, 'tier', tier, 'classification', classification))`;
const columns = (body: string) =>
  `idx, id, ${ISO_TIME} AS time, agent_id, action_type, summary, leaf_hash, ${body} AS body`;
export const LIST = `${columns(`CASE WHEN octet_length(body) <= ${LIST_BODY_BYTES} THEN body END`)},
  CASE WHEN octet_length(body) > ${LIST_BODY_BYTES} THEN ${ENVELOPE} END AS envelope`;
const FULL = `${columns('body')}, NULL AS envelope`;

/** A read of one workspace's log; 503 when the trail database is away. */
export async function reading<T>(
  workspace: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return inTrail(workspace, work).catch(translate);
}

/** The same for a stream; whoever opens it closes it. */
export async function openReading(workspace: string): ReturnType<typeof openTrail> {
  return openTrail(workspace).catch(translate);
}

/** One more connection for a part of the same work, if one is free. */
export function openBeside(workspace: string): ReturnType<typeof openTrailIfFree> {
  return openTrailIfFree(workspace)?.catch(translate);
}

function translate(error: unknown): never {
  if (!isUnreachable(error)) throw error;
  throw unavailable(
    'trail_unavailable',
    'The trail database cannot be reached. Nothing is lost: events wait in the outbox. Try again.',
    error,
  );
}

export async function findEvent(workspace: string, id: string): Promise<EventRow | undefined> {
  const text = `SELECT ${FULL} FROM events WHERE workspace_id = $1 AND id = $2`;
  return reading(
    workspace,
    async (client) => (await client.query<EventRow>(text, [workspace, id])).rows[0],
  );
}

/** Everything of one action in the log's order, begun by the start of its session. */
export async function findStory(workspace: string, action: string): Promise<EventRow[]> {
  const text = `
    WITH own AS (SELECT session_id FROM events WHERE workspace_id = $1 AND action_id = $2)
    SELECT ${FULL} FROM events WHERE workspace_id = $1 AND action_id = $2
    UNION ALL
    SELECT ${FULL} FROM events WHERE workspace_id = $1 AND type = 'session.started' AND action_id IS NULL
       AND session_id IN (SELECT session_id FROM own)
    ORDER BY idx LIMIT 1000`;
  return reading(
    workspace,
    async (client) => (await client.query<EventRow>(text, [workspace, action])).rows,
  );
}

type StoredCheckpoint = Omit<CheckpointRow, 'size' | 'extends'> & { size: string; extends: string };

export async function latestCheckpointRow(
  client: PoolClient,
  workspace: string,
): Promise<CheckpointRow | undefined> {
  const text = 'SELECT * FROM checkpoints WHERE workspace_id = $1 ORDER BY size DESC LIMIT 1';
  const { rows } = await client.query<StoredCheckpoint>(text, [workspace]);
  return rows[0] && toCheckpoint(rows[0]);
}

/** The checkpoint that was signed at exactly this size. */
export async function checkpointRowAt(
  client: PoolClient,
  workspace: string,
  size: number,
): Promise<CheckpointRow | undefined> {
  const text = 'SELECT * FROM checkpoints WHERE workspace_id = $1 AND size = $2';
  const { rows } = await client.query<StoredCheckpoint>(text, [workspace, size]);
  return rows[0] && toCheckpoint(rows[0]);
}

function toCheckpoint(row: StoredCheckpoint): CheckpointRow {
  return { ...row, size: Number(row.size), extends: Number(row.extends) };
}

/** Whether the action waits in a workspace where some of what waits may have been planted. */
export async function toldLater(tx: Tx, action: string): Promise<boolean> {
  const rows = await withPlanted(
    tx,
    () => tx.$queryRaw<unknown[]>`
      SELECT 1 FROM actions a JOIN workspaces w ON w.id = a.workspace_id
      WHERE a.id = ${action} AND a.status = 'pending'
        AND (coalesce((w.settings->>'plantedPer100')::int, 0) > 0
          OR EXISTS (SELECT 1 FROM planted_requests WHERE outcome IS NULL))`,
  );
  return rows.length > 0;
}
