import type { z } from 'zod';
import type { Prisma, Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { canonicalJson } from '@/lib/kernel/canonical';
import { newId } from '@/lib/kernel/ids';
import { decodeCursor } from '@/lib/kernel/page';
import { invalid, notFound } from '@/lib/kernel/problem';
import { mayDecide, maySettle } from './policy';
import { namesOf, personOf } from './repo';
import { Granted, type Item, type ListItems } from './schema';
import { grantedBy, type Planned } from './scope';

export type ItemRow = Awaited<ReturnType<typeof loadItem>>;

const CHUNK = 2_000;
const RECENT_DAYS = 30;

export async function loadItem(tx: Tx, campaignId: string, id: string) {
  const row = await tx.campaignItem.findUnique({ where: { id, campaignId } });
  if (!row) throw notFound('item of this access review');
  return row;
}

/** Writes the items of a new campaign, many at a time. */
export async function insertItems(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  planned: readonly Planned[],
): Promise<void> {
  let roleItem: string | null = null;
  const rows = planned.map((item, position) => {
    const id = newId('cit');
    if (item.permissionId === null) roleItem = id;
    return {
      ...{ id, workspace_id: workspaceId, campaign_id: campaignId, position },
      role_item_id: item.permissionId === null ? null : roleItem,
      ...{ agent_id: item.agentId, agent_name: item.agentName },
      ...{ role_id: item.roleId, role_name: item.roleName, permission_id: item.permissionId },
      ...{ reviewer_id: item.reviewerId, escalation: item.escalation },
      ...{ decision: item.reviewerId === null ? 'escalated' : null, granted: item.granted },
    };
  });
  for (let at = 0; at < rows.length; at += CHUNK) {
    // Agents in one role were granted the same, which is sent once.
    const parts = [...new Set(rows.slice(at, at + CHUNK).map(({ granted }) => granted))];
    const place = new Map(parts.map((granted, index) => [granted, index]));
    const chunk = rows
      .slice(at, at + CHUNK)
      .map(({ granted, ...row }) => ({ ...row, part: place.get(granted) }));
    await tx.$executeRaw`
      INSERT INTO campaign_items (id, workspace_id, campaign_id, position, role_item_id, agent_id,
        agent_name, role_id, role_name, permission_id, reviewer_id, escalation, decision, granted)
      SELECT id, workspace_id, campaign_id, position, role_item_id, agent_id, agent_name, role_id,
             role_name, permission_id, reviewer_id, escalation, decision,
             ${JSON.stringify(parts)}::jsonb -> part
        FROM jsonb_to_recordset(${JSON.stringify(chunk)}::jsonb) AS r (id text, workspace_id text,
          campaign_id text, position int, role_item_id text, agent_id text, agent_name text,
          role_id text, role_name text, permission_id text, reviewer_id text, escalation text,
          decision text, part int)`;
  }
}

export function findItems(tx: Tx, input: z.output<typeof ListItems>) {
  return tx.campaignItem.findMany({
    where: {
      campaignId: input.id,
      position: { gt: afterPosition(input.cursor) },
      AND: [
        input.reviewer ? { reviewerId: input.reviewer } : {},
        input.agent ? { agentId: input.agent } : {},
        input.decision ? { decision: input.decision === 'open' ? null : input.decision } : {},
        input.effect ? { effect: input.effect } : {},
      ],
    },
    orderBy: { position: 'asc' },
    take: input.limit + 1,
  });
}

function afterPosition(cursor: string | undefined): number {
  if (cursor === undefined) return -1;
  const position = Number(decodeCursor(cursor, 1)[0]);
  if (Number.isInteger(position)) return position;
  throw invalid([{ field: 'cursor', message: 'is not a cursor of this list; start without one' }]);
}

export const itemKey = (row: { position: number }): [string] => [String(row.position)];

/** Items with those of the permissions within, as they are. */
export function withParts(tx: Tx, campaignId: string, ids: readonly string[]) {
  return tx.campaignItem.findMany({
    where: { campaignId, OR: [{ id: { in: [...ids] } }, { roleItemId: { in: [...ids] } }] },
  });
}

/** The items of these ids in their order; 404 when one is not there. */
export async function itemsOf(tx: Tx, campaignId: string, ids: readonly string[]) {
  const rows = await tx.campaignItem.findMany({
    where: { campaignId, id: { in: [...ids] } },
    orderBy: { position: 'asc' },
  });
  if (rows.length !== new Set(ids).size) throw notFound('item of this access review');
  return rows;
}

/** Moves items on from what `where` says they still are; answers those that were. */
export function moveItems(
  tx: Tx,
  where: Prisma.CampaignItemWhereInput,
  data: Prisma.CampaignItemUpdateManyMutationInput,
) {
  return tx.campaignItem.updateManyAndReturn({ where, data });
}

/** Some of those that nobody has decided. */
export async function undecidedOf(tx: Tx, campaignId: string, limit: number): Promise<string[]> {
  const rows = await tx.campaignItem.findMany({
    where: { campaignId, decision: null },
    select: { id: true },
    orderBy: { position: 'asc' },
    take: limit,
  });
  return rows.map(({ id }) => id);
}

/** Of those, some whose reviewer does not answer for the agent any more. */
export async function orphansOf(tx: Tx, campaignId: string, limit: number): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT i.id FROM campaign_items i JOIN agents a ON a.id = i.agent_id
      LEFT JOIN members m ON m.id = a.sponsor_id AND m.state = 'active'
     WHERE i.campaign_id = ${campaignId} AND i.decision IS NULL
       AND m.id IS DISTINCT FROM i.reviewer_id
     ORDER BY i.position LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

export async function sponsorsOf(tx: Tx, agentIds: readonly string[]) {
  const rows = await tx.agent.findMany({
    where: { id: { in: [...new Set(agentIds)] } },
    select: { id: true, sponsorId: true },
  });
  return new Map(rows.map((row) => [row.id, row.sponsorId]));
}

/** When each item's permissions last satisfied an action of its agent, and how often lately. */
async function lastUseOf(tx: Tx, rows: readonly ItemRow[], now: Date) {
  const since = new Date(now.getTime() - RECENT_DAYS * 86_400_000);
  const ids = rows.map(({ id }) => id);
  const agents = [...new Set(rows.map(({ agentId }) => agentId))];
  const used = await tx.$queryRaw<{ id: string; last: Date; recent: number }[]>`
    WITH used AS (
      SELECT a.agent_id, p.id AS permission_id, max(a.created_at) AS last,
             count(*) FILTER (WHERE a.created_at >= ${since}) AS recent
        FROM actions a, unnest(a.permissions) AS p (id)
       WHERE a.agent_id = ANY (${agents}) AND a.decision <> 'deny'
       GROUP BY a.agent_id, p.id
    )
    SELECT i.id, max(u.last) AS last, sum(u.recent)::int AS recent
      FROM campaign_items i
      JOIN campaign_items p ON (p.id = i.id OR p.role_item_id = i.id) AND p.campaign_id = i.campaign_id
      JOIN used u ON u.agent_id = p.agent_id AND u.permission_id = p.permission_id
     WHERE i.id = ANY (${ids}) GROUP BY i.id`;
  return new Map(used.map((row) => [row.id, row]));
}

/** What is granted now of what these items are about, by permission, and who is in which role. */
async function currentOf(tx: Tx, rows: readonly ItemRow[]) {
  const permissions = await tx.permission.findMany({
    where: { id: { in: rows.flatMap((row) => row.permissionId ?? []) } },
    include: { actionType: true },
  });
  const members = await tx.agentRole.findMany({
    where: {
      agentId: { in: [...new Set(rows.map((row) => row.agentId))] },
      roleId: { in: [...new Set(rows.map((row) => row.roleId))] },
    },
    select: { agentId: true, roleId: true },
  });
  return {
    granted: new Map(permissions.map((row) => [row.id, grantedBy(row)])),
    inRole: new Set(members.map((row) => `${row.agentId} ${row.roleId}`)),
  };
}

/** How what an item is about has changed since the campaign began; null when it has not. */
function changeOf(row: ItemRow, now: Awaited<ReturnType<typeof currentOf>>): Item['since'] {
  const gone = { gone: true, words: [] };
  if (!now.inRole.has(`${row.agentId} ${row.roleId}`)) return gone;
  if (row.permissionId === null) return null;
  const current = now.granted.get(row.permissionId);
  if (!current) return gone;
  const then = Granted.parse(row.granted);
  return canonicalJson(then.grants) === canonicalJson(current.grants)
    ? null
    : { gone: false, words: current.words };
}

/** The same by item id, for who decides. */
export async function changesOf(tx: Tx, rows: readonly ItemRow[]) {
  const now = await currentOf(tx, rows);
  return new Map(rows.map((row) => [row.id, changeOf(row, now)]));
}

interface Reader {
  actor: Actor;
  campaignState: string;
  now: Date;
}

/** Items as their reader sees them: five queries however many there are. */
export async function viewItems(
  tx: Tx,
  rows: readonly ItemRow[],
  { actor, campaignState, now }: Reader,
): Promise<Item[]> {
  const changes = await changesOf(tx, rows);
  const used = await lastUseOf(tx, rows, now);
  const sponsors = await sponsorsOf(
    tx,
    rows.map((row) => row.agentId),
  );
  const names = await namesOf(
    tx,
    rows.flatMap((row) => [row.reviewerId, row.decidedBy, row.settledBy]),
  );
  return rows.map((row) => ({
    id: row.id,
    campaign: row.campaignId,
    agent: { id: row.agentId, name: row.agentName },
    role: { id: row.roleId, name: row.roleName },
    permission: row.permissionId,
    roleItem: row.roleItemId,
    granted: Granted.parse(row.granted),
    since: changes.get(row.id) ?? null,
    used: {
      last: used.get(row.id)?.last.toISOString() ?? null,
      recent: used.get(row.id)?.recent ?? 0,
    },
    reviewer: personOf(names, row.reviewerId),
    escalation: row.escalation,
    decision: row.decision as Item['decision'],
    reason: row.reason,
    decidedBy: personOf(names, row.decidedBy),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    effect: row.effect as Item['effect'],
    settledBy: personOf(names, row.settledBy),
    settledAt: row.settledAt?.toISOString() ?? null,
    settledReason: row.settledReason,
    can: {
      decide: mayDecide(actor, {
        campaignState,
        ...{ decision: row.decision, reviewerId: row.reviewerId },
        sponsorId: sponsors.get(row.agentId) ?? null,
      }),
      settle: maySettle(actor, { campaignState, effect: row.effect }),
    },
  }));
}
