import { z } from 'zod';
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
  run: async (ctx, { action }) => {
    await execute(executor(), ctx, action);
  },
});

/** Catches up with approved actions whose job was lost, and finds lost ones unknown. */
const sweepActions = defineJob({
  name: 'gateway.sweep_actions',
  input: z.object({}),
  schedule: { every: 5_000 },
  run: async (ctx) => {
    const own = executor();
    await markLostActions(own, ctx);
    for (const id of await approvedActions(own.pool, ctx.workspace, 100))
      await execute(own, ctx, id);
  },
});

export const gatewayJobs = [
  executeApproved,
  sweepActions,
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
