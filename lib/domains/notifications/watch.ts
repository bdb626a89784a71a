/** What has happened and was not told yet. Whoever takes it tells it, in the same transaction. */
import type { Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';

/**
 * Held actions that were not seen before, oldest first, whatever has become of them since. All
 * that was held before the newest one seen has been seen, but for what committed late: a quarter
 * of an hour is longer than any gateway keeps a transaction open. So the look costs the same
 * however many wait. A gateway whose clock is ahead moves no more than this server's own clock does.
 */
export async function takeHeld(tx: Tx, most: number): Promise<string[]> {
  const rows = await tx.$queryRaw<{ action_id: string }[]>`
    INSERT INTO notification_waits (action_id, workspace_id, requested_at)
    SELECT p.action_id, p.workspace_id, p.requested_at FROM approvals p
    WHERE p.requested_at >= least(
        coalesce((SELECT max(w.requested_at) FROM notification_waits w), '-infinity'), now())
        - interval '15 minutes'
      AND NOT EXISTS (SELECT 1 FROM notification_waits w WHERE w.action_id = p.action_id)
    ORDER BY p.requested_at LIMIT ${most}
    ON CONFLICT DO NOTHING RETURNING action_id`;
  return rows.map((row) => row.action_id);
}

export interface Reminder {
  action_id: string;
  /** half, nine_tenths or escalation:<need>:<step>. */
  kinds: string[];
}

/** What the approvals room has announced of actions that still wait. */
export function takeReminders(tx: Tx, most: number): Promise<Reminder[]> {
  return tx.$queryRaw<Reminder[]>`
    WITH due AS MATERIALIZED (
      SELECT w.action_id, array_agg(n.kind ORDER BY n.at, n.kind) AS kinds
      FROM notification_waits w JOIN approval_notices n ON n.action_id = w.action_id
      WHERE w.open AND n.kind <> ALL (w.told)
      GROUP BY w.action_id LIMIT ${most}
    )
    UPDATE notification_waits w SET told = w.told || due.kinds FROM due
    WHERE w.action_id = due.action_id AND NOT w.told && due.kinds
    RETURNING w.action_id, due.kinds`;
}

/** Actions that were waiting and wait no longer. */
export async function takeEnded(tx: Tx, most: number): Promise<string[]> {
  const rows = await withPlanted(
    tx,
    () => tx.$queryRaw<{ action_id: string }[]>`
    UPDATE notification_waits w SET open = false
    WHERE w.open AND w.action_id = ANY (ARRAY(
      SELECT o.action_id FROM notification_waits o JOIN actions a ON a.id = o.action_id
      WHERE o.open AND a.status <> 'pending' LIMIT ${most}
    )) RETURNING w.action_id`,
  );
  return rows.map((row) => row.action_id);
}

export interface Unmanned {
  id: string;
  name: string;
  routes: string[];
}

/** Groups that a route needs, in which nobody can approve by now and somebody could when last looked. */
export async function takeUnmanned(tx: Tx, at: Date): Promise<Unmanned[]> {
  const unmanned = await tx.$queryRaw<(Unmanned & { workspace_id: string })[]>`
    SELECT g.id, g.workspace_id, g.name, array_agg(DISTINCT r.name) AS routes
    FROM approver_groups g JOIN approval_routes r ON EXISTS (
      SELECT 1 FROM jsonb_array_elements(r.needs) n
      WHERE n->>'group' = g.id OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(n->'escalation') e WHERE e->>'group' = g.id))
    WHERE NOT EXISTS (
      SELECT 1 FROM approver_group_members gm JOIN members m ON m.id = gm.member_id
      WHERE gm.group_id = g.id AND m.state = 'active' AND 'approver' = ANY (m.roles))
    GROUP BY g.id, g.workspace_id, g.name ORDER BY g.id`;
  await tx.unmannedGroup.deleteMany({
    where: { groupId: { notIn: unmanned.map(({ id }) => id) } },
  });
  const added = await tx.unmannedGroup.createManyAndReturn({
    data: unmanned.map((one) => ({ groupId: one.id, workspaceId: one.workspace_id, since: at })),
    skipDuplicates: true,
  });
  const news = new Set(added.map(({ groupId }) => groupId));
  return unmanned
    .filter(({ id }) => news.has(id))
    .map(({ id, name, routes }) => ({ id, name, routes }));
}
