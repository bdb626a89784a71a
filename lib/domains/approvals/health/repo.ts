import { Prisma, type Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';
import type { Act } from './rules';

/** Who signed by themselves since then, with the opening that came before. */
const signedSince = (since: Date) => Prisma.sql`
  SELECT s.id, s.action_id, s.member_id, s.decision, s.signed_at, o.batch_id,
    CASE WHEN o.batch_id IS NULL THEN extract(epoch FROM s.signed_at - o.opened_at)::float8 END AS seconds
  FROM approval_signatures s
  LEFT JOIN LATERAL (
    SELECT o.opened_at, o.batch_id FROM approval_openings o
    WHERE o.action_id = s.action_id AND o.member_id = s.member_id AND o.opened_at <= s.signed_at
    ORDER BY o.opened_at DESC LIMIT 1
  ) o ON true
  WHERE s.signed_at >= ${since} AND s.signing <> 'grant'`;

/** Their decisions: what was signed in one batch is one. */
const actsSince = (since: Date) => Prisma.sql`
  SELECT member_id, decision = 'approved' AS approved, max(signed_at) AS at, max(seconds) AS seconds,
    count(*)::int AS signatures, max(batch_id) AS batch_id
  FROM (${signedSince(since)}) AS signed
  GROUP BY member_id, decision, coalesce(batch_id, id)`;

export function readActs(tx: Tx, since: Date): Promise<Act[]> {
  return tx.$queryRaw<Act[]>`
    SELECT member_id AS member, approved, at, seconds FROM (${actsSince(since)}) AS acts
    ORDER BY member_id, at`;
}

export interface HealthRow {
  member_id: string;
  signatures: number;
  approved: number;
  decisions: number;
  batches: number;
  unopened: number;
  median_seconds: number | null;
  p90_seconds: number | null;
  longest_streak: number;
  at_night: number;
}

/** How each has decided since then; of one member alone when one is named. */
export function readHealth(
  tx: Tx,
  since: Date,
  zone: string,
  member: string | null,
): Promise<HealthRow[]> {
  return tx.$queryRaw<HealthRow[]>`
    WITH acts AS (${actsSince(since)}),
    mine AS (
      SELECT *, row_number() OVER w - row_number() OVER (PARTITION BY member_id, approved ORDER BY at) AS run
      FROM acts WHERE ${member}::text IS NULL OR member_id = ${member}
      WINDOW w AS (PARTITION BY member_id ORDER BY at)
    ), streaks AS (
      SELECT member_id, max(length)::int AS longest FROM (
        SELECT member_id, count(*) AS length FROM mine WHERE approved GROUP BY member_id, run
      ) r GROUP BY member_id
    )
    SELECT m.member_id, sum(signatures)::int AS signatures,
      coalesce(sum(signatures) FILTER (WHERE approved), 0)::int AS approved,
      count(*)::int AS decisions, count(batch_id)::int AS batches,
      count(*) FILTER (WHERE seconds IS NULL)::int AS unopened,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median_seconds,
      percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) AS p90_seconds,
      coalesce(max(s.longest), 0)::int AS longest_streak,
      count(*) FILTER (WHERE extract(hour FROM at AT TIME ZONE ${zone}::text) NOT BETWEEN 6 AND 21)::int AS at_night
    FROM mine m LEFT JOIN streaks s USING (member_id)
    GROUP BY m.member_id ORDER BY decisions DESC, m.member_id`;
}

export interface WaitRow {
  group: string | null;
  decided: number;
  median: number;
  p90: number;
}

/** How long what was held since then waited for its decision, by the groups that it needed. */
export function readWaits(tx: Tx, since: Date): Promise<WaitRow[]> {
  return tx.$queryRaw<WaitRow[]>`
    SELECT g."group", count(*)::int AS decided,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM p.decided_at - p.requested_at))::float8 AS median,
      percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM p.decided_at - p.requested_at))::float8 AS p90
    FROM approvals p CROSS JOIN LATERAL (
      SELECT DISTINCT n->>'group' AS "group" FROM jsonb_array_elements(p.needs) n
    ) g
    WHERE p.requested_at >= ${since} AND p.decided_at IS NOT NULL GROUP BY 1`;
}

/** The same by the day of the decision. */
export function readDaily(
  tx: Tx,
  since: Date,
  zone: string,
): Promise<{ group: string | null; day: string; decided: number }[]> {
  return tx.$queryRaw`
    SELECT g."group", to_char(p.decided_at AT TIME ZONE ${zone}::text, 'YYYY-MM-DD') AS day, count(*)::int AS decided
    FROM approvals p CROSS JOIN LATERAL (
      SELECT DISTINCT n->>'group' AS "group" FROM jsonb_array_elements(p.needs) n
    ) g
    WHERE p.requested_at >= ${since} AND p.decided_at IS NOT NULL GROUP BY 1, 2`;
}

/** From the opening of a card to the signature, by the groups that it needed. */
export function readDecisionTimes(tx: Tx, since: Date): Promise<Omit<WaitRow, 'decided'>[]> {
  return tx.$queryRaw`
    SELECT g."group",
      percentile_cont(0.5) WITHIN GROUP (ORDER BY s.seconds)::float8 AS median,
      percentile_cont(0.9) WITHIN GROUP (ORDER BY s.seconds)::float8 AS p90
    FROM (${signedSince(since)}) AS s JOIN approvals p ON p.action_id = s.action_id
    JOIN actions a ON a.id = p.action_id
    CROSS JOIN LATERAL (SELECT DISTINCT n->>'group' AS "group" FROM jsonb_array_elements(p.needs) n) g
    WHERE s.seconds IS NOT NULL GROUP BY 1`;
}

/** What waits and nobody has signed yet, by the groups that it needs; as in the queue. */
export function readWaiting(
  tx: Tx,
): Promise<{ group: string | null; pending: number; oldest: Date }[]> {
  return withPlanted(
    tx,
    () => tx.$queryRaw`
    SELECT g."group", count(*)::int AS pending, min(a.created_at) AS oldest
    FROM actions a JOIN approvals p ON p.action_id = a.id
    CROSS JOIN LATERAL (SELECT DISTINCT n->>'group' AS "group" FROM jsonb_array_elements(p.needs) n) g
    WHERE a.status = 'pending'
      AND NOT EXISTS (SELECT 1 FROM approval_signatures s WHERE s.action_id = a.id)
    GROUP BY 1`,
  );
}

/** Ids of what waits and has a signature already. */
export async function signedWaiting(tx: Tx): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT a.id FROM actions a
    WHERE a.status = 'pending' AND EXISTS (SELECT 1 FROM approval_signatures s WHERE s.action_id = a.id)`;
  return rows.map(({ id }) => id);
}
