/** Routes in sentences, for people who did not write them. */
import { formatExact, formatMinutes } from '@/components/format';
import type { Fits, Need, Signing } from '@/lib/domains/gateway';

/** Ids to names; an id that has none stands for itself. */
export type Names = ReadonlyMap<string, string>;

export const signingWords: Record<Signing, string> = {
  session: 'signed in as they are',
  step_up: 'a fresh proof of who they are',
  passkey: 'passkey',
};

/** "2 of Finance", "any approver". */
export function needWords(count: number, group: string | null): string {
  if (group !== null) return `${count} of ${group}`;
  return count === 1 ? 'any approver' : `any ${count} approvers`;
}

/** What a route is for: "refunds.create from 500 on". */
export function fitsWords(fits: Fits, agents: Names): string {
  const types = fits.action_types ? listed(fits.action_types, 'or') : 'any action';
  const by = fits.agents?.map((id) => agents.get(id) ?? id);
  return [
    types,
    by ? ` of ${listed(by, 'or')}` : '',
    amountsWords(fits),
    fits.classification ? ` touching ${fits.classification} data` : '',
    fits.classification && fits.classification !== 'Restricted' ? ' or above' : '',
  ].join('');
}

function amountsWords({ amount_from: from, amount_below: below }: Fits): string {
  if (from !== undefined && below !== undefined)
    return ` from ${formatExact(from)} to below ${formatExact(below)}`;
  if (from !== undefined) return ` from ${formatExact(from)} on`;
  return below === undefined ? '' : ` below ${formatExact(below)}`;
}

/** Whose signatures these needs take, with who may sign later. */
export function needsWords(needs: readonly Need[], groups: Names): string {
  const nameOf = (id: string | null) => (id === null ? null : (groups.get(id) ?? 'a lost group'));
  const several = needs.length > 1;
  return listed(
    needs.map(({ group, count, escalation }) => {
      const later = escalation
        .toSorted((a, b) => a.after_minutes - b.after_minutes)
        .map(
          (step) =>
            `after ${formatMinutes(step.after_minutes)} also ${nameOf(step.group) ?? 'any approver'}`,
        );
      const words = needWords(count, nameOf(group));
      if (later.length === 0) return words;
      return several ? `${words} (${later.join(', ')})` : [words, ...later].join('; ');
    }),
    'and',
  );
}

export interface RouteLike {
  fits: Fits;
  needs: readonly Need[];
  wait_minutes: number | null;
  signing: Signing | null;
}

/** "refunds.create from 500 on: 2 of Finance; after 30 min also Heads; waits 2 h; passkey". */
export function routeWords(route: RouteLike, groups: Names, agents: Names): string {
  const rest = [
    needsWords(route.needs, groups),
    ...(route.wait_minutes === null ? [] : [`waits ${formatMinutes(route.wait_minutes)}`]),
    ...(route.signing === null ? [] : [signingWords[route.signing]]),
  ];
  return `${fitsWords(route.fits, agents)}: ${rest.join('; ')}`;
}

function listed(items: readonly string[], word: 'and' | 'or'): string {
  const last = items.at(-1) ?? '';
  return items.length > 1 ? `${items.slice(0, -1).join(', ')} ${word} ${last}` : last;
}
