import { z } from 'zod';
import { createPool } from '@/lib/infra/pg';
import { idSchema } from '@/lib/kernel/ids';
import { defineJob } from '@/lib/kernel/job';
import { approvedActions, execute, type Executor, markLostActions } from './execute';
import { Recorder } from './recorder';
import { closeExplanations, explainDecision } from './explain/job';
import { closeProofs, proveDraft } from './proof/job';
import { closeReplays, replayDraft } from './replay/job';
import { ToolClient } from './tool/client';

let shared: Executor | undefined;

/** The jobs process's own connections, made when the first action is run. */
function executor(): Executor {
  if (!shared) {
    const pool = createPool('countersign_app', 4);
    const observer = { committed: () => undefined, failed: () => undefined };
    shared = { pool, recorder: new Recorder(pool, observer), tools: new ToolClient() };
  }
  return shared;
}

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
  const own = shared;
  shared = undefined;
  await closeReplays();
  await closeProofs();
  await closeExplanations();
  await own?.recorder.drain();
  await own?.tools.close();
  await own?.pool.end();
}
