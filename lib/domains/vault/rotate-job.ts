import { z } from 'zod';
import { defineJob } from '@/lib/kernel/job';
import { runRotation } from './steps/run';

/** A wait up to this long is waited for here; the minute's sweep sees to longer ones. */
const NEAR_MS = 60_000;

/** Carries one rotation on from the step it stands at; an upstream that hangs makes it long. */
export const vaultRotate = defineJob({
  name: 'vault.rotate',
  input: z.object({ rotationId: z.string() }),
  long: true,
  run: async (ctx, { rotationId }) => {
    const { waitMs } = await runRotation(ctx, rotationId);
    if (waitMs === undefined || waitMs > NEAR_MS) return;
    await vaultRotate.enqueue(ctx.workspace, { rotationId }, { delay: waitMs + 100 });
  },
});
