import { type Deed, verb } from '@/lib/kernel/verb';
import { performPlan, PLAN_TIMEOUT_MS } from '../plan';
import { manageConfiguration } from '../policy';
import { type Files, Plan, PlanInput } from '../schema';

/**
 * Tells what files would change. It is done for that and undone again, so that every rule of
 * every room has had its say; of it all only the event of having asked remains.
 */
export async function tryPlan(
  { ctx, tx, event }: Pick<Deed<unknown>, 'ctx' | 'tx' | 'event'>,
  files: Files,
): Promise<Plan> {
  await tx.$executeRaw`SAVEPOINT before_plan`;
  const silent = { event: () => undefined, after: () => undefined };
  const plan = await performPlan({ ctx, tx, ...silent }, files);
  await tx.$executeRaw`ROLLBACK TO SAVEPOINT before_plan`;
  event({
    type: 'configuration.planned',
    object: { type: 'configuration', id: ctx.workspace },
    digest: plan.digest,
    data: { changes: plan.changes.length, widens: plan.widens },
  });
  return plan;
}

export const planConfiguration = verb({
  name: 'configuration.plan',
  input: PlanInput,
  output: Plan,
  permit: manageConfiguration,
  timeoutMs: PLAN_TIMEOUT_MS,
  run: (deed) => tryPlan(deed, deed.input.files),
});
