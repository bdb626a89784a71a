import { z } from 'zod';
import { defineJob } from '@/lib/kernel/job';
import { runWhenDue } from './service/run';

/** Every check once a day, and soon after the first start; a missed day is caught up at once. */
const dailyChecks = defineJob({
  name: 'compliance.daily',
  input: z.object({}),
  schedule: { every: 5 * 60_000 },
  long: true,
  run: (ctx) => runWhenDue(ctx, 24),
});

export const complianceJobs = [dailyChecks];
