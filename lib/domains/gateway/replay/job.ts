import { z } from 'zod';
import { createPool, type Pool } from '@/lib/infra/pg';
import { idSchema } from '@/lib/kernel/ids';
import { defineJob } from '@/lib/kernel/job';

let shared: Pool | undefined;

export const replayDraft = defineJob({
  name: 'policies.replay',
  input: z.object({ replay: idSchema('prp') }),
  run: async (ctx, { replay }) => {
    // Loads Cedar, which only a process that decides may.
    const { runReplay } = await import('./run');
    shared ??= createPool('countersign_app', 2);
    await runReplay(shared, ctx, replay);
  },
});

export async function closeReplays(): Promise<void> {
  const pool = shared;
  shared = undefined;
  await pool?.end();
}
