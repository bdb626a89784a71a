import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { conflict, invalid } from '@/lib/kernel/problem';
import { query, verb } from '@/lib/kernel/verb';
import { insertItems } from '../items';
import { manageCampaigns } from '../policy';
import { viewDetail } from '../repo';
import { CampaignDetail, CampaignPreview, CreateCampaign, PreviewCampaign } from '../schema';
import { planOf, previewOf } from '../scope';

/** One transaction writes them all, and has half a minute; more are several access reviews. */
const MOST_ITEMS = 50_000;
const LONGEST_DAYS = 366;
const DAY = 86_400_000;

/** How many items there would be, and for whom. */
export const previewCampaign = query({
  name: 'campaigns.preview',
  input: PreviewCampaign,
  output: CampaignPreview,
  permit: manageCampaigns,
  run: async ({ input, tx }) => previewOf(await planOf(tx, input.agents)),
});

export const createCampaign = verb({
  name: 'campaigns.create',
  input: CreateCampaign,
  output: CampaignDetail,
  permit: manageCampaigns,
  run: async ({ ctx, input, tx, event }) => {
    const now = clock.now();
    const dueAt = new Date(input.dueAt);
    const left = dueAt.getTime() - now.getTime();
    if (left <= 0 || left > LONGEST_DAYS * DAY) {
      throw invalid([{ field: 'dueAt', message: 'must be in the future, within a year' }]);
    }
    const plan = await planOf(tx, input.agents);
    if (plan.items.length === 0) {
      throw conflict('nothing_to_review', 'None of these agents is in a role. Choose others.');
    }
    if (plan.items.length > MOST_ITEMS) {
      throw conflict(
        'too_many_items',
        `These are ${plan.items.length} items; ${MOST_ITEMS} are the most. Choose fewer agents.`,
      );
    }
    const id = newId('cmp');
    const { name, undone } = input;
    const scope = input.agents === 'all' ? 'all' : 'chosen';
    await tx.campaign.create({
      data: {
        ...{ id, workspaceId: ctx.workspace, name, scope, undone, dueAt },
        ...{ createdBy: ctx.actor.id, createdAt: now },
      },
    });
    await insertItems(tx, ctx.workspace, id, plan.items);
    const { reviewers, ...counts } = previewOf(plan);
    event({
      type: 'campaign.created',
      object: { type: 'campaign', id },
      data: {
        before: null,
        after: { name, undone, due_at: input.dueAt, scope },
        ...counts,
        reviewers: reviewers.map(({ reviewer, items }) => ({ id: reviewer.id, items })),
      },
    });
    return viewDetail(tx, id, ctx.actor);
  },
});
