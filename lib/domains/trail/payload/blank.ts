import { Prisma, type Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';
import { erased, GONE } from './erased';
import type { ProtectedClass } from './fields';

/** Actions looked at in one transaction, so that none lasts long however many a month has. */
const CHUNK = 5_000;
const DAY_MS = 86_400_000;
/**
 * An action ends at most so long after it was proposed: a held one waits up to 30 days
 * (MAX_WAIT_MINUTES of the gateway, which a test compares), and then runs.
 */
export const LONGEST_LIFE_DAYS = 40;
/** The amounts of two days are still counted against daily limits, and what is recorded late is there by then. */
const SETTLED_MS = 2 * DAY_MS;

const ERASED = JSON.stringify(erased);

/** A destroyed key. */
export interface Gone {
  id: string;
  workspace: string;
  /** 2026-11, UTC. */
  month: string;
  classification: ProtectedClass;
}

/** An action by when it was created. */
export interface Position {
  time: Date;
  id: string;
}

/*
 * What the control database has in clear under a destroyed key is blanked by a walk over the
 * actions that its month may concern, each looked at once: what they were proposed with by the
 * month of their creation, what came back by the month of their end, and what an approver was
 * shown. Their summary, why and reasons stay, as in the trail. What has not ended when it is
 * passed is written down and looked at again; what is younger than two days is looked at with
 * every run.
 */

/**
 * Blanks the next chunk after what has been passed, and after `since`; answers where it ended,
 * or nothing once the month is at its end.
 */
export async function blankNext(
  tx: Tx,
  key: Gone,
  now: Date,
  since?: Position,
): Promise<Position | undefined> {
  const { start, end } = monthOf(key);
  const settled = new Date(now.getTime() - SETTLED_MS);
  const begin = { time: new Date(start.getTime() - LONGEST_LIFE_DAYS * DAY_MS), id: '' };
  const from = [begin, await passed(tx, key), since].reduce(later);
  const chunk = await withPlanted(tx, async () => {
    const found = await look(tx, key, from ?? begin, settled);
    await blank(tx, key, found.ended, settled);
    await tx.$executeRaw`
      INSERT INTO trail_unblanked (key_id, action_id, workspace_id)
      SELECT ${key.id}::text, a.id, a.workspace_id FROM actions a
       WHERE a.id = ANY (${found.unfinished}) AND ${mayConcern(key, now)}
      ON CONFLICT DO NOTHING`;
    return found;
  });
  const at = chunk.seen < CHUNK ? { time: end, id: '' } : chunk.last;
  // What is younger has been looked at, but not for the last time.
  await pass(tx, key, at && at.time > settled ? { time: settled, id: '' } : at);
  return chunk.seen < CHUNK ? undefined : at;
}

/** Looks again at a chunk of what had not ended; answers where it ended, or nothing at the end. */
export async function blankLeft(
  tx: Tx,
  key: Gone,
  now: Date,
  since = '',
): Promise<string | undefined> {
  const settled = new Date(now.getTime() - SETTLED_MS);
  const rows = await withPlanted(tx, async () => {
    const found = await tx.$queryRaw<{ id: string; ended: boolean; over: boolean }[]>`
      SELECT u.action_id AS id, coalesce(${ended}, true) AS ended, coalesce(NOT ${mayConcern(key, now)}, true) AS over
        FROM trail_unblanked u LEFT JOIN actions a ON a.id = u.action_id
       WHERE u.key_id = ${key.id} AND u.action_id > ${since} ORDER BY u.action_id LIMIT ${CHUNK}`;
    const over = found.filter((row) => row.ended).map(({ id }) => id);
    await blank(tx, key, over, settled);
    return found;
  });
  const done = rows.filter((row) => row.ended || row.over).map(({ id }) => id);
  await tx.$executeRaw`
    DELETE FROM trail_unblanked WHERE key_id = ${key.id} AND action_id = ANY (${done})`;
  return rows.length < CHUNK ? undefined : rows.at(-1)?.id;
}

/** Notes that nothing of the key's payloads is or can come to be in clear any more, when it is so. */
export async function finish(tx: Tx, key: Gone, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE trail_blankings SET done_at = ${now}
     WHERE key_id = ${key.id} AND through >= ${monthOf(key).end}
       AND NOT EXISTS (SELECT FROM trail_unblanked u WHERE u.key_id = trail_blankings.key_id)`;
}

/** Destroyed keys whose payloads are not all blanked, those destroyed last first. */
export async function findUnblanked(tx: Tx): Promise<Gone[]> {
  return tx.$queryRaw<Gone[]>`
    SELECT k.id, k.workspace_id AS workspace, k.month, k.classification
      FROM trail_keys k LEFT JOIN trail_blankings b ON b.key_id = k.id
     WHERE k.wrapped IS NULL AND b.done_at IS NULL ORDER BY k.destroyed_at DESC, k.id`;
}

function monthOf({ month }: Pick<Gone, 'month'>): { start: Date; end: Date } {
  const start = new Date(`${month}-01T00:00:00Z`);
  return { start, end: new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1)) };
}

function later(one: Position | undefined, other: Position | undefined): Position | undefined {
  if (!one || !other) return one ?? other;
  const apart = one.time.getTime() - other.time.getTime();
  return apart > 0 || (apart === 0 && one.id > other.id) ? one : other;
}

const ended = Prisma.sql`a.status NOT IN ('pending', 'approved', 'running')`;

// As protectedClass of fields.ts: what is not known counts as Restricted.
function ofClass(classification: ProtectedClass): Prisma.Sql {
  return classification === 'Confidential'
    ? Prisma.sql`a.classification = 'Confidential'`
    : Prisma.sql`a.classification NOT IN ('Public', 'Internal', 'Confidential')`;
}

/** Whether the key concerns an action that has not ended: one of its month, or one that may end in it. */
function mayConcern(key: Gone, now: Date): Prisma.Sql {
  const { start, end } = monthOf(key);
  return now.getTime() < end.getTime() + SETTLED_MS
    ? Prisma.sql`true`
    : Prisma.sql`a.created_at >= ${start}`;
}

async function passed(tx: Tx, key: Gone): Promise<Position | undefined> {
  const [row] = await tx.$queryRaw<Position[]>`
    SELECT through AS time, through_id AS id FROM trail_blankings WHERE key_id = ${key.id}`;
  return row;
}

/** Never backwards: of two runs the other may be further. */
async function pass(tx: Tx, key: Gone, at: Position | undefined): Promise<void> {
  if (!at) return;
  await tx.$executeRaw`
    INSERT INTO trail_blankings AS b (key_id, workspace_id, through, through_id)
    VALUES (${key.id}, ${key.workspace}, ${at.time}, ${at.id})
    ON CONFLICT (key_id) DO UPDATE SET through = excluded.through, through_id = excluded.through_id
     WHERE (b.through, b.through_id) < (excluded.through, excluded.through_id)`;
}

interface Chunk {
  seen: number;
  last: Position | undefined;
  ended: string[];
  /** Of those old enough to be passed. */
  unfinished: string[];
}

/** One look, so that no action ends between being passed over and being written down. */
async function look(tx: Tx, key: Gone, from: Position, settled: Date): Promise<Chunk> {
  const { end } = monthOf(key);
  const [row] = await tx.$queryRaw<(Chunk & { time: Date | null; id: string | null })[]>`
    WITH chunk AS MATERIALIZED (
      SELECT a.id, a.created_at, ${ofClass(key.classification)} AS concerned, ${ended} AS ended
        FROM actions a
       WHERE a.workspace_id = current_workspace() AND a.created_at >= ${from.time} AND a.created_at < ${end}
         AND (a.created_at > ${from.time} OR a.id > ${from.id})
       ORDER BY a.created_at, a.id LIMIT ${CHUNK})
    SELECT count(*)::int AS seen, max(created_at) AS time,
           (SELECT id FROM chunk ORDER BY created_at DESC, id DESC LIMIT 1) AS id,
           coalesce(array_agg(id) FILTER (WHERE concerned AND ended), '{}') AS ended,
           coalesce(array_agg(id) FILTER (WHERE concerned AND NOT ended AND created_at <= ${settled}), '{}') AS unfinished
      FROM chunk`;
  if (!row) throw new Error('a chunk of actions was not counted');
  const { id, seen, time, unfinished } = row;
  return { seen, last: time && id ? { time, id } : undefined, ended: row.ended, unfinished };
}

/** Takes the payload out of these actions, which have ended and are of the key's class. */
async function blank(tx: Tx, key: Gone, ids: string[], settled: Date): Promise<void> {
  if (ids.length === 0) return;
  const { start, end } = monthOf(key);
  await tx.$executeRaw`
    WITH blanked AS (
      UPDATE actions a
         SET parameters = ${ERASED}::json, evidence = '[]', untrusted = '[]',
             amount = CASE WHEN created_at > ${settled} THEN amount END
       WHERE id = ANY (${ids}) AND created_at >= ${start} AND created_at < ${end}
         AND (parameters::text <> ${ERASED} OR (amount IS NOT NULL AND created_at <= ${settled}))
      RETURNING id
    ), shown AS (
      UPDATE approvals
         SET display = (display - 'answers' - 'narrowed') || jsonb_build_object(
               'sentence', display -> 'summary', 'parameters', ${ERASED}::jsonb,
               'evidence', '[]'::jsonb, 'untrusted', '[]'::jsonb, 'amount', NULL),
             narrowed = CASE WHEN narrowed IS NOT NULL THEN ${ERASED}::jsonb END
       WHERE action_id IN (SELECT id FROM blanked)
    ), wrong AS (
      UPDATE planted_requests
         SET wrong = wrong || jsonb_build_object('planted', ${GONE}::text, 'right', ${GONE}::text)
       WHERE action_id IN (SELECT id FROM blanked)
    ), asked AS (
      UPDATE approval_questions
         SET question = ${GONE}, answer = CASE WHEN answer IS NOT NULL THEN ${GONE} END
       WHERE action_id IN (SELECT id FROM blanked)
    )
    SELECT 1 FROM blanked`;
  await tx.$executeRaw`
    UPDATE actions SET result = ${ERASED}::json
     WHERE id = ANY (${ids}) AND finished_at >= ${start} AND finished_at < ${end}
       AND result IS NOT NULL AND result::text <> ${ERASED}`;
}
