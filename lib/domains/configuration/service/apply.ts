import { conflict } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { performPlan, PLAN_TIMEOUT_MS } from '../plan';
import { manageConfiguration } from '../policy';
import { ApplyInput, Plan } from '../schema';

/**
 * Makes the workspace what the files say, all or nothing, if that is still what was planned: 409
 * otherwise. Where what widens needs a second admin, nobody applies it alone, as with any verb.
 */
export const applyConfiguration = verb({
  name: 'configuration.apply',
  input: ApplyInput,
  output: Plan,
  permit: manageConfiguration,
  timeoutMs: PLAN_TIMEOUT_MS,
  run: async ({ ctx, input, tx, event, after }) => {
    const plan = await performPlan({ ctx, tx, event, after }, input.files);
    if (plan.digest !== input.digest) {
      throw conflict('plan_changed', 'This is not what was planned any more. Plan once more.');
    }
    event({
      type: 'configuration.applied',
      object: { type: 'configuration', id: ctx.workspace },
      digest: plan.digest,
      data: {
        reason: input.why,
        widens: plan.widens,
        changes: plan.changes.map(({ file, kind, words, details }) => ({
          file,
          kind,
          words: [words, ...details].join('; '),
        })),
      },
    });
    return plan;
  },
});
