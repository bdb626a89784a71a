import { verb } from '@/lib/kernel/verb';
import { performPlan } from '../plan';
import { manageConfiguration } from '../policy';
import { Plan, PlanInput } from '../schema';

/**
 * Tells what files would change. It is done for that and undone again, so that every rule of
 * every room has had its say; of it all only the event of having asked remains.
 */
export const planConfiguration = verb({
  name: 'configuration.plan',
  input: PlanInput,
  output: Plan,
  permit: manageConfiguration,
  run: async ({ ctx, input, tx, event }) => {
    await tx.$executeRaw`SAVEPOINT before_plan`;
    const silent = { event: () => undefined, after: () => undefined };
    const plan = await performPlan({ ctx, tx, ...silent }, input.files);
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT before_plan`;
    event({
      type: 'configuration.planned',
      object: { type: 'configuration', id: ctx.workspace },
      digest: plan.digest,
      data: { changes: plan.changes.length, widens: plan.widens },
    });
    return plan;
  },
});
