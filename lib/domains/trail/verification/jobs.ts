import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { defineJob } from '@/lib/kernel/job';
import { verifiedSince } from './findings';
import type { Scope } from './schema';
import { verifyToTheEnd } from './service';

const HOUR_MS = 3_600_000;
/** Younger than a day, so that there is no moment without one of everything within 24 hours. */
const ALL_MS = 23 * HOUR_MS;
/** A little less than an hour, so that the tick after it finds it due. */
const NEW_MS = HOUR_MS - 60_000;

const verification = defineJob({
  name: 'trail.verify',
  input: z.object({}),
  schedule: { every: 5 * 60_000 },
  long: true,
  run: verifyWhenDue,
});

/** The whole log once a day and soon after the first start, what is new once an hour. */
async function verifyWhenDue(ctx: Context): Promise<void> {
  const due = async (scopes: Scope[], age: number) => {
    const since = new Date(clock.now().getTime() - age);
    return !(await inWorkspace(ctx.workspace, (tx) => verifiedSince(tx, scopes, since)));
  };
  if (await due(['all'], ALL_MS)) await verifyToTheEnd(ctx, 'all');
  else if (await due(['new', 'all'], NEW_MS)) await verifyToTheEnd(ctx, 'new');
}

/**
 * Does what the verification's next tick would do, for whoever is about to ask what was
 * verified. One that is under way is waited for.
 */
export function verifyNowIfDue(workspace: string): Promise<void> {
  return verification.perform(workspace, {});
}

export const verificationJobs = [verification];
