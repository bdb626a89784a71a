import type { LadderValue } from '@/components/data';
import type { AttributeType } from '../condition';
import type { Ladder, Limits, Permission, Tier } from '../schema';
import { type ClauseDraft, conditionOf, draftOfClause } from './condition-draft';

/** A permission while it is edited; numbers as typed. */
export interface PermissionDraft {
  by: 'tier' | 'ladder';
  tier: Tier;
  parameter: string;
  ladder: LadderValue;
  /** A bound that is typed is none: the ladder is not what is seen. */
  ladderInvalid: boolean;
  condition: ClauseDraft[];
  perMinute: string;
  perHour: string;
  perDay: string;
  amountParameter: string;
  amountMax: string;
}

const written = (value: number | undefined) => (value === undefined ? '' : String(value));

export function draftOf(
  permission?: Pick<Permission, 'tier' | 'ladder' | 'condition' | 'limits'>,
): PermissionDraft {
  const { tier = 3, ladder = null, condition = [], limits = {} } = permission ?? {};
  return {
    by: ladder ? 'ladder' : 'tier',
    tier: tier ?? 3,
    parameter: ladder?.parameter ?? '',
    ladder: ladder ? editable(ladder) : { autonomous: 100, supervised: 500, gated: 1_000 },
    ladderInvalid: false,
    condition: condition.map(draftOfClause),
    perMinute: written(limits.perMinute),
    perHour: written(limits.perHour),
    perDay: written(limits.perDay),
    amountParameter: limits.amountPerDay?.parameter ?? '',
    amountMax: written(limits.amountPerDay?.max),
  };
}

/** A rung without an amount of its own is shown as left out. */
function editable({ autonomous, supervised, gated }: Ladder): LadderValue {
  return {
    autonomous: autonomous === 0 ? null : autonomous,
    supervised: supervised === autonomous ? null : supervised,
    gated: gated === supervised ? null : gated,
  };
}

/** A rung that is left out ends where the one below it ends. */
export function ladderOf(parameter: string, value: LadderValue): Ladder {
  const autonomous = value.autonomous ?? 0;
  const supervised = value.supervised ?? autonomous;
  return { parameter, autonomous, supervised, gated: value.gated ?? supervised };
}

// What is no number goes to the server as it is, so that its message is the one shown.
const number = (text: string) => (Number.isFinite(Number(text)) ? Number(text) : text);

/** As the API takes it; the types are those of the action type's parameters. */
export function bodyOf(draft: PermissionDraft, types: Readonly<Record<string, AttributeType>>) {
  const limits: Record<keyof Limits, unknown> = {
    perMinute: draft.perMinute.trim() ? number(draft.perMinute) : undefined,
    perHour: draft.perHour.trim() ? number(draft.perHour) : undefined,
    perDay: draft.perDay.trim() ? number(draft.perDay) : undefined,
    amountPerDay:
      draft.amountParameter && draft.amountMax.trim()
        ? { parameter: draft.amountParameter, max: number(draft.amountMax) }
        : undefined,
  };
  const { condition } = conditionOf(draft.condition, types);
  return draft.by === 'tier'
    ? { tier: draft.tier, ladder: null, condition, limits }
    : { tier: null, ladder: ladderOf(draft.parameter, draft.ladder), condition, limits };
}
