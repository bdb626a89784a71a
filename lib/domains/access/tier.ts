import type { Ladder, Tier } from './schema';

export interface TierFloors {
  irreversible: Tier;
  external_communication: Tier;
}

/** The tier of an amount on a ladder, or null where it is denied. */
export function ladderTier(ladder: Ladder, value: number): Tier | null {
  if (!(value >= 0)) return null;
  if (value <= ladder.autonomous) return 1;
  if (value <= ladder.supervised) return 2;
  if (value <= ladder.gated) return 3;
  return null;
}

export interface Floor {
  tier: Tier;
  /** Why it is not 1. */
  reason: string | null;
}

/**
 * The lowest tier at which this may run: irreversible and external-communication action types
 * have a floor, and an agent on probation runs nothing below tier 2.
 */
export function tierFloor(
  actionType: { effects: readonly string[]; reversibility: string },
  onProbation: boolean,
  floors: TierFloors,
): Floor {
  const reasons: Floor[] = [];
  if (actionType.reversibility === 'irreversible') {
    reasons.push({ tier: floors.irreversible, reason: 'it is irreversible' });
  }
  if (actionType.effects.includes('external_communication')) {
    reasons.push({ tier: floors.external_communication, reason: 'it reaches people outside' });
  }
  if (onProbation) reasons.push({ tier: 2, reason: 'the agent is on probation' });
  return reasons.reduce((highest, floor) => (floor.tier > highest.tier ? floor : highest), {
    tier: 1,
    reason: null,
  });
}
