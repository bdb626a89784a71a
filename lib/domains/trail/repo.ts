import { inTrail, isUnreachable, openTrail, type PoolClient } from '@/lib/infra/trail-db';
import { decodeCursor } from '@/lib/kernel/page';
import { invalid, unavailable } from '@/lib/kernel/problem';
import type { Filters } from './schema';
import { textQuery } from './search/words';

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
const LIST = `${columns(`CASE WHEN octet_length(body) <= ${LIST_BODY_BYTES} THEN body END`)},
  CASE WHEN octet_length(body) > ${LIST_BODY_BYTES} THEN ${ENVELOPE} END AS envelope`;
const FULL = `${columns('body')}, NULL AS envelope`;

interface Condition {
  sql: string;
  values: unknown[];
}

/** The `where` of a search. The workspace is the row-level policy's affair and said once more for the planner. */
export function conditionOf(workspace: string, filters: Filters): Condition {
  const parts: string[] = [];
  const values: unknown[] = [];
  const add = (value: unknown, sql: (place: string) => string) => {
    values.push(value);
    parts.push(sql(`$${values.length}`));
  };
  add(workspace, (p) => `workspace_id = ${p}`);
  const text = filters.q === undefined ? undefined : textQuery(filters.q);
  if (text !== undefined) add(text, (p) => `search @@ ${p}::tsquery`);
  if (filters.type?.endsWith('.*')) {
    add(filters.type.slice(0, -1), (p) => `starts_with(type, ${p})`);
  } else if (filters.type !== undefined) add(filters.type, (p) => `type = ${p}`);
  if (filters.agent !== undefined) add(filters.agent, (p) => `agent_id = ${p}`);
  if (filters.action_type !== undefined) add(filters.action_type, (p) => `action_type = ${p}`);
  if (filters.actor !== undefined)
    add(filters.actor, (p) => `(actor_id = ${p} OR on_behalf_of = ${p})`);
  if (filters.outcome !== undefined) add(filters.outcome, (p) => `outcome = ${p}`);
  if (filters.tier !== undefined) add(filters.tier, (p) => `tier = ${p}`);
  if (filters.classification !== undefined)
    add(filters.classification, (p) => `classification = ${p}`);
  if (filters.session !== undefined) add(filters.session, (p) => `session_id = ${p}`);
  if (filters.action !== undefined) add(filters.action, (p) => `action_id = ${p}`);
  if (filters.from !== undefined) add(filters.from, (p) => `time >= ${p}::timestamptz`);
  if (filters.to !== undefined) add(filters.to, (p) => `time < ${p}::timestamptz`);
  return { sql: parts.join(' AND '), values };
}

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

function translate(error: unknown): never {
  if (!isUnreachable(error)) throw error;
  throw unavailable(
    'trail_unavailable',
    'The trail database cannot be reached. Nothing is lost: events wait in the outbox. Try again.',
    error,
  );
}

/** Newest first, `limit` rows after the cursor's key (time, index). */
export async function findEvents(
  workspace: string,
  filters: Filters,
  page: { cursor?: string | undefined; limit: number },
): Promise<EventRow[]> {
  const { sql, values } = conditionOf(workspace, filters);
  let after = '';
  if (page.cursor !== undefined) {
    const [time = '', index = ''] = decodeCursor(page.cursor, 2);
    if (Number.isNaN(Date.parse(time)) || !/^\d{1,18}$/.test(index)) {
      throw invalid([
        { field: 'cursor', message: 'is not a cursor of this list; start without one' },
      ]);
    }
    values.push(time, index);
    after = ` AND (time, idx) < ($${values.length - 1}::timestamptz, $${values.length}::bigint)`;
  }
  values.push(page.limit);
  const text = `SELECT ${LIST} FROM events WHERE ${sql}${after}
    ORDER BY workspace_id DESC, events.time DESC, idx DESC LIMIT $${values.length}`;
  return reading(workspace, async (client) => (await client.query<EventRow>(text, values)).rows);
}

/** How many match, counted no further than `cap`. */
export async function countEvents(
  workspace: string,
  filters: Filters,
  cap: number,
): Promise<number> {
  const { sql, values } = conditionOf(workspace, filters);
  const text = `SELECT count(*)::int AS found FROM (
    SELECT 1 FROM events WHERE ${sql} LIMIT $${values.length + 1}) AS matching`;
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ found: number }>(text, [...values, cap]);
    return rows[0]?.found ?? 0;
  });
}

/** When the log's first event happened, which is where a picture of it begins at the earliest. */
export async function firstTime(workspace: string): Promise<Date | undefined> {
  const text = 'SELECT min(time) AS time FROM events WHERE workspace_id = $1';
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ time: Date | null }>(text, [workspace]);
    return rows[0]?.time ?? undefined;
  });
}

/** Matching events by outcome in stretches of `width` milliseconds from `from`; empty ones are left out. */
export async function countByTime(
  workspace: string,
  filters: Filters & { from: string },
  width: number,
): Promise<{ at: Date; count: number; allow: number; hold: number; deny: number }[]> {
  const { sql, values } = conditionOf(workspace, filters);
  const [w, from] = [`$${values.length + 1}`, `$${values.length + 2}`];
  const text = `
    SELECT date_bin(${w}::int * interval '1 millisecond', time, ${from}::timestamptz) AS at, count(*)::int AS count,
           count(*) FILTER (WHERE outcome IN ('allow', 'succeeded', 'approved'))::int AS allow,
           count(*) FILTER (WHERE outcome IN ('hold', 'unknown'))::int AS hold,
           count(*) FILTER (WHERE outcome IN ('deny', 'rejected', 'failed', 'refused'))::int AS deny
      FROM events WHERE ${sql} GROUP BY 1 ORDER BY 1`;
  return reading(workspace, async (client) => {
    const { rows } = await client.query(text, [...values, width, filters.from]);
    return rows;
  });
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

/** The rows of a query in batches, of which one is in memory. */
export async function* rowsOf<T extends object>(
  client: PoolClient,
  name: string,
  text: string,
  values: unknown[],
  batch: number,
): AsyncGenerator<T[]> {
  await client.query(`DECLARE ${name} NO SCROLL CURSOR FOR ${text}`, values);
  for (;;) {
    const { rows } = await client.query<T>(`FETCH ${batch} FROM ${name}`);
    if (rows.length > 0) yield rows;
    if (rows.length < batch) break;
  }
  await client.query(`CLOSE ${name}`);
}
