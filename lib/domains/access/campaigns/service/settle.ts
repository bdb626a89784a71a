import { clock } from '@/lib/kernel/clock';
import { maskPii } from '@/lib/kernel/mask';
import { conflict, notFound } from '@/lib/kernel/problem';
import { permitted, verb } from '@/lib/kernel/verb';
import { loadItem, moveItems, viewItems } from '../items';
import { maySettle, settleRequests as mayAtAll } from '../policy';
import { removePermission, settleRequests } from '../removal';
import { holdCampaign } from '../repo';
import { Item, SettleItem } from '../schema';

/** An admin's answer to a removal that other agents' role stands against. */
export const settleItem = verb({
  name: 'campaigns.settle',
  input: SettleItem,
  output: Item,
  permit: mayAtAll,
  run: async ({ ctx, input, tx, event }) => {
    const { state } = await holdCampaign(tx, input.id);
    // Those that have come to an end by themselves need no answer.
    await settleRequests(tx, event, input.id);
    const row = await loadItem(tx, input.id, input.itemId);
    if (row.effect !== 'requested' || state !== 'open') {
      throw conflict(
        'nothing_requested',
        'No removal of it waits for an admin. Reload to see why.',
      );
    }
    permitted(maySettle(ctx.actor, { campaignState: state, effect: row.effect }));
    const settled = {
      settledAt: clock.now(),
      settledBy: ctx.actor.id,
      settledReason: maskPii(input.reason),
    };
    if (input.settle === 'keep') {
      await moveItems(tx, { id: row.id, effect: 'requested' }, { effect: 'kept', ...settled });
    } else {
      const { campaignId, permissionId } = row;
      if (permissionId === null) throw notFound('permission');
      await removePermission(tx, event, { campaignId, permissionId, ...settled });
    }
    const after = await loadItem(tx, input.id, input.itemId);
    event({
      type: 'campaign_item.settled',
      agent: row.agentId,
      object: { type: 'campaign_item', id: row.id },
      data: {
        campaign: row.campaignId,
        before: { effect: row.effect },
        after: { effect: after.effect },
        reason: settled.settledReason,
      },
    });
    const reader = { actor: ctx.actor, campaignState: state, now: clock.now() };
    const [item] = await viewItems(tx, [after], reader);
    if (!item) throw notFound('item of this access review');
    return item;
  },
});
