/** Copies a workspace's trail into ClickHouse, by position, in the order of the log. */
import { insertOwn, ownRows, type Part, removeOwn } from '@/lib/infra/clickhouse';
import { logger } from '@/lib/infra/logger';
import { reading } from '../../repo';
import { rangesOf } from '../../retention/trail';
import { copied, dueRemovals, logged, step } from './state';
import { EVENTS, STEPS } from './tables';
import { wordsOf } from './vector';

/** A batch ends with either; large events are few at a time. */
const BATCH_ROWS = 5_000;
const BATCH_BYTES = 8_000_000;
/** Ranges that one statement removes. */
const RANGES = 1_000;

interface LogRow {
  idx: string;
  search: string;
  [column: string]: unknown;
}

/**
 * Copies the next batch and carries out what retention has removed meanwhile; true when more
 * waits. Nothing counts before its position is written down, and a row that comes twice is
 * one row, so whoever dies anywhere in between leaves nothing to mend. One at a time a
 * workspace: what is removed here must not come back with a batch that was read before.
 */
export async function feedWorkspace(workspace: string, signal?: AbortSignal): Promise<boolean> {
  const [copy, log] = await Promise.all([copied(workspace), logged(workspace)]);
  if (copy.position > log.size) {
    logger.error({ workspace, ...copy, size: log.size }, 'ClickHouse has a copy of another log');
    await startOver(workspace);
    return true;
  }
  let full = false;
  if (copy.position < log.size) {
    const rows = await readRows(workspace, copy.position);
    full = isFull(rows);
    if (rows.length > 0) {
      await insertOwn(workspace, EVENTS, rows.map(toCopy), signal);
    }
    const next = Number(rows.at(-1)?.idx ?? -1) + 1;
    // What was signed by then can be seen by now: nothing is passed over but what was removed.
    await step(workspace, { position: full ? next : Math.max(next, log.size) });
  }
  // Asked anew: a removal may have come between reading the batch and inserting it.
  for (const removal of dueRemovals(copy, await logged(workspace))) {
    await remove(workspace, removal);
    await step(workspace, { removal });
  }
  return full;
}

/**
 * Begins a copy anew that has not as many events before its position as the trail has: a part
 * was lost, or the trail is not the one it was copied from.
 */
export async function checkCopy(workspace: string): Promise<void> {
  const copy = await copied(workspace);
  const { kept, removals } = await keptBefore(workspace, copy.position);
  if (dueRemovals(copy, { size: 0, removals }).length > 0) return;
  const [row] = await ownRows<{ found: number }>(workspace, {
    ...{ select: 'count() AS found', table: EVENTS },
    where: { sql: 'idx < {position:UInt64}', values: { position: copy.position } },
  });
  const found = Number(row?.found);
  if (found === kept) return;
  logger.error({ workspace, found, kept }, 'a copy in ClickHouse is not whole; it is made anew');
  await startOver(workspace);
}

/** How many events retention has left before an index, and its removals so far. */
function keptBefore(workspace: string, index: number) {
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ removed: string; removals: string[] }>(
      `SELECT (SELECT coalesce(sum(least(last, $2 - 1) - first + 1), 0) FROM expired_ranges
                WHERE workspace_id = $1 AND first < $2) AS removed,
              ARRAY(SELECT id FROM expiries WHERE workspace_id = $1 AND events > 0) AS removals`,
      [workspace, index],
    );
    return { kept: index - Number(rows[0]?.removed ?? 0), removals: rows[0]?.removals ?? [] };
  });
}

/** Forgets what is copied of a workspace; its position first, so that nobody relies on the rest. */
export async function startOver(workspace: string): Promise<void> {
  await removeOwn(workspace, STEPS);
  await removeEvents(workspace);
}

/** Month by month, of those only that have any. */
async function removeEvents(workspace: string, where?: Part): Promise<void> {
  const asked = where === undefined ? {} : { where };
  const months = await ownRows<{ month: number }>(workspace, {
    ...{ select: 'DISTINCT toYYYYMM(time) AS month', table: EVENTS },
    ...asked,
  });
  for (const { month } of months) {
    await removeOwn(workspace, EVENTS, { ...asked, partition: month });
  }
}

function readRows(workspace: string, from: number): Promise<LogRow[]> {
  const text = `
    SELECT idx, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') AS time, type, actor_id,
           coalesce(on_behalf_of, '') AS on_behalf_of, coalesce(agent_id, '') AS agent_id,
           coalesce(session_id, '') AS session_id, coalesce(action_id, '') AS action_id,
           coalesce(action_type, '') AS action_type, coalesce(outcome, '') AS outcome,
           coalesce(tier, -1) AS tier, coalesce(classification, '') AS classification, search
      FROM (SELECT *, sum(octet_length(search)) OVER (ORDER BY idx) - octet_length(search) AS before
              FROM (SELECT idx, time, type, actor_id, on_behalf_of, agent_id, session_id, action_id,
                           action_type, outcome, tier, classification, search::text AS search
                      FROM events WHERE workspace_id = $1 AND idx >= $2 ORDER BY idx LIMIT $3) AS waiting) AS batch
     WHERE before <= $4 ORDER BY idx`;
  return reading(workspace, async (client) => {
    const values = [workspace, from, BATCH_ROWS, BATCH_BYTES];
    return (await client.query<LogRow>({ name: 'copy-batch', text, values })).rows;
  });
}

function isFull(rows: readonly LogRow[]): boolean {
  const bytes = rows.reduce((sum, { search }) => sum + Buffer.byteLength(search), 0);
  return rows.length >= BATCH_ROWS || bytes > BATCH_BYTES;
}

function toCopy({ search, ...columns }: LogRow): Record<string, unknown> {
  return { ...columns, ...wordsOf(search) };
}

async function remove(workspace: string, removal: string): Promise<void> {
  const ranges = await rangesOf(workspace, removal, Number.MAX_SAFE_INTEGER);
  for (let at = 0; at < ranges.length; at += RANGES) {
    await removeEvents(workspace, within(ranges.slice(at, at + RANGES)));
  }
}

function within(ranges: readonly [number, number][]): Part {
  return {
    sql: `idx BETWEEN {low:UInt64} AND {high:UInt64}
      AND arrayExists((first, last) -> idx BETWEEN first AND last, {firsts:Array(UInt64)}, {lasts:Array(UInt64)})`,
    values: {
      low: ranges[0]?.[0],
      high: ranges.at(-1)?.[1],
      firsts: ranges.map(([first]) => first),
      lasts: ranges.map(([, last]) => last),
    },
  };
}
