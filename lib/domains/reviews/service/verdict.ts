import { clock } from '@/lib/kernel/clock';
import { maskPii } from '@/lib/kernel/mask';
import { conflict } from '@/lib/kernel/problem';
import { permitted, verb } from '@/lib/kernel/verb';
import { giveVerdicts, mayReview } from '../policy';
import { agentsOf, loadSample, reviewersOf, viewSample } from '../repo';
import { GiveVerdict, Sample } from '../schema';

export const giveVerdict = verb({
  name: 'reviews.verdict',
  input: GiveVerdict,
  output: Sample,
  permit: giveVerdicts,
  run: async ({ ctx, input, tx, event }) => {
    const row = await loadSample(tx, input.id);
    const agents = await agentsOf(tx, [row.action.agentId]);
    const sponsorId = agents.get(row.action.agentId)?.sponsorId ?? null;
    if (row.verdict !== null) throw alreadyReviewed();
    permitted(mayReview(ctx.actor, { verdict: row.verdict, sponsorId }));
    const note = maskPii(input.note);
    const { count } = await tx.sample.updateMany({
      where: { id: input.id, verdict: null },
      data: {
        verdict: input.verdict,
        note,
        reviewedBy: ctx.actor.id,
        reviewedAt: clock.now(),
      },
    });
    if (count === 0) throw alreadyReviewed();
    event({
      type: 'review.given',
      agent: row.action.agentId,
      session: row.action.sessionId,
      action: row.action.id,
      object: { type: 'sample', id: row.id },
      tier: 2,
      digest: row.action.digest,
      data: { verdict: input.verdict, note },
    });
    const reviewed = await loadSample(tx, input.id);
    return viewSample(reviewed, agents, await reviewersOf(tx, [reviewed]), ctx.actor);
  },
});

function alreadyReviewed() {
  return conflict('already_reviewed', 'This action has its verdict already. Reload to see it.');
}
