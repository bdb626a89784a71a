import { z } from 'zod';
import { defineJob } from '@/lib/kernel/job';
import { verifyContradicted } from '../verification/service';
import { anchor } from './service';

/** Keeps each log's newest checkpoint outside its database, every minute while there is a new one. */
const anchorRegularly = defineJob({
  name: 'trail.anchor',
  input: z.object({}),
  schedule: { every: 60_000 },
  run: async (ctx) => {
    const contradictions = await anchor(ctx.workspace);
    if (contradictions.length > 0) await verifyContradicted(ctx, contradictions);
  },
});

export const anchorJobs = [anchorRegularly];
