import type { TierFloors } from '@/lib/domains/workspaces';
import { environments } from '@/lib/kernel/environments';
import type { Ladder, Tier } from './schema';

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

type FloorKind = Exclude<keyof TierFloors, 'environments'>;

/** The tier of a floor in an environment: its own, else the workspace's. */
export function floorIn(
  floors: TierFloors,
  environment: string,
  kind: FloorKind,
): { tier: Tier; own: boolean } {
  const tier = floors.environments[environment as keyof TierFloors['environments']]?.[kind];
  return tier === undefined ? { tier: floors[kind], own: false } : { tier, own: true };
}

const because: Record<FloorKind, string> = {
  irreversible: 'It cannot be undone',
  external_communication: 'It speaks to someone outside',
};

/** The floors that apply: below none of them may it run, whatever a permission says. */
function floorsOf(type: Risk, { probation, environment }: Where, floors: TierFloors): Floor[] {
  const applying: Floor[] = [];
  const apply = (kind: FloorKind) => {
    const { tier, own } = floorIn(floors, environment, kind);
    const place = own ? `in ${environment}` : 'here';
    applying.push({
      tier,
      code: `floor_${kind}`,
      message: `${because[kind]}, and such an action is never below this tier ${place}.`,
    });
  };
  if (type.reversibility === 'irreversible') apply('irreversible');
  if (type.effects.includes('external_communication')) apply('external_communication');
  if (probation) {
    applying.push({
      tier: 2,
      code: 'floor_probation',
      message: 'The agent is on probation: nothing runs below tier 2.',
    });
  }
  return applying;
}

/** What of the agent raises a tier. */
interface Where {
  environment: string;
  probation: boolean;
}

export interface TierInput extends Risk, Where {
  /** The tier of the permission that grants it. */
  granted: Tier;
  floors: TierFloors;
}

/** The granted tier raised by the floors that apply, and a reason for each that raised it. */
export function classifyTier(input: TierInput): {
  tier: Tier;
  reasons: { code: string; message: string }[];
} {
  const applying = floorsOf(input, input, input.floors);
  const raising = applying.filter(({ tier }) => tier > input.granted);
  return {
    tier: raising.reduce<Tier>(
      (highest, { tier }) => (tier > highest ? tier : highest),
      input.granted,
    ),
    reasons: raising.map(({ code, message }) => ({ code, message })),
  };
}

/** The lowest tier at which this agent may run this, and why it is not 1. */
export function tierFloor(
  type: Risk,
  agent: { state: string; environment: string },
  floors: TierFloors,
): { tier: Tier; reason: string | null } {
  const { reversibility, effects } = type;
  const { environment } = agent;
  const probation = agent.state === 'probation';
  const { tier, reasons } = classifyTier({
    ...{ granted: 1, reversibility, effects, environment, probation, floors },
  });
  return { tier, reason: reasons.at(-1)?.message ?? null };
}

/** For a role's editor: below which tier whatever is chosen never runs, by the agent's environment. */
export function floorWords(type: Risk, floors: TierFloors): string | null {
  const by = new Map<string, string[]>();
  for (const environment of environments) {
    const { tier } = tierFloor(type, { state: 'active', environment }, floors);
    by.set(`tier ${tier}`, [...(by.get(`tier ${tier}`) ?? []), environment]);
  }
  if (by.size === 1) {
    const [environment] = environments;
    const { tier, reason } = tierFloor(type, { state: 'active', environment }, floors);
    return reason && `Whatever is chosen here, it never runs below tier ${tier}. ${reason}`;
  }
  const places = [...by].map(([tier, where]) => `${tier} in ${where.join(' and ')}`);
  return `Whatever is chosen here, it never runs below ${places.join(', ')}.`;
}
