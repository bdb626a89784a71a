import { z } from 'zod';
import { defineJob } from '@/lib/kernel/job';
import { sweepCampaigns } from './service/sweep';

/** Reminders, the due date, and the end of access reviews that are done. */
const sweep = defineJob({
  name: 'campaigns.sweep',
  input: z.object({}),
  schedule: { every: 3_600_000 },
  run: sweepCampaigns,
});

export const campaignJobs = [sweep];
