import { linkedData } from '@/lib/domains/classification/server';
import type { narrow } from '@/lib/domains/gateway/server';
import type { Tx } from '@/lib/infra/db';
import type { Amounts } from './schema';

/** The most that a history is made of: the latest of 30 days. */
const MOST_AMOUNTS = 2_000;
/** The most of an agent's amounts that are looked through for those of one type. */
const MOST_READ = 20_000;

export type NarrowableType = NonNullable<Awaited<ReturnType<typeof narrowableType>>>;

/** What an action type says of making its numbers smaller; undefined when it is retired. */
export async function narrowableType(tx: Tx, key: string) {
  const row = await tx.actionType.findFirst({
    where: { key, state: 'active' },
    select: { sentence: true, parameters: true, rules: true, narrowable: true },
  });
  if (!row) return undefined;
  return {
    sentence: row.sentence,
    narrowable: row.narrowable,
    parameters: row.parameters as Record<string, unknown>,
    rules: row.rules as Rules,
  };
}

type Rules = Parameters<typeof narrow>[0]['rules'];

export type SourceRow = Awaited<ReturnType<typeof sourceActions>>[number];

/** Actions of this agent that evidence names; another's are not there. */
export function sourceActions(tx: Tx, agentId: string, ids: string[]) {
  return tx.action.findMany({
    where: { id: { in: ids }, agentId },
    select: {
      ...{ id: true, type: true, status: true, parameters: true, result: true },
      ...{ classification: true, createdAt: true, finishedAt: true },
    },
  });
}

export type SourceType = Awaited<ReturnType<typeof sourceTypes>>[number];

export function sourceTypes(tx: Tx, keys: string[]) {
  return tx.actionType.findMany({
    where: { key: { in: keys } },
    select: {
      ...{ key: true, effects: true, state: true },
      tool: { select: { name: true, state: true } },
      data: linkedData,
    },
  });
}

export interface Earlier {
  agent: string;
  type: string;
  since: Date;
  before: Date;
  /** Whom it concerns, where someone is named. */
  customer: string | null;
}

/**
 * Amounts of an agent's latest actions of a type, and among them those for one customer, whom
 * a parameter names or the session is bound to; `whole` is false when there may be others further
 * back than was looked.
 */
export async function earlierAmounts(
  tx: Tx,
  of: Earlier,
): Promise<{ agent: Amounts; customer: Amounts; whole: boolean }> {
  const rows = await tx.$queryRaw<(Amounts & { theirs: boolean })[]>`
    WITH latest AS (
      SELECT a.amount, coalesce(a.parameters->>'customer_id', s.attributes->>'customer_id') AS customer
      FROM (
        SELECT * FROM (
          SELECT type, amount, parameters, session_id, created_at FROM actions
          WHERE agent_id = ${of.agent} AND amount IS NOT NULL
            AND created_at >= ${of.since} AND created_at < ${of.before}
          ORDER BY created_at DESC LIMIT ${MOST_READ}
        ) looked
        WHERE type = ${of.type} ORDER BY created_at DESC LIMIT ${MOST_AMOUNTS}
      ) a LEFT JOIN sessions s ON s.id = a.session_id
    )
    SELECT theirs, count(*)::int AS count, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS median,
      percentile_cont(0.95) WITHIN GROUP (ORDER BY amount) AS percentile95, max(amount) AS maximum
    FROM latest CROSS JOIN (VALUES (false), (true)) AS v(theirs)
    WHERE NOT theirs OR customer = ${of.customer}
    GROUP BY theirs`;
  const found = (wanted: boolean): Amounts => {
    const row = rows.find(({ theirs }) => theirs === wanted);
    const { count = 0, median = null, percentile95 = null, maximum = null } = row ?? {};
    return { count, median, percentile95, maximum };
  };
  const agent = found(false);
  return { agent, customer: found(true), whole: agent.count > 0 || (await fewAmounts(tx, of)) };
}

/** Whether an agent had fewer amounts, of whatever type, than are looked through. */
async function fewAmounts(tx: Tx, { agent, since, before }: Earlier): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM actions
      WHERE agent_id = ${agent} AND amount IS NOT NULL AND created_at >= ${since} AND created_at < ${before}
      LIMIT ${MOST_READ}
    ) looked`;
  return (row?.count ?? 0) < MOST_READ;
}

export interface Similar {
  id: string;
  amount: number | null;
  status: string;
  classification: string | null;
  summary: string;
  sentence: string;
  decision: string;
  decided_by: string;
  decided_at: Date;
  narrowed: boolean;
}

/** What people decided of the nearest amounts of the same agent and type; the latest where there are none. */
export function similarDecisions(
  tx: Tx,
  of: { id: string; agent: string; type: string; amount: number | null },
  most: number,
): Promise<Similar[]> {
  const { id, agent, type, amount } = of;
  return tx.$queryRaw<Similar[]>`
    WITH decided AS NOT MATERIALIZED (
      SELECT id, amount, created_at, status, classification, summary FROM actions
      WHERE agent_id = ${agent} AND type = ${type} AND id <> ${id}
        AND decision = 'hold' AND status NOT IN ('pending', 'expired', 'cancelled')
    ), near AS (
      (SELECT * FROM decided WHERE amount >= ${amount}::float8 ORDER BY amount, created_at DESC LIMIT ${most})
      UNION ALL
      (SELECT * FROM decided WHERE amount < ${amount}::float8 ORDER BY amount DESC, created_at LIMIT ${most})
      UNION ALL
      (SELECT * FROM decided WHERE ${amount}::float8 IS NULL AND amount IS NULL ORDER BY created_at DESC LIMIT ${most})
    )
    SELECT n.id, n.amount, n.status, n.classification, n.summary, coalesce(p.display->'narrowed'->>'sentence', p.display->>'sentence') AS sentence,
      p.decision, p.decided_by, p.decided_at, p.narrowed IS NOT NULL AS narrowed
    FROM near n JOIN approvals p ON p.action_id = n.id
    WHERE p.decision IS NOT NULL AND p.decided_by IS NOT NULL AND p.decided_at IS NOT NULL
    ORDER BY abs(n.amount - ${amount}::float8), n.created_at DESC LIMIT ${most}`;
}

export async function namesOf(tx: Tx, ids: string[]): Promise<Map<string, string>> {
  const rows = await tx.member.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true },
  });
  return new Map(rows.map(({ id, name }) => [id, name]));
}
