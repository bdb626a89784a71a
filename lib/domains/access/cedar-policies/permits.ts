import type { Tx } from '@/lib/infra/db';
import type { PermitByHand } from '../schema';
import { cedarSource } from './repo';
import { actionsOf, principalFits } from './scope';
import { checkWorkspace } from './workspace';

/** Permits by hand that can be of an agent; none while the texts are not valid, as nothing is decided by them. */
export async function permitsOf(
  tx: Tx,
  agent: { id: string; roleNames: ReadonlySet<string> },
): Promise<PermitByHand[]> {
  const source = await cedarSource(tx);
  if (source.policies.length === 0) return [];
  const { statements, problems } = checkWorkspace(source);
  if (problems.length > 0) return [];
  const keys = new Set(source.actionTypes.map(({ key }) => key));
  return statements.flatMap(({ id, json, tier, limits, text }) => {
    const actions = actionsOf(json)?.filter((key) => keys.has(key)) ?? null;
    const fits = json.effect === 'permit' && principalFits(json, agent) && actions?.length !== 0;
    return fits ? [{ policy: id, actions, tier, limits, text }] : [];
  });
}
