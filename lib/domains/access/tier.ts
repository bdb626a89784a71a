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

interface Floor {
  tier: Tier;
  code: string;
  /** A sentence for the agent's developer and the approver. */
  message: string;
}

type Risk = { effects: readonly string[]; reversibility: string };

/** The floors that apply: below none of them may it run, whatever a permission says. */
function floorsOf(type: Risk, probation: boolean, floors: TierFloors): Floor[] {
  const applying: Floor[] = [];
  if (type.reversibility === 'irreversible') {
    applying.push({
      tier: floors.irreversible,
      code: 'floor_irreversible',
      message: 'It cannot be undone, and such an action is never below this tier here.',
    });
  }
  if (type.effects.includes('external_communication')) {
    applying.push({
      tier: floors.external_communication,
      code: 'floor_external_communication',
      message: 'It speaks to someone outside, and such an action is never below this tier here.',
    });
  }
  if (probation) {
    applying.push({
      tier: 2,
      code: 'floor_probation',
      message: 'The agent is on probation: nothing runs below tier 2.',
    });
  }
  return applying;
}

export interface TierInput extends Risk {
  /** The tier of the permission that grants it. */
  granted: Tier;
  probation: boolean;
  floors: TierFloors;
}

/** The granted tier raised by the floors that apply, and a reason for each that raised it. */
export function classifyTier(input: TierInput): {
  tier: Tier;
  reasons: { code: string; message: string }[];
} {
  const applying = floorsOf(input, input.probation, input.floors);
  const raising = applying.filter(({ tier }) => tier > input.granted);
  return {
    tier: raising.reduce<Tier>(
      (highest, { tier }) => (tier > highest ? tier : highest),
      input.granted,
    ),
    reasons: raising.map(({ code, message }) => ({ code, message })),
  };
}

/** The lowest tier at which this may run, and why it is not 1. */
export function tierFloor(
  type: Risk,
  probation: boolean,
  floors: TierFloors,
): { tier: Tier; reason: string | null } {
  const { tier, reasons } = classifyTier({ granted: 1, probation, floors, ...type });
  return { tier, reason: reasons.at(-1)?.message ?? null };
}
