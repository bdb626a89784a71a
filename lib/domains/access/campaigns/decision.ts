import type { Prisma, Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { type ItemRow, itemsOf, withParts, moveItems } from './items';
import { removeAccess, type Say } from './removal';
import { Granted, type Item } from './schema';

type Decision = 'confirm' | 'remove' | 'escalated' | 'lapsed';

export interface Move {
  campaignId: string;
  ids: readonly string[];
  /** What they must still be: the condition that lets one of many deciders win. */
  from: Prisma.CampaignItemWhereInput;
  to: Decision;
  reason: string;
  /** The member, or the job at the due date. */
  by: string;
  /** What changed since the campaign began, by item, for who decides on what is there now. */
  changes?: ReadonlyMap<string, Item['since']>;
}

const types: Record<Decision, string> = {
  confirm: 'campaign_item.confirmed',
  remove: 'campaign_item.removed',
  escalated: 'campaign_item.escalated',
  lapsed: 'campaign_item.lapsed',
};

/**
 * Decides items in the transaction that holds their campaign: those that still are what `from` says move on, a
 * removal is carried out with it, and each says an event with before and after.
 */
export async function moveOn(tx: Tx, say: Say, move: Move): Promise<ItemRow[]> {
  const { campaignId, ids, from, to, reason, by } = move;
  const before = new Map((await withParts(tx, campaignId, ids)).map((row) => [row.id, row]));
  const escalating = to === 'escalated';
  const moved = await moveItems(
    tx,
    { AND: [{ campaignId, id: { in: [...ids] } }, from] },
    escalating
      ? { decision: to, escalation: reason }
      : { decision: to, reason, decidedBy: by, decidedAt: clock.now() },
  );
  const removing = to === 'remove' || to === 'lapsed';
  const taken = removing ? await removeAccess(tx, say, moved) : [];
  const all = [...moved, ...taken].map(({ id }) => id);
  const after = await itemsOf(tx, campaignId, all);
  for (const row of after) say(eventOf(row, before.get(row.id)?.decision ?? null, move));
  return after;
}

function eventOf(row: ItemRow, was: string | null, { to, reason, changes }: Move) {
  const since = changes?.get(row.id);
  const { words, grants, actionType } = Granted.parse(row.granted);
  return {
    type: types[to],
    agent: row.agentId,
    object: { type: 'campaign_item', id: row.id },
    data: {
      campaign: row.campaignId,
      role: row.roleName,
      ...(actionType ? { permission: row.permissionId, action_type: actionType.key } : {}),
      before: { decision: was, granted: grants ?? words },
      after: { decision: to, effect: row.effect },
      ...(since?.gone === false ? { granted_now: since.words } : {}),
      reason,
    },
  };
}
