import { z } from 'zod';
import type { DuePlace } from '@/lib/domains/identity/server';
import { inWorkspace } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { defineJob } from '@/lib/kernel/job';
import { Problem } from '@/lib/kernel/problem';
import { placeOf, readDue } from './due/list';
import { failedSince } from './due/repo';
import { restingRotations } from './repo';
import { vaultRotate } from './rotate-job';
import type { DueItem } from './schema';
import { scheduleCredentialRotation } from './service/rotate-credential';
import { rotateSecret } from './service/rotate-secret';
import { runRotation } from './steps/run';

const RESTING_MS = 30_000;

const PAGE = 200;

/** How long what has failed is left alone by the schedule; a person may start it again at once. */
const AFTER_FAILURE_MS = 86_400_000;

/** How many a tick queues for a workspace; the minute's sweep carries the others on. */
const QUEUED_AT_ONCE = 10;

/** How long a tick carries on one workspace's, so that one upstream that hangs holds up no other. */
const SWEEP_MS = 30_000;

/** Starts the rotation of what is due by age and can renew itself. */
const rotationsDue = defineJob({
  name: 'vault.rotations_due',
  input: z.object({}),
  schedule: { every: 3_600_000 },
  run: async (ctx) => {
    const begins = clock.now();
    let after: DuePlace | undefined;
    let queued = 0;
    for (;;) {
      const { items, failed } = await readPage(ctx, begins, after);
      for (const item of items) {
        if (item.rotation !== null || failed.has(item.id)) continue;
        if (await start(ctx, item, queued < QUEUED_AT_ONCE)) queued += 1;
      }
      const last = items.at(-1);
      if (items.length < PAGE || last === undefined) return;
      after = placeOf(last);
    }
  },
});

function readPage(ctx: Context, begins: Date, after: DuePlace | undefined) {
  const since = new Date(begins.getTime() - AFTER_FAILURE_MS);
  return inWorkspace(
    ctx.workspace,
    async (tx) => {
      const items = await readDue(tx, ctx.actor, { after, begins, take: PAGE });
      const ids = items.map(({ id }) => id);
      return { items, failed: await failedSince(tx, ids, since) };
    },
    { readOnly: true },
  );
}

/**
 * By workspace, the subject after which the next sweep goes on, where the last one ran out of
 * time. Were it always to begin with the first, those that hang would keep the others from their turn.
 */
const leftAt = new Map<string, string>();

/** Carries on what a crash, an outage or a long wait has left. */
const rotationsResumed = defineJob({
  name: 'vault.rotations_resumed',
  input: z.object({}),
  schedule: { every: 60_000 },
  run: async (ctx) => {
    const now = clock.now();
    const before = new Date(now.getTime() - RESTING_MS);
    let after = leftAt.get(ctx.workspace) ?? '';
    leftAt.delete(ctx.workspace);
    for (;;) {
      const asked = { before, now, after, take: PAGE };
      const found = await inWorkspace(ctx.workspace, (tx) => restingRotations(tx, asked));
      for (const { id, subjectId } of found) {
        await runRotation(ctx, id).catch((error: unknown) => {
          logger.warn({ err: error, rotation: id }, 'a rotation could not go on');
        });
        if (clock.now().getTime() - now.getTime() < SWEEP_MS) continue;
        leftAt.set(ctx.workspace, subjectId);
        return;
      }
      const last = found.at(-1);
      if (found.length < PAGE || last === undefined) return;
      after = last.subjectId;
    }
  },
});

/** Begins the rotation of what is due, and queues it if it is to; whether it has begun. */
async function start(ctx: Context, item: DueItem, queue: boolean): Promise<boolean> {
  const begin = item.subjectType === 'secret' ? rotateSecret : scheduleCredentialRotation;
  try {
    const { id } = await begin(ctx, { id: item.id });
    if (queue) await vaultRotate.enqueue(ctx.workspace, { rotationId: id });
    return true;
  } catch (error) {
    // Another worker was first, or it changed meanwhile: the next tick looks again.
    if (error instanceof Problem) return false;
    // One that cannot begin must not keep the others from it.
    logger.error({ err: error, subject: item.id }, 'a rotation that is due could not begin');
    return false;
  }
}

export const vaultJobs = [vaultRotate, rotationsDue, rotationsResumed];
