import { z } from 'zod';
import { defineJob } from '@/lib/kernel/job';
import { reviewBrokenGlass } from './service/broken-glass';
import { closeDays } from './service/close';
import { drawDays } from './service/draw';
import { escalateOverdue } from './service/escalate';

/**
 * Closes days, draws from those that a checkpoint covers by now, and escalates what is overdue;
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
  },
});

export const reviewsJobs = [drawDailySample];
