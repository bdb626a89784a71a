import { z } from 'zod';
import { createPool, type Pool } from '@/lib/infra/pg';
import type { Context } from '@/lib/kernel/context';
import { idSchema } from '@/lib/kernel/ids';
import { defineJob } from '@/lib/kernel/job';

let shared: Pool | undefined;

export const replayDraft = defineJob({
  name: 'policies.replay',
  input: z.object({ replay: idSchema('prp') }),
  long: true,
  run: async (ctx, { replay }) => {
    await replayed(ctx, replay);
  },
});

/** Carries a queued replay out, and says how long it took. */
export async function replayed(ctx: Context, replay: string) {
  // Loads Cedar, which only a process that decides may.
  const { runReplay } = await import('./run');
  shared ??= createPool('countersign_app', 2);
  return runReplay(shared, ctx, replay);
}

export async function closeReplays(): Promise<void> {
  const pool = shared;
  shared = undefined;
  await pool?.end();
}
