import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { defineJob } from '@/lib/kernel/job';
import { Problem } from '@/lib/kernel/problem';
import { beginsNow, SCHEDULED_OVERLAP_HOURS } from './due';
import { restingRotations } from './repo';
import { vaultRotate } from './rotate-job';
import type { DueItem } from './schema';
import { readDue } from './service/due';
import { scheduleCredentialRotation } from './service/rotate-credential';
import { rotateSecret } from './service/rotate-secret';
import { runRotation } from './steps/run';

const RESTING_MS = 30_000;

/** Starts the rotation of what is due by age and can renew itself. */
const rotationsDue = defineJob({
  name: 'vault.rotations_due',
  input: z.object({}),
  schedule: { every: 3_600_000 },
  run: async (ctx) => {
    const { items } = await inWorkspace(ctx.workspace, (tx) => readDue(tx, ctx.actor), {
      readOnly: true,
    });
    for (const item of items) if (isDue(item)) await start(ctx, item);
  },
});

/** Carries on what a crash, an outage or a long wait has left. */
const rotationsResumed = defineJob({
  name: 'vault.rotations_resumed',
  input: z.object({}),
  schedule: { every: 60_000 },
  run: async (ctx) => {
    const before = new Date(clock.now().getTime() - RESTING_MS);
    for (const id of await inWorkspace(ctx.workspace, (tx) => restingRotations(tx, before))) {
      await runRotation(ctx, id).catch((error: unknown) => {
        logger.warn({ err: error, rotation: id }, 'a rotation could not go on');
      });
    }
  },
});

function isDue(item: DueItem): boolean {
  if (!item.automatic || item.rotation || !item.can.rotate.allowed) return false;
  const since = new Date(item.since);
  const days = (Date.parse(item.dueAt) - since.getTime()) / 86_400_000;
  const lead = item.subjectType === 'credential' ? SCHEDULED_OVERLAP_HOURS : 0;
  return beginsNow(since, days, clock.now(), lead);
}

async function start(ctx: Context, item: DueItem): Promise<void> {
  try {
    if (item.subjectType === 'secret') {
      await rotateSecret(ctx, { id: item.id });
      return;
    }
    const { id } = await scheduleCredentialRotation(ctx, { id: item.id });
    await vaultRotate.enqueue(ctx.workspace, { rotationId: id });
  } catch (error) {
    // Another worker was first, or it changed meanwhile: the next tick looks again.
    if (!(error instanceof Problem)) throw error;
  }
}

export const vaultJobs = [vaultRotate, rotationsDue, rotationsResumed];
