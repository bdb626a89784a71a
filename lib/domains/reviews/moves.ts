/** A permission moved up or down a tier, as a draft's edit takes it. Pure. */
import type { Ladder, Tier } from '@/lib/domains/access/server';

export interface Rungs {
  tier: Tier | null;
  ladder: Ladder | null;
}

/**
 * `raise`: what ran under supervision waits for a person. `lower`: what ran under supervision
 * runs alone. Of a ladder the rung moves, and what was denied stays denied. Undefined when
 * there is nothing to move.
 */
export function moved({ ladder, tier }: Rungs, move: 'raise' | 'lower'): Rungs | undefined {
  if (ladder) {
    if (ladder.supervised === ladder.autonomous) return undefined;
    return move === 'raise'
      ? { tier: null, ladder: { ...ladder, supervised: ladder.autonomous } }
      : { tier: null, ladder: { ...ladder, autonomous: ladder.supervised } };
  }
  if (move === 'raise') return tier === 3 ? undefined : { tier: 3, ladder: null };
  return tier === 2 ? { tier: 1, ladder: null } : undefined;
}
