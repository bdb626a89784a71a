import { classifyTier, type Tier } from '@/lib/domains/access/server';
import type { Grant } from '../cedar/compile';
import type { Reason } from '../schema';
import type { ActionType, Agent, Snapshot } from '../snapshot/snapshot';

/** Stage 7. The tier, with what raised it. */
export function classify(
  snapshot: Snapshot,
  agent: Agent,
  type: ActionType,
  grant: Grant,
): { tier: Tier; reasons: Reason[] } {
  return classifyTier({
    granted: grant.tier,
    reversibility: type.reversibility,
    effects: type.effects,
    environment: agent.environment,
    probation: agent.state === 'probation',
    floors: snapshot.floors,
  });
}
