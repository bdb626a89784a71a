import { clock } from '@/lib/kernel/clock';
import { maskPii } from '@/lib/kernel/mask';
import { conflict, forbidden, type Problem } from '@/lib/kernel/problem';
import { type Deed, verb } from '@/lib/kernel/verb';
import { moveOn } from '../decision';
import { changesOf, itemsOf, loadItem, sponsorsOf, viewItems } from '../items';
import { decideItems as mayAtAll, mayDecide } from '../policy';
import { holdCampaign } from '../repo';
import { DecideItem, Decided, DecideItems, Item } from '../schema';

interface Decision {
  id: string;
  decision: 'confirm' | 'remove';
  reason: string;
}

/** Confirms or removes one item. */
export const decideItem = verb({
  name: 'campaigns.decide',
  input: DecideItem,
  output: Item,
  permit: mayAtAll,
  run: async (deed) => {
    const { ctx, input, tx } = deed;
    const { refused } = await decide(deed, [input.itemId]);
    const problem = refused.get(input.itemId);
    if (problem) throw problem;
    const reader = { actor: ctx.actor, campaignState: 'open', now: clock.now() };
    const [item] = await viewItems(tx, [await loadItem(tx, input.id, input.itemId)], reader);
    if (!item) throw changedMeanwhile();
    return item;
  },
});

/** The same of many; those that cannot be decided are said and change nothing. */
export const decideMany = verb({
  name: 'campaigns.decide_many',
  input: DecideItems,
  output: Decided,
  permit: mayAtAll,
  run: async (deed) => {
    const { decided, refused } = await decide(deed, deed.input.items);
    const [first] = refused.values();
    if (decided.length === 0 && first) throw first;
    return {
      decided,
      refused: [...refused].map(([id, problem]) => ({ id, reason: problem.message })),
    };
  },
});

async function decide<I extends Decision>(
  { ctx, input, tx, event }: Deed<I>,
  asked: readonly string[],
): Promise<{ decided: string[]; refused: Map<string, Problem> }> {
  const campaign = await holdCampaign(tx, input.id);
  const rows = await itemsOf(tx, campaign.id, asked);
  const sponsors = await sponsorsOf(
    tx,
    rows.map((row) => row.agentId),
  );
  const changes = await changesOf(tx, rows);
  const refused = new Map<string, Problem>();
  const free: { [as in 'open' | 'escalated']: string[] } = { open: [], escalated: [] };
  for (const row of rows) {
    const verdict = mayDecide(ctx.actor, {
      campaignState: campaign.state,
      ...{ decision: row.decision, reviewerId: row.reviewerId },
      sponsorId: sponsors.get(row.agentId) ?? null,
    });
    if (campaign.state !== 'open') refused.set(row.id, closed());
    else if (row.decision !== null && row.decision !== 'escalated') {
      refused.set(row.id, changedMeanwhile());
    } else if (!verdict.allowed) refused.set(row.id, forbidden(verdict.reason));
    else if (input.decision === 'confirm' && changes.get(row.id)?.gone) {
      refused.set(row.id, nothingLeft());
    } else free[row.decision ?? 'open'].push(row.id);
  }
  const ids = [...free.open, ...free.escalated];
  if (ids.length === 0) return { decided: [], refused };
  const moved = await moveOn(tx, event, {
    ...{ campaignId: campaign.id, ids },
    // As each was when the rules were asked: another's decision since then wins.
    from: {
      OR: [
        { id: { in: free.open }, decision: null },
        { id: { in: free.escalated }, decision: 'escalated' },
      ],
    },
    ...{ to: input.decision, reason: maskPii(input.reason), by: ctx.actor.id },
    changes,
  });
  const decided = moved.map(({ id }) => id);
  for (const id of ids) if (!decided.includes(id)) refused.set(id, changedMeanwhile());
  return { decided, refused };
}

const closed = () =>
  conflict('campaign_closed', 'The access review is closed. Nothing in it can be decided.');

const changedMeanwhile = () =>
  conflict('already_decided', 'This is decided already. Reload to see by whom.');

const nothingLeft = () =>
  conflict('already_gone', 'The agent does not have it any more, so there is nothing to confirm.');
