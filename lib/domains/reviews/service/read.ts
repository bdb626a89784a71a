import { z } from 'zod';
import { pageOf } from '@/lib/kernel/page-input';
import { toPage } from '@/lib/kernel/page';
import { query } from '@/lib/kernel/verb';
import { drawSamples, readReviews } from '../policy';
import {
  agentsOf,
  findSamples,
  loadSample,
  reviewersOf,
  sampleKey,
  summariseDays,
  viewSample,
} from '../repo';
import { ListSamples, ReviewSummary, Sample, SampleRef } from '../schema';

const DAYS_SHOWN = 30;

export const listSamples = query({
  name: 'reviews.list',
  input: ListSamples,
  output: pageOf(Sample),
  permit: readReviews,
  run: async ({ ctx, input, tx }) => {
    const rows = await findSamples(tx, input);
    const agents = await agentsOf(
      tx,
      rows.map((row) => row.action.agentId),
    );
    const reviewers = await reviewersOf(tx, rows);
    return toPage(rows, input.limit, sampleKey, (row) =>
      viewSample(row, agents, reviewers, ctx.actor),
    );
  },
});

export const getSample = query({
  name: 'reviews.get',
  input: SampleRef,
  output: Sample,
  permit: readReviews,
  run: async ({ ctx, input, tx }) => {
    const row = await loadSample(tx, input.id);
    const agents = await agentsOf(tx, [row.action.agentId]);
    return viewSample(row, agents, await reviewersOf(tx, [row]), ctx.actor);
  },
});

export const reviewSummary = query({
  name: 'reviews.summary',
  input: z.strictObject({}),
  output: ReviewSummary,
  permit: readReviews,
  run: async ({ ctx, tx }) => ({
    days: await summariseDays(tx, DAYS_SHOWN),
    open: await tx.sample.count({ where: { verdict: null } }),
    can: { draw: drawSamples(ctx.actor) },
  }),
});
