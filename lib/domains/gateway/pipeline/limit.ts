import { Problem } from '@/lib/kernel/problem';
import type { Grant } from '../cedar/compile';
import type { Charge, Limits, Take } from '../limits';
import type { Reason } from '../schema';
import type { Agent, Snapshot } from '../snapshot/snapshot';

export type Limited = { grant: Grant; charge: Charge } | { reasons: Reason[] };

/**
 * Stage 6. The satisfied grant of the lowest tier whose limits have room, counted against it.
 * When none has: 429 if waiting helps within a rate's window, else the reasons to deny.
 */
export function limit(
  limits: Limits,
  snapshot: Snapshot,
  agent: Agent,
  grants: readonly Grant[],
  parameters: Record<string, unknown>,
  now: number,
): Limited {
  const full: Exclude<Take, { charge: Charge }>[] = [];
  const ordered = grants.length < 2 ? grants : grants.toSorted((a, b) => a.tier - b.tier);
  for (const grant of ordered) {
    const settings = snapshot.limits.get(grant.permission) ?? {};
    const take = limits.take(agent.id, grant.permission, settings, parameters, now);
    if ('charge' in take) return { grant, charge: take.charge };
    full.push(take);
  }
  const rates = full
    .filter((take) => take.over === 'rate')
    .toSorted((a, b) => a.retryAfter - b.retryAfter);
  const soonest = rates[0];
  if (soonest) {
    throw new Problem({
      status: 429,
      code: 'limit_rate',
      title: 'Too many actions',
      detail: `The permission allows ${soonest.limit} a ${soonest.window}. Try again in ${soonest.retryAfter} seconds.`,
      headers: { 'Retry-After': String(soonest.retryAfter) },
    });
  }
  return {
    reasons: full.flatMap((take): Reason[] => {
      if (take.over === 'amount') {
        return [
          {
            code: 'limit_amount',
            message: `The permission allows ${take.max} of ${take.parameter} a day, of which ${take.left} is left. Ask for less or wait until tomorrow (UTC).`,
          },
        ];
      }
      if (take.over === 'missing') {
        return [
          {
            code: 'amount_missing',
            message: `The permission limits ${take.parameter} a day, so it must be a number from 0 with at most four decimals.`,
          },
        ];
      }
      return [];
    }),
  };
}
