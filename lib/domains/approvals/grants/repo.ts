import type { z } from 'zod';
import { Display, Needs } from '@/lib/domains/gateway';
import { db, type Tx } from '@/lib/infra/db';
import { afterCreated, newestFirst } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';
import type { ApprovalRow } from '../repo';
import { type Held, type Scope, standsFor } from './rules';
import type { ListGrants } from './schema';

export type GrantRow = Awaited<ReturnType<typeof loadGrant>>;

export async function loadGrant(tx: Tx, id: string) {
  const row = await tx.approvalGrant.findUnique({ where: { id } });
  if (!row) throw notFound('grant');
  return row;
}

export function findGrants(tx: Tx, input: z.output<typeof ListGrants>, now: Date) {
  return tx.approvalGrant.findMany({
    where: { AND: [input.open ? open(tx, now) : {}, afterCreated(input.cursor)] },
    orderBy: newestFirst,
    take: input.limit + 1,
  });
}

/** Those that may still be used, by who has been there longest. */
export function openGrants(tx: Tx, now: Date): Promise<GrantRow[]> {
  return tx.approvalGrant.findMany({
    where: open(tx, now),
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
}

function open(tx: Tx, now: Date) {
  return {
    ...{ endedAt: null, endsAt: { gt: now } },
    used: { lt: tx.approvalGrant.fields.maxUses },
  };
}

/** Workspaces where a grant may be used. */
export async function workspacesWithGrants(): Promise<string[]> {
  const rows = await db().$queryRaw<
    { id: string }[]
  >`SELECT id FROM workspaces_with_grants() AS id`;
  return rows.map(({ id }) => id);
}

/** Where a page of candidates ended. */
export interface Candidate {
  id: string;
  created_at: Date;
}

/**
 * Held actions that this grant may be used for, oldest first, from what an index and the row
 * itself say; the rules look at each. What somebody has asked about or signed is left to people.
 */
export function candidates(
  tx: Tx,
  grant: GrantRow,
  most: number,
  after: Candidate | undefined,
): Promise<Candidate[]> {
  return tx.$queryRaw<Candidate[]>`
    SELECT a.id, a.created_at FROM actions a JOIN approvals p ON p.action_id = a.id
    WHERE a.status = 'pending' AND a.agent_id = ${grant.agentId} AND a.type = ${grant.actionType}
      AND (a.created_at, a.id) > (${after?.created_at ?? new Date(0)}::timestamptz, ${after?.id ?? ''})
      AND a.classification IS NOT DISTINCT FROM ${grant.classification}
      AND p.route_id IS NOT DISTINCT FROM ${grant.routeId}
      AND p.signing = ANY (${standsFor(grant.signing)})
      AND p.display->'amount'->>'parameter' IS NOT DISTINCT FROM ${grant.parameter}
      AND (${grant.parameter}::text IS NULL OR CASE json_typeof(a.parameters->'currency')
        WHEN 'string' THEN a.parameters->>'currency' END IS NOT DISTINCT FROM ${grant.currency})
      AND (${grant.upTo}::float8 IS NULL OR a.amount BETWEEN 0 AND ${grant.upTo}::float8)
      AND ${grant.reasons} = ARRAY(
        SELECT DISTINCT r->>'code' COLLATE "C" FROM json_array_elements(a.reasons) r ORDER BY 1)
      AND NOT EXISTS (SELECT 1 FROM approval_questions q WHERE q.action_id = a.id)
      AND NOT EXISTS (SELECT 1 FROM approval_signatures s WHERE s.action_id = a.id)
    ORDER BY a.created_at, a.id LIMIT ${most}`;
}

/** Takes one use of the grant; the count after it, or undefined when there is none to take. */
export async function takeUse(tx: Tx, id: string, now: Date): Promise<number | undefined> {
  const [row] = await tx.$queryRaw<{ used: number }[]>`
    UPDATE approval_grants SET used = used + 1
    WHERE id = ${id} AND used < max_uses AND ended_at IS NULL AND ends_at > ${now}
    RETURNING used`;
  return row?.used;
}

/** Takes it back; false when it had been taken back before. */
export async function endGrant(tx: Tx, id: string, by: string, now: Date): Promise<boolean> {
  const { count } = await tx.approvalGrant.updateMany({
    where: { id, endedAt: null },
    data: { endedAt: now, endedBy: by },
  });
  return count === 1;
}

/** The row as the rules of grants know it. */
export function grantable(row: ApprovalRow): Held {
  return {
    agent: row.action.agentId,
    type: row.action.type,
    classification: row.action.classification,
    route: row.routeId,
    needs: Needs.parse(row.needs),
    signing: row.signing,
    narrowed: row.narrowed !== null,
    parameters: row.action.parameters as Record<string, unknown>,
    display: Display.parse(row.display),
  };
}

export function scopeOfGrant(row: GrantRow): Scope {
  const { parameter, upTo, currency } = row;
  return {
    ...{ agent: row.agentId, type: row.actionType, classification: row.classification },
    ...{ route: row.routeId, reasons: row.reasons, signing: row.signing },
    amount: parameter !== null && upTo !== null ? { parameter, upTo, currency } : null,
  };
}
