import { Limits } from '@/lib/domains/access/server';
import type { Display } from '@/lib/domains/gateway';
import { readTimeZone } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import type { ApprovalRow } from '../../repo';
import { listRoutes } from '../../routing/repo';
import { namesOf, type NarrowableType } from '../repo';
import type { ApprovalContext } from '../schema';
import { amountSigns, stepsOf, underThreshold } from './amount';
import { freshSigns, FRESH_HOURS } from './fresh';
import { HOURS, type LikeFacts, retriedSigns, splitSigns, thingOf } from './like';
import { hourSigns, paceSigns } from './pace';
import { changesOf, type Habits, habitsOf, likeOf } from './repo';
import type { Sign } from './schema';
import { placesOf, textSigns } from './text';
import { amountIn, DAY_MS, HOUR_MS } from './words';

export interface Looked {
  row: ApprovalRow;
  display: Display;
  /** Earlier amounts, as the card shows them. */
  history: ApprovalContext['history'];
  /** Whom it concerns. */
  customer: string | null;
  /** The action type, unless it is retired. */
  type: NarrowableType | undefined;
}

/**
 * What is unusual about a held action against what was recorded before it was proposed; the
 * warnings first. Nothing is decided by it.
 */
export async function signsOf(tx: Tx, looked: Looked): Promise<Sign[]> {
  const { display, history, customer } = looked;
  const { action } = looked.row;
  const at = action.createdAt;
  const span = { agent: action.agentId, type: action.type, before: at };
  const zone = await readTimeZone(tx);
  const since = new Date(at.getTime() - history.days * DAY_MS);
  const habits = await habitsOf(tx, { ...span, since, zone });
  const thing = thingOf(display.parameters);
  const like = await likeOf(tx, {
    ...{ ...span, since: new Date(at.getTime() - HOURS * HOUR_MS) },
    ...{ session: action.sessionId, amountParameter: display.amount?.parameter ?? null },
    ...{ thing, customer },
  });
  const fresh = new Date(at.getTime() - FRESH_HOURS * HOUR_MS);
  const changes = await changesOf(tx, {
    ...{ agent: action.agentId, permissions: action.permissions, since: fresh },
  });
  const say = amountIn(display.parameters);
  const steps = await stepsAbove(tx, looked, changes.permissions);
  const alike: LikeFacts = {
    ...{ type: action.type, value: action.amount, at, say, thing, customer, like, steps },
  };
  const signs = [
    ...(action.amount === null
      ? []
      : [
          ...amountSigns({
            ...{ value: action.amount, say, days: history.days },
            agent: history.agent ?? none,
            customer: history.customer,
          }),
          ...underThreshold(action.amount, steps, say),
        ]),
    ...splitSigns(alike),
    ...retriedSigns(alike),
    ...paceSigns({
      ...{ type: action.type, days: history.days, lastHour: habits.last_hour },
      ...{ more: habits.more, activeHours: habits.active_hours },
    }),
    ...hourSigns({
      ...{ at, zone, days: history.days, hours: new Map(habits.hours) },
      coveredHours: habits.covered_hours,
    }),
    ...freshSigns({
      ...{ type: action.type, days: history.days, at, hasAmount: action.amount !== null },
      ...{ earlier: earlierOf(action, habits, history), agentSince: changes.agentSince },
      credentials: changes.credentials.flatMap(({ createdAt, revokedAt }) => [
        { changed: createdAt, what: 'made' as const },
        ...(revokedAt ? [{ changed: revokedAt, what: 'revoked' as const }] : []),
      ]),
      permissions: await changed(tx, changes),
    }),
    ...textSigns(placesOf(display)),
  ];
  const isWarning = ({ severity }: Sign) => severity === 'warning';
  return [...signs.filter(isWarning), ...signs.filter((sign) => !isWarning(sign))];
}

const none = { count: 0, maximum: null, percentile95: null };

/** How many of its type there were; null when that is not known. */
function earlierOf(
  { amount }: ApprovalRow['action'],
  { earlier, cut }: Habits,
  { agent, whole }: Looked['history'],
): number | null {
  if (amount !== null) return whole ? (agent?.count ?? 0) : null;
  return earlier === 0 && cut ? null : earlier;
}

type Changes = Awaited<ReturnType<typeof changesOf>>;

async function stepsAbove(
  tx: Tx,
  { row: { action }, display, type }: Looked,
  permissions: Changes['permissions'],
) {
  if (display.amount === null) return [];
  return stepsOf({
    ...{ parameter: display.amount.parameter, ladder: display.ladder },
    rules: type?.rules ?? [],
    daily: permissions.flatMap(({ limits }) => Limits.parse(limits).amountPerDay ?? []),
    routes: await listRoutes(tx),
    ...{ type: action.type, agent: action.agentId },
  });
}

async function changed(tx: Tx, { permissions, policies }: Changes) {
  const rows = [
    ...permissions.map((row) => ({ ...row, what: 'permission' as const })),
    ...policies.map((row) => ({ ...row, what: 'policy' as const })),
  ];
  const names = await namesOf(
    tx,
    rows.map(({ updatedBy }) => updatedBy),
  );
  return rows.map(({ what, updatedAt, updatedBy }) => ({
    ...{ what, changed: updatedAt, by: names.get(updatedBy) ?? updatedBy },
  }));
}
