import { clock } from '@/lib/kernel/clock';
import { maskPii } from '@/lib/kernel/mask';
import { conflict } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { manageCampaigns } from '../policy';
import { closeOpen, loadCampaign, viewDetail } from '../repo';
import { CampaignDetail, CloseCampaign } from '../schema';

/** Ends a campaign before its time: what is undecided stays so, and nothing of it is removed. */
export const closeCampaign = verb({
  name: 'campaigns.close',
  input: CloseCampaign,
  output: CampaignDetail,
  permit: manageCampaigns,
  run: async ({ ctx, input, tx, event }) => {
    await loadCampaign(tx, input.id);
    const reason = maskPii(input.reason);
    const closed = await closeOpen(tx, input.id, { by: ctx.actor.id, at: clock.now(), reason });
    if (!closed) {
      throw conflict('campaign_closed', 'The access review is closed already. Reload to see why.');
    }
    const view = await viewDetail(tx, input.id, ctx.actor);
    const { open, escalated, requested } = view.progress;
    event({
      type: 'campaign.closed',
      object: { type: 'campaign', id: input.id },
      data: {
        before: { state: 'open' },
        after: { state: 'closed' },
        ...{ reason, undecided: open + escalated, not_carried_out: requested },
      },
    });
    return view;
  },
});
