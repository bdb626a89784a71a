import { z } from 'zod';
import { logger } from '@/lib/infra/logger';
import { defineJob } from '@/lib/kernel/job';
import { reviewBrokenGlass } from './service/broken-glass';
import { closeDays } from './service/close';
import { drawDays } from './service/draw';
import { escalateOverdue } from './service/escalate';
import { noteProposals } from './service/propose';

const steps = { drawDays, closeDays, reviewBrokenGlass, escalateOverdue, noteProposals };

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
    const failed: string[] = [];
    let cause: unknown;
    for (const [name, step] of Object.entries(steps)) {
      // A day that cannot be drawn keeps no other from closing, nor anything else waiting.
      await step(ctx).catch((error: unknown) => {
        logger.error(
          { err: error, step: name, workspace: ctx.workspace },
          'reviews: a step failed',
        );
        failed.push(name);
        cause ??= error;
      });
    }
    if (failed.length > 0) throw new Error(`reviews: ${failed.join(', ')} failed`, { cause });
  },
});

export const reviewsJobs = [drawDailySample];
