import { z } from 'zod';
import { defineJob } from '@/lib/kernel/job';
import { expire } from './service/expire';

/** At night in UTC, after the day's verification has had its chance. */
const expireDaily = defineJob({
  name: 'trail.expire',
  long: true,
  input: z.object({}),
  schedule: { daily: '03:40' },
  run: (ctx) => expire(ctx),
});

export const retentionJobs = [expireDaily];
