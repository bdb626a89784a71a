import type { Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { NewEvent } from '@/lib/kernel/event';
import { loadPermission, permissionFields } from '../repo';
import { type ItemRow, moveItems } from './items';

export type Say = (event: NewEvent) => void;

/**
 * Takes away what these items, just decided together for removal, are about. An agent leaves its role at
 * once, and the undecided permissions within go with it. A permission belongs to the role and
 * so to every agent in it: it is asked for, and goes when no agent is left that keeps it.
 */
export async function removeAccess(tx: Tx, say: Say, rows: readonly ItemRow[]): Promise<ItemRow[]> {
  const [first] = rows;
  if (!first) return [];
  const wholes = rows.filter((row) => row.permissionId === null);
  const within = new Set(wholes.map((row) => row.id));
  const parts = rows.filter((row) => row.permissionId !== null);
  const gone = parts.filter((row) => within.has(row.roleItemId ?? ''));
  const asked = parts.filter((row) => !within.has(row.roleItemId ?? ''));
  await leaveRoles(tx, say, wholes);
  const { decision, reason, decidedBy, decidedAt } = first;
  const taken = await moveItems(
    tx,
    { roleItemId: { in: idsOf(wholes) }, OR: [{ decision: null }, { decision: 'escalated' }] },
    { ...{ decision, reason, decidedBy, decidedAt }, effect: 'removed_with_role' },
  );
  await moveItems(tx, { id: { in: idsOf(gone) } }, { effect: 'removed_with_role' });
  await moveItems(tx, { id: { in: idsOf(asked) } }, { effect: 'requested' });
  await settleRequests(tx, say, first.campaignId);
  return taken;
}

const idsOf = (rows: readonly ItemRow[]) => rows.map(({ id }) => id);

async function leaveRoles(tx: Tx, say: Say, rows: readonly ItemRow[]): Promise<void> {
  const deleted = await tx.$queryRaw<{ id: string }[]>`
    DELETE FROM agent_roles r USING campaign_items i
     WHERE i.id = ANY (${idsOf(rows)}) AND r.agent_id = i.agent_id AND r.role_id = i.role_id
    RETURNING i.id`;
  const ids = new Set(deleted.map(({ id }) => id));
  const left = rows.filter((row) => ids.has(row.id));
  const others = rows.filter((row) => !ids.has(row.id));
  await moveItems(tx, { id: { in: idsOf(left) } }, { effect: 'role_removed' });
  await moveItems(tx, { id: { in: idsOf(others) } }, { effect: 'already_gone' });
  for (const row of left) {
    say({
      type: 'agent_role.removed',
      agent: row.agentId,
      object: { type: 'role', id: row.roleId },
      data: {
        before: { agent: row.agentName, role: row.roleName },
        after: null,
        campaign: row.campaignId,
        item: row.id,
      },
    });
  }
}

interface Request {
  id: string;
  permissionId: string;
  agentId: string;
  held: boolean;
  keepers: number;
}

/** Removals that are asked for, whether the agent still has it, and how many others keep it. */
async function requestsOf(tx: Tx, campaignId: string): Promise<Request[]> {
  // Whoever is put into the role meanwhile waits for this lock, or is counted.
  await tx.$queryRaw`
    SELECT 1 FROM roles WHERE id IN (
      SELECT role_id FROM campaign_items WHERE campaign_id = ${campaignId} AND effect = 'requested'
    ) ORDER BY id FOR UPDATE`;
  return tx.$queryRaw<Request[]>`
    SELECT i.id, i.permission_id AS "permissionId", i.agent_id AS "agentId",
           p.id IS NOT NULL AND r.state = 'active' AND EXISTS (
             SELECT FROM agent_roles m WHERE m.agent_id = i.agent_id AND m.role_id = i.role_id
           ) AS held,
           (SELECT count(*)::int FROM agent_roles m JOIN agents a ON a.id = m.agent_id
             WHERE m.role_id = i.role_id AND a.state <> 'retired' AND NOT EXISTS (
               SELECT FROM campaign_items o
                WHERE o.campaign_id = i.campaign_id AND o.permission_id = i.permission_id
                  AND o.effect = 'requested' AND o.agent_id = m.agent_id)) AS keepers
      FROM campaign_items i JOIN roles r ON r.id = i.role_id
      LEFT JOIN permissions p ON p.id = i.permission_id
     WHERE i.campaign_id = ${campaignId} AND i.effect = 'requested' ORDER BY i.position`;
}

/** Ends the requests whose permission the agent has no longer, or that no other agent keeps. */
export async function settleRequests(tx: Tx, say: Say, campaignId: string): Promise<void> {
  const requests = await requestsOf(tx, campaignId);
  const settledAt = clock.now();
  const ended = requests.filter(({ held }) => !held);
  if (ended.length > 0) {
    await moveItems(
      tx,
      { id: { in: ended.map(({ id }) => id) }, effect: 'requested' },
      { effect: 'already_gone', settledAt },
    );
  }
  const alone = requests.filter(({ held, keepers }) => held && keepers === 0);
  for (const permissionId of new Set(alone.map((request) => request.permissionId))) {
    await removePermission(tx, say, { campaignId, permissionId, settledAt });
  }
}

interface Removal {
  campaignId: string;
  permissionId: string;
  settledAt: Date;
  /** The admin who carries it out although other agents are in the role. */
  settledBy?: string;
  settledReason?: string;
}

/** Takes the permission from the role, which ends every request for it in the campaign. */
export async function removePermission(
  tx: Tx,
  say: Say,
  { campaignId, permissionId, ...settled }: Removal,
): Promise<void> {
  const row = await loadPermission(tx, permissionId);
  await tx.permission.delete({ where: { id: permissionId } });
  say({
    type: 'permission.removed',
    object: { type: 'permission', id: permissionId },
    data: { before: permissionFields(row), after: null, campaign: campaignId },
  });
  await moveItems(
    tx,
    { campaignId, permissionId, effect: 'requested' },
    { effect: 'permission_removed', ...settled },
  );
}
