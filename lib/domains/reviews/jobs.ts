import { z } from 'zod';
import { defineJob } from '@/lib/kernel/job';
import { drawDaily } from './service/draw';

/** Draws each workspace's sample of yesterday; each quarter of an hour, since days close by time zone. */
const drawDailySample = defineJob({
  name: 'reviews.draw_daily',
  input: z.object({}),
  schedule: { every: 15 * 60_000 },
  run: async (ctx) => {
    await drawDaily(ctx);
  },
});

export const reviewsJobs = [drawDailySample];
