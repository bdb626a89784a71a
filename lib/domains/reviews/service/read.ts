import { z } from 'zod';
import { clock } from '@/lib/kernel/clock';
import { pageOf } from '@/lib/kernel/page-input';
import { toPage } from '@/lib/kernel/page';
import { query } from '@/lib/kernel/verb';
import { kappa } from '../kappa';
import { drawSamples, readReviews } from '../policy';
import { assignedTo, findSamples, loadSample, pairsSince, sampleKey, summariseDays } from '../repo';
import { ListSamples, ReviewSummary, Sample, SampleRef } from '../schema';
import { viewOne, viewSamples } from '../view';

const DAYS_SHOWN = 30;
const AGREEMENT_MS = 90 * 86_400_000;

export const listSamples = query({
  name: 'reviews.list',
  input: ListSamples,
  output: pageOf(Sample),
  permit: readReviews,
  run: async ({ ctx, input, tx }) => {
    const rows = await findSamples(tx, input, ctx.actor.id);
    const views = await viewSamples(tx, rows, ctx.actor);
    const page = toPage(rows, input.limit, sampleKey(ctx.actor.id), ({ id }) => id);
    return { ...page, items: page.items.flatMap((id) => views.get(id) ?? []) };
  },
});

export const getSample = query({
  name: 'reviews.get',
  input: SampleRef,
  output: Sample,
  permit: readReviews,
  run: async ({ ctx, input, tx }) => viewOne(tx, await loadSample(tx, input.id), ctx.actor),
});

export const reviewSummary = query({
  name: 'reviews.summary',
  input: z.strictObject({}),
  output: ReviewSummary,
  permit: readReviews,
  run: async ({ ctx, tx }) => {
    const pairs = await pairsSince(tx, new Date(clock.now().getTime() - AGREEMENT_MS));
    return {
      days: await summariseDays(tx, DAYS_SHOWN),
      open: await tx.sample.count({ where: { verdict: null } }),
      mine: await tx.sample.count({
        where: { verdict: null, reviews: assignedTo(ctx.actor.id) },
      }),
      findings: await tx.reviewFinding.count({ where: { status: 'open' } }),
      agreement: { pairs: pairs.length, kappa: kappa(pairs) },
      can: { draw: drawSamples(ctx.actor) },
    };
  },
});
