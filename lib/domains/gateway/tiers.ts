import type { Reason } from './schema';

export type Tier = 1 | 2 | 3;

export interface Floors {
  irreversible: Tier;
  external_communication: Tier;
}

export interface TierInput {
  /** The tier of the permission that grants it. */
  granted: Tier;
  reversibility: string;
  effects: readonly string[];
  probation: boolean;
  floors: Floors;
}

/** The granted tier raised by the floors that apply, and a reason for each that raised it. */
export function classifyTier(input: TierInput): { tier: Tier; reasons: Reason[] } {
  const floors: [boolean, Tier, string, string][] = [
    [
      input.reversibility === 'irreversible',
      input.floors.irreversible,
      'floor_irreversible',
      'It cannot be undone, and such an action is never below this tier here.',
    ],
    [
      input.effects.includes('external_communication'),
      input.floors.external_communication,
      'floor_external_communication',
      'It speaks to someone outside, and such an action is never below this tier here.',
    ],
    [
      input.probation,
      2,
      'floor_probation',
      'The agent is on probation: nothing runs below tier 2.',
    ],
  ];
  const raising = floors.filter(([applies, floor]) => applies && floor > input.granted);
  const tier = raising.reduce<Tier>(
    (highest, [, floor]) => (floor > highest ? floor : highest),
    input.granted,
  );
  return { tier, reasons: raising.map(([, , code, message]) => ({ code, message })) };
}
