/** What a grant may be made from, and what it is used for. Pure; the job asks for every action anew. */
import type { Display, Need } from '@/lib/domains/gateway';
import { allow, deny, type Verdict } from '@/lib/kernel/verdict';

export const MAX_MINUTES = 24 * 60;
export const MAX_USES = 100;

/** Ways of signing that a grant can stand for, each stronger than the one before. */
const standing = ['session', 'step_up'];

/** Ways of signing that a grant made this way stands for. */
export function standsFor(signing: string): string[] {
  return standing.slice(0, standing.indexOf(signing) + 1);
}

/** A held action as a grant looks at it. */
export interface Held {
  agent: string;
  type: string;
  classification: string | null;
  route: string | null;
  needs: readonly Need[];
  signing: string;
  narrowed: boolean;
  parameters: Record<string, unknown>;
  display: Display;
}

/** What a grant is for. */
export interface Scope {
  agent: string;
  type: string;
  classification: string | null;
  route: string | null;
  /** Codes of the reasons why it was held, sorted. */
  reasons: string[];
  amount: { parameter: string; upTo: number; currency: string | null } | null;
  signing: string;
}

/** Whether actions like this can be granted at all, whoever asks. */
export function mayBeGranted(held: Omit<Held, 'agent' | 'type' | 'parameters'>): Verdict {
  const [need, ...more] = held.needs;
  if (need?.count !== 1 || more.length > 0)
    return deny('It takes more than one signature. Each is given by itself.');
  if (!standing.includes(held.signing))
    return deny('It takes a passkey, which signs one action at a time.');
  if (held.narrowed) return deny('It was made narrower. Sign it by itself.');
  if (held.display.action_type.reversibility === 'irreversible')
    return deny('It cannot be undone. Each one is signed by itself.');
  return allow;
}

/** Whose signature takes one more beside it gives none beforehand. */
export function mayGrant({ me, raises }: Granter): Verdict {
  return raises.has(me.id)
    ? deny('Your signature takes one more beside it for now. Sign each one by itself.')
    : allow;
}

interface Granter {
  me: { id: string };
  raises: ReadonlyMap<string, unknown>;
}

/** What a grant made from this action is for; its amount up to what the granter says. */
export function scopeOf(held: Held, upTo: number | null): Scope {
  const amount = amountOf(held);
  return {
    ...{ agent: held.agent, type: held.type, classification: held.classification },
    ...{ route: held.route, reasons: reasonsOf(held.display), signing: held.signing },
    amount:
      amount && upTo !== null
        ? { parameter: amount.parameter, upTo, currency: amount.currency }
        : null,
  };
}

/** Whether the action is like the one that the grant was made from, and within its amount. */
export function fits(scope: Scope, held: Held): boolean {
  if (!mayBeGranted(held).allowed) return false;
  if (held.agent !== scope.agent || held.type !== scope.type) return false;
  if (held.classification !== scope.classification || held.route !== scope.route) return false;
  if (reasonsOf(held.display).join('\n') !== scope.reasons.join('\n')) return false;
  if (!standsFor(scope.signing).includes(held.signing)) return false;
  const amount = amountOf(held);
  if (!scope.amount || !amount) return !scope.amount && !amount;
  return (
    amount.parameter === scope.amount.parameter &&
    amount.currency === scope.amount.currency &&
    amount.value >= 0 &&
    amount.value <= scope.amount.upTo
  );
}

/** The amount as it will be sent, in its currency; null where the action type has none. */
export function amountOf({ display, parameters }: Pick<Held, 'display' | 'parameters'>) {
  if (!display.amount) return null;
  const { parameter } = display.amount;
  const { [parameter]: value, currency } = parameters;
  return {
    parameter,
    value: typeof value === 'number' ? value : Number.NaN,
    currency: typeof currency === 'string' ? currency : null,
  };
}

function reasonsOf(display: Display): string[] {
  return [...new Set(display.reasons.map(({ code }) => code))].toSorted();
}
