import { z } from 'zod';
import { logger } from '@/lib/infra/logger';
import { idSchema } from '@/lib/kernel/ids';
import { defineJob } from '@/lib/kernel/job';
import { approvedActions, execute, markLostActions } from './execute';
import { closeExecutor, executor } from './executor';
import { closeExplanations, explainDecision } from './explain/job';
import { closeProofs, proveDraft } from './proof/job';
import { closeReplays, replayDraft } from './replay/job';

/** Runs one approved action at its tool; enqueued when a person approves it. */
export const executeApproved = defineJob({
  name: 'gateway.execute_approved',
  input: z.object({ action: idSchema('act') }),
  // Each may wait a minute for a tool: there is room beside them for what keeps time.
  atOnce: 6,
  run: async (ctx, { action }) => {
    await execute(executor(), ctx, action);
  },
});

/** Finds lost actions unknown. */
const sweepActions = defineJob({
  name: 'gateway.sweep_actions',
  input: z.object({}),
  schedule: { every: 5_000 },
  run: async (ctx) => {
    await markLostActions(executor(), ctx);
  },
});

/** How long one workspace's tools may keep the others waiting, beside the call that is under way. */
const RESUME_MS = 10_000;

/** Catches up with approved actions whose job was lost. */
const resumeApproved = defineJob({
  name: 'gateway.resume_approved',
  input: z.object({}),
  schedule: { every: 5_000 },
  long: true,
  run: async (ctx) => {
    const own = executor();
    const began = performance.now();
    for (const action of await approvedActions(own.pool, ctx.workspace, 100)) {
      if (performance.now() - began > RESUME_MS) return;
      await execute(own, ctx, action).catch((error: unknown) => {
        logger.error({ err: error, action, workspace: ctx.workspace }, 'an action did not run');
      });
    }
  },
});

export const gatewayJobs = [
  executeApproved,
  sweepActions,
  resumeApproved,
  replayDraft,
  proveDraft,
  explainDecision,
];

export async function closeGatewayJobs(): Promise<void> {
  await closeReplays();
  await closeProofs();
  await closeExplanations();
  await closeExecutor();
}
