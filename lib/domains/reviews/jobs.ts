import { z } from 'zod';
import { defineJob } from '@/lib/kernel/job';
import { reviewBrokenGlass } from './service/broken-glass';
import { closeDays } from './service/close';
import { drawDays } from './service/draw';
import { escalateOverdue } from './service/escalate';
import { noteProposals } from './service/propose';

/**
 * Closes days, draws from those that a checkpoint covers by now, escalates what is overdue, and
 * notes what the verdicts propose;
 * each few minutes, since days close by time zone and a draw waits for its checkpoint.
 */
const drawDailySample = defineJob({
  name: 'reviews.draw_daily',
  input: z.object({}),
  schedule: { every: 5 * 60_000 },
  run: async (ctx) => {
    await drawDays(ctx);
    await closeDays(ctx);
    await reviewBrokenGlass(ctx);
    await escalateOverdue(ctx);
    await noteProposals(ctx);
  },
});

export const reviewsJobs = [drawDailySample];
