/** The stages' outcomes in words. Pure. */
import type { Reason } from '../schema';
import {
  type Explained,
  type HeldPermission,
  type StageName,
  type StageOutcome,
  stageNames,
} from './schema';

export type Known = Pick<
  Explained,
  'decision' | 'stage' | 'tier' | 'floors' | 'reasons' | 'permissions' | 'actionType'
> & {
  agent: string;
  /** The number by which ladders went, if one did; without its value for who is not shown it. */
  amount: { parameter: string; value: unknown } | null;
  /** The most of it that each ladder permits, at its last tier. */
  tops: readonly { role: string; top: number }[];
};

/** Who decided what, and because of what, in one sentence. */
export function sentenceOf(known: Known): string {
  const { decision, stage, tier, floors, permissions, actionType } = known;
  if (decision === 'deny' || decision === 'refused') {
    const did = decision === 'deny' ? 'Denied' : 'Refused';
    return `${did} by stage ${stage}: ${whyNot(known)}`;
  }
  const counted = permissions.find((one) => one.counted);
  const granted = counted
    ? `${counted.by} grants ${actionType} at tier ${counted.tier}`
    : `${actionType} is granted`;
  const raised =
    floors.length === 0 ? '' : `, raised to tier ${tier}: ${floors.map(clause).join('; ')}`;
  return `${decision === 'hold' ? 'Held for a person' : 'Allowed'} at tier ${tier}: ${granted}${raised}.`;
}

function whyNot({ stage, reasons, agent, actionType, permissions, amount, tops }: Known): string {
  const [first] = reasons;
  if (stage !== 'authorize' || !first) return said(reasons);
  if (first.code === 'no_permission') {
    return permissions.length === 0
      ? `${agent} holds no permission for ${actionType}.`
      : `${agent} holds no permission that fits; ${listed(permissions)}.`;
  }
  if (first.code === 'above_limit' && amount && tops.length > 0) {
    const grants = tops.map(({ role, top }) => `role ${role} grants up to ${top} at tier 3`);
    const value = amount.value === undefined ? '' : ` ${String(amount.value)}`;
    return `${agent} holds no permission for ${actionType} with ${value === '' ? 'its ' : ''}${amount.parameter}${value}; ${grants.join(', ')}.`;
  }
  return said(reasons);
}

function listed(permissions: readonly HeldPermission[]): string {
  return permissions.map(({ by, words }) => `${by} grants ${words}`).join(', ');
}

function said(reasons: readonly Reason[]): string {
  return reasons.map(({ message }) => message).join(' ');
}

/** A reason's sentence as a part of another. */
function clause({ message }: Reason): string {
  const [first = ''] = message.split(/(?<=[.:]) /);
  const bare = first.replace(/[.:]$/, '');
  return `${bare.charAt(0).toLowerCase()}${bare.slice(1)}`;
}

const passed: Record<StageName, (told: string) => string> = {
  authenticate: (state) => `The agent is ${state}. Its access token is taken as valid.`,
  session: (session) => session,
  resolve: () => 'The action type is known and the parameters fit its JSON Schema.',
  inspect: () => 'No rule in code forbids it.',
  authorize: (granting) => `Permitted by ${granting}.`,
  limit: (counted) => `There is room within the limits of ${counted}.`,
  classify: (tier) => tier,
};

/** Every stage in order: those before the one that decided passed, those after it were not reached. */
export function stagesOf(
  decided: StageName,
  refused: readonly Reason[] | null,
  told: Readonly<Record<StageName, string>>,
): StageOutcome[] {
  const last = stageNames.indexOf(decided);
  return stageNames.map((stage, index) => {
    if (index > last) return { stage, outcome: 'not_reached', words: 'Not reached.' };
    if (index === last && refused) return { stage, outcome: 'refused', words: said(refused) };
    return { stage, outcome: 'passed', words: passed[stage](told[stage]) };
  });
}

/** The tier and what raised it. */
export function tierWords(granted: number, tier: number, floors: readonly Reason[]): string {
  if (floors.length === 0) return `Tier ${tier}, as granted; no floor raises it.`;
  return `Tier ${tier}, raised from ${granted}. ${said(floors)}`;
}
