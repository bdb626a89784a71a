import { linkedData } from '@/lib/domains/classification/server';
import type { narrow } from '@/lib/domains/gateway/server';
import type { Tx } from '@/lib/infra/db';
import type { Amounts } from './schema';

/** The most that a history is made of: the latest of 30 days. */
export const MOST_AMOUNTS = 10_000;

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
  type: string;
  before: Date;
  since: Date;
  /** The action that is looked at, which is no history of itself. */
  id: string;
}

/** Amounts of an agent's actions of this type. */
export async function agentAmounts(tx: Tx, agent: string, of: Earlier): Promise<Amounts> {
  const [row] = await tx.$queryRaw<Amounts[]>`
    SELECT count(*)::int AS count, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS median, max(amount) AS maximum
    FROM (
      SELECT amount FROM actions
      WHERE workspace_id = current_workspace() AND type = ${of.type} AND agent_id = ${agent} AND amount IS NOT NULL
        AND created_at >= ${of.since} AND created_at <= ${of.before} AND id <> ${of.id}
      ORDER BY created_at DESC LIMIT ${MOST_AMOUNTS}
    ) latest`;
  return row ?? none;
}

/** Amounts of this type for a customer, by whichever agent. */
export async function customerAmounts(tx: Tx, customer: string, of: Earlier): Promise<Amounts> {
  const [row] = await tx.$queryRaw<Amounts[]>`
    SELECT count(*)::int AS count, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS median, max(amount) AS maximum
    FROM (
      SELECT amount FROM actions
      WHERE workspace_id = current_workspace() AND type = ${of.type} AND amount IS NOT NULL
        AND (parameters->>'customer_id') IS NOT NULL AND parameters->>'customer_id' = ${customer}
        AND created_at >= ${of.since} AND created_at <= ${of.before} AND id <> ${of.id}
      ORDER BY created_at DESC LIMIT ${MOST_AMOUNTS}
    ) latest`;
  return row ?? none;
}

/** How many of an agent's latest actions are looked through for a customer that only sessions name. */
const MOST_SESSIONS = 2_000;

/** The same where the customer is what the session is bound to: of this agent, among its latest. */
export async function sessionAmounts(
  tx: Tx,
  agent: string,
  customer: string,
  of: Earlier,
): Promise<Amounts> {
  const [row] = await tx.$queryRaw<Amounts[]>`
    SELECT count(*)::int AS count, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS median, max(amount) AS maximum
    FROM (
      SELECT amount, session_id FROM actions
      WHERE workspace_id = current_workspace() AND type = ${of.type} AND agent_id = ${agent} AND amount IS NOT NULL
        AND created_at >= ${of.since} AND created_at <= ${of.before} AND id <> ${of.id}
      ORDER BY created_at DESC LIMIT ${MOST_SESSIONS}
    ) latest JOIN sessions s ON s.id = latest.session_id
    WHERE s.attributes->>'customer_id' = ${customer}`;
  return row ?? none;
}

const none: Amounts = { count: 0, median: null, maximum: null };

export interface Similar {
  id: string;
  amount: number | null;
  status: string;
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
      SELECT id, amount, created_at, status FROM actions
      WHERE workspace_id = current_workspace() AND type = ${type} AND agent_id = ${agent} AND id <> ${id}
        AND decision = 'hold' AND status NOT IN ('pending', 'expired', 'cancelled')
    ), near AS (
      (SELECT * FROM decided WHERE amount >= ${amount}::float8 ORDER BY amount, created_at DESC LIMIT ${most})
      UNION ALL
      (SELECT * FROM decided WHERE amount < ${amount}::float8 ORDER BY amount DESC, created_at LIMIT ${most})
      UNION ALL
      (SELECT * FROM decided WHERE ${amount}::float8 IS NULL AND amount IS NULL ORDER BY created_at DESC LIMIT ${most})
    )
    SELECT n.id, n.amount, n.status, coalesce(p.display->'narrowed'->>'sentence', p.display->>'sentence') AS sentence,
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
