import { manageAccess } from '@/lib/domains/access/server';
import { conflict, notFound } from '@/lib/kernel/problem';
import { query, verb } from '@/lib/kernel/verb';
import { readReviews } from '../policy';
import { findProposals, rateOfAll, ratesByActionType, ratesByAgent, ratesByDay } from '../rates';
import { DraftMade, DraftProposal, ReadRates, ReviewRates } from '../schema';
import { readReviewSettings } from '../settings';
import { draftMove } from './move';

export const reviewRates = query({
  name: 'reviews.rates',
  input: ReadRates,
  output: ReviewRates,
  permit: readReviews,
  run: async ({ ctx, input, tx }) => {
    return {
      all: await rateOfAll(tx, input),
      by_day: await ratesByDay(tx, input),
      by_agent: await ratesByAgent(tx, input),
      by_action_type: await ratesByActionType(tx, input),
      proposals: await findProposals(tx, await readReviewSettings(tx)),
      can: { draft: manageAccess(ctx.actor) },
    };
  },
});

/** Drafts what the evidence proposes for a permission, while it still does. */
export const draftProposal = verb({
  name: 'reviews.draft_proposal',
  input: DraftProposal,
  output: DraftMade,
  permit: manageAccess,
  run: async (deed) => {
    const { event, input, tx } = deed;
    if ((await tx.permission.count({ where: { id: input.id } })) === 0) {
      throw notFound('permission');
    }
    const proposals = await findProposals(tx, await readReviewSettings(tx));
    const found = proposals.find(
      ({ move, permission }) => permission === input.id && move === input.move,
    );
    if (!found) {
      throw conflict('not_proposed', 'The verdicts do not propose this any more. Reload the page.');
    }
    const { action_type: type, move, role, why } = found;
    const draft = await draftMove(deed, {
      permissions: [input.id],
      move,
      title: `${move === 'raise' ? 'Raise' : 'Lower'} ${type} of ${role} by its reviews`,
      why,
    });
    event({
      type: 'review_proposal.drafted',
      object: { type: 'permission', id: input.id },
      data: { move, draft, reason: why, action_type: type },
    });
    return { draft };
  },
});
