import { z } from 'zod';
import { createPool, type Pool } from '@/lib/infra/pg';
import { idSchema } from '@/lib/kernel/ids';
import { defineJob } from '@/lib/kernel/job';

let shared: Pool | undefined;

export const proveDraft = defineJob({
  name: 'policies.prove',
  input: z.object({ proof: idSchema('ppf') }),
  long: true,
  run: async (ctx, { proof }) => {
    // Loads Cedar, which only a process that decides may.
    const { runProof } = await import('./run');
    shared ??= createPool('countersign_app', 2);
    await runProof(shared, ctx, proof);
  },
});

export async function closeProofs(): Promise<void> {
  const pool = shared;
  shared = undefined;
  await pool?.end();
}
