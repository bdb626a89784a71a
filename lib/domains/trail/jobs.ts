import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { defineJob } from '@/lib/kernel/job';
import { deliveryJobs } from './delivery/jobs';
import { verifyNow } from './service/verify';
import { verifiedSince } from './verifications';

/** Younger than a day, so that there is no moment without a verification within 24 hours. */
const MAX_AGE_MS = 23 * 3_600_000;

/** Recomputes each workspace's whole log once a day, and soon after the first start. */
const verifyDaily = defineJob({
  name: 'trail.verify',
  input: z.object({}),
  schedule: { every: 5 * 60_000 },
  run: async (ctx) => {
    const since = new Date(clock.now().getTime() - MAX_AGE_MS);
    const known = await inWorkspace(ctx.workspace, (tx) => verifiedSince(tx, since));
    if (!known) await verifyNow(ctx, {});
  },
});

export const trailJobs = [...deliveryJobs, verifyDaily];
