import { Prisma, type Tx } from '@/lib/infra/db';
import type { Like } from './like';

/** Bounds of what one look reads: so many of the hour before, of the days, and of the day before. */
const MOST_IN_HOUR = 2_000;
const MOST_IN_DAYS = 2_000;
const MOST_ALIKE = 1_000;
/** And so many that are alike are judged. */
const MOST_LIKE = 50;

export interface Habits {
  /** Of this type. */
  earlier: number;
  /** Whether there were more than are read. */
  cut: boolean;
  last_hour: number;
  /** Whether the hour before had more than are read. */
  more: boolean;
  /** Of this type, by hour before the last; none that was only partly read. */
  active_hours: number[];
  /** Of any type, [hour of the day in the zone, count]. */
  hours: [number, number][];
  /** How far back those reach. */
  covered_hours: number;
}

interface Span {
  agent: string;
  type: string;
  since: Date;
  before: Date;
}

/**
 * An agent's latest in a time by the two short indexes there are, each read so far: of those with an
 * amount, and of those that did not run at once (`kept`). Some are in both.
 */
const latestOf = ({ agent, since, before }: Omit<Span, 'type'>, most: number) => Prisma.sql`
  (SELECT *, false AS kept FROM actions
    WHERE agent_id = ${agent} AND amount IS NOT NULL AND created_at >= ${since} AND created_at < ${before}
    ORDER BY created_at DESC LIMIT ${most})
  UNION ALL
  (SELECT *, true FROM actions
    WHERE agent_id = ${agent} AND decision <> 'allow' AND created_at >= ${since} AND created_at < ${before}
    ORDER BY created_at DESC LIMIT ${most})`;

/**
 * How often, how much and when an agent proposed in a time. What ran at once without an amount is not
 * seen.
 */
export async function habitsOf(tx: Tx, of: Span & { zone: string }): Promise<Habits> {
  const hour = new Date(Math.max(of.before.getTime() - 3_600_000, of.since.getTime()));
  const rows = await tx.$queryRaw<Habits[]>`
    WITH seen AS MATERIALIZED (
      SELECT type, amount, created_at, kept, true AS recent
      FROM (${latestOf({ ...of, since: hour }, MOST_IN_HOUR)}) AS hour
      UNION ALL
      SELECT type, amount, created_at, kept, false
      FROM (${latestOf({ ...of, before: hour }, MOST_IN_DAYS)}) AS days
    ), ago AS (
      SELECT *, floor(extract(epoch FROM ${of.before}::timestamptz - created_at) / 3600)::int AS ago
      FROM seen
    ), whole AS (
      -- What was cut off was read in part from its oldest hour on, and the rest of all with it.
      SELECT coalesce(min(until), 2147483647) AS until FROM (
        SELECT max(ago) AS until FROM ago WHERE NOT recent GROUP BY kept HAVING count(*) >= ${MOST_IN_DAYS}
      ) AS cut
    ), once AS (
      SELECT * FROM ago WHERE NOT (kept AND amount IS NOT NULL)
    ), own AS (
      SELECT * FROM once WHERE type = ${of.type}
    ), hourly AS (
      SELECT count(*) AS n FROM own, whole WHERE NOT recent AND ago < until GROUP BY ago
    ), daily AS (
      SELECT extract(hour FROM created_at AT TIME ZONE ${of.zone}::text)::int AS hour, count(*) AS n
      FROM once, whole WHERE ago < until GROUP BY 1
    )
    SELECT
      (SELECT count(*) FROM own)::int AS earlier,
      (SELECT until < 2147483647 FROM whole) AS cut,
      (SELECT count(*) FROM own WHERE recent)::int AS last_hour,
      EXISTS (SELECT FROM seen WHERE recent GROUP BY kept HAVING count(*) >= ${MOST_IN_HOUR}) AS more,
      (SELECT coalesce(json_agg(n), '[]') FROM hourly) AS active_hours,
      (SELECT coalesce(json_agg(json_build_array(hour, n)), '[]') FROM daily) AS hours,
      coalesce((SELECT max(ago) FROM once, whole WHERE ago < until), 0) AS covered_hours`;
  const [habits] = rows;
  if (!habits) throw new Error('an aggregate without a row');
  return habits;
}

export interface Alike extends Span {
  session: string;
  /** The parameter that has the amount, for what was denied before it was known. */
  amountParameter: string | null;
  thing: Record<string, string>;
  customer: string | null;
}

/** Actions of the same type in a time that share the thing, the customer or the session, the latest first. */
export function likeOf(tx: Tx, of: Alike): Promise<Like[]> {
  const names = Object.keys(of.thing);
  return tx.$queryRaw<Like[]>`
    WITH near AS MATERIALIZED (
      ${latestOf(of, MOST_ALIKE)}
    ), compared AS (
      SELECT n.id, n.status, n.decision, n.created_at AS at,
        CASE WHEN n.decision = 'deny' THEN n.reasons->0->>'code' END AS reason,
        coalesce(n.amount, CASE WHEN json_typeof(n.parameters->${of.amountParameter}::text) = 'number'
          THEN (n.parameters->>${of.amountParameter}::text)::float8 END) AS amount,
        coalesce((SELECT bool_and(n.parameters->>t.name IS NOT DISTINCT FROM t.value)
          FROM unnest(${names}::text[], ${Object.values(of.thing)}::text[]) AS t(name, value)), false) AS same_thing,
        coalesce(coalesce(n.parameters->>'customer_id', s.attributes->>'customer_id') = ${of.customer}::text, false) AS same_customer,
        n.session_id = ${of.session} AS same_session
      FROM near n LEFT JOIN sessions s ON s.id = n.session_id
      WHERE n.type = ${of.type} AND NOT (n.kept AND n.amount IS NOT NULL)
    )
    SELECT * FROM compared WHERE same_thing OR same_customer OR same_session
    ORDER BY at DESC, id DESC LIMIT ${MOST_LIKE}`;
}

/** When the agent came to be, its credentials changed, and what permitted it changed. */
export async function changesOf(
  tx: Tx,
  of: { agent: string; permissions: readonly string[]; since: Date },
) {
  const agent = await tx.agent.findUniqueOrThrow({
    where: { id: of.agent },
    select: { createdAt: true },
  });
  const credentials = await tx.credential.findMany({
    where: {
      agentId: of.agent,
      OR: [{ createdAt: { gt: of.since } }, { revokedAt: { gt: of.since } }],
    },
    select: { createdAt: true, revokedAt: true },
  });
  const permissions = await tx.permission.findMany({
    where: { id: { in: [...of.permissions] } },
    select: { updatedAt: true, updatedBy: true, limits: true },
  });
  const byHand = of.permissions.some((id) => id.startsWith(BY_HAND))
    ? await tx.cedarPolicy.findMany({ select: { name: true, updatedAt: true, updatedBy: true } })
    : [];
  return {
    agentSince: agent.createdAt,
    credentials,
    permissions,
    policies: byHand.filter(({ name }) =>
      of.permissions.some((id) => id.startsWith(`${BY_HAND}${name}#`)),
    ),
  };
}

const BY_HAND = 'cedar:';
