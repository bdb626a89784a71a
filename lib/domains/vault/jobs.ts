import { z } from 'zod';
import type { DuePlace } from '@/lib/domains/identity/server';
import { inWorkspace } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { defineJob } from '@/lib/kernel/job';
import { Problem } from '@/lib/kernel/problem';
import { placeOf, readDue } from './due/list';
import { restingRotations } from './repo';
import { vaultRotate } from './rotate-job';
import type { DueItem } from './schema';
import { scheduleCredentialRotation } from './service/rotate-credential';
import { rotateSecret } from './service/rotate-secret';
import { runRotation } from './steps/run';

const RESTING_MS = 30_000;

const PAGE = 200;

/** Starts the rotation of what is due by age and can renew itself. */
const rotationsDue = defineJob({
  name: 'vault.rotations_due',
  input: z.object({}),
  schedule: { every: 3_600_000 },
  run: async (ctx) => {
    const begins = clock.now();
    let after: DuePlace | undefined;
    for (;;) {
      const asked = { after, begins, take: PAGE };
      const items = await inWorkspace(ctx.workspace, (tx) => readDue(tx, ctx.actor, asked), {
        readOnly: true,
      });
      for (const item of items) if (item.rotation === null) await start(ctx, item);
      const last = items.at(-1);
      if (items.length < PAGE || last === undefined) return;
      after = placeOf(last);
    }
  },
});

/** Carries on what a crash, an outage or a long wait has left. */
const rotationsResumed = defineJob({
  name: 'vault.rotations_resumed',
  input: z.object({}),
  schedule: { every: 60_000 },
  run: async (ctx) => {
    const now = clock.now();
    const before = new Date(now.getTime() - RESTING_MS);
    let after = '';
    for (;;) {
      const asked = { before, now, after, take: PAGE };
      const found = await inWorkspace(ctx.workspace, (tx) => restingRotations(tx, asked));
      for (const { id } of found) {
        await runRotation(ctx, id).catch((error: unknown) => {
          logger.warn({ err: error, rotation: id }, 'a rotation could not go on');
        });
      }
      const last = found.at(-1);
      if (found.length < PAGE || last === undefined) return;
      after = last.subjectId;
    }
  },
});

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
    if (error instanceof Problem) return;
    // One that cannot begin must not keep the others from it.
    logger.error({ err: error, subject: item.id }, 'a rotation that is due could not begin');
  }
}

export const vaultJobs = [vaultRotate, rotationsDue, rotationsResumed];
