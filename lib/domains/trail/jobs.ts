import { z } from 'zod';
import { defineJob } from '@/lib/kernel/job';
import { verifyNow } from './service/verify';

/** Recomputes each workspace's whole log once a day. */
export const verifyDaily = defineJob({
  name: 'trail.verify',
  input: z.object({}),
  schedule: { cron: '20 2 * * *' },
  run: async (ctx) => {
    await verifyNow(ctx, {});
  },
});

export const trailJobs = [verifyDaily];
