import { z } from 'zod';
import { createPool, type Pool } from '@/lib/infra/pg';
import { idSchema } from '@/lib/kernel/ids';
import { defineJob } from '@/lib/kernel/job';

let shared: Pool | undefined;

/** Explains a decision where Cedar may be loaded, which the console's process is not. */
export const explainDecision = defineJob({
  name: 'policies.explain',
  input: z.object({ explanation: idSchema('xpl') }),
  run: async (ctx, { explanation }) => {
    const { runExplanation } = await import('./run');
    shared ??= createPool('countersign_app', 2);
    await runExplanation(shared, ctx, explanation);
  },
});

export async function closeExplanations(): Promise<void> {
  const pool = shared;
  shared = undefined;
  await pool?.end();
}
