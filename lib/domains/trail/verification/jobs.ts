import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { defineJob } from '@/lib/kernel/job';
import { verifiedSince } from './findings';
import type { Scope } from './schema';
import { verifyToTheEnd } from './service';

const HOUR_MS = 3_600_000;
/** Younger than a day, so that there is no moment without one of everything within 24 hours. */
const ALL_MS = 23 * HOUR_MS;
/** A little less than an hour, so that the tick after it finds it due. */
const NEW_MS = HOUR_MS - 60_000;

/** The whole log once a day and soon after the first start, what is new once an hour. */
const verifyRegularly = defineJob({
  name: 'trail.verify',
  input: z.object({}),
  schedule: { every: 5 * 60_000 },
  run: async (ctx) => {
    const due = async (scopes: Scope[], age: number) => {
      const since = new Date(clock.now().getTime() - age);
      return !(await inWorkspace(ctx.workspace, (tx) => verifiedSince(tx, scopes, since)));
    };
    if (await due(['all'], ALL_MS)) await verifyToTheEnd(ctx, 'all');
    else if (await due(['new', 'all'], NEW_MS)) await verifyToTheEnd(ctx, 'new');
  },
});

export const verificationJobs = [verifyRegularly];
