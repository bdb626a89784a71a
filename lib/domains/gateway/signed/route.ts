import { type Classification, covers } from '@/lib/domains/classification';
import { type Fits, type Route, type Signing, signings } from './schema';

/** What a route looks at. */
export interface Routed {
  type: string;
  agent: string;
  classification: Classification;
  amount: number | null;
}

/** The first route that fits; undefined where none does. */
export function routeOf(routes: readonly Route[], held: Routed): Route | undefined {
  return routes.find(({ fits }) => fit(fits, held));
}

function fit(fits: Fits, held: Routed): boolean {
  if (fits.action_types && !fits.action_types.includes(held.type)) return false;
  if (fits.agents && !fits.agents.includes(held.agent)) return false;
  if (fits.classification && !covers(held.classification, fits.classification)) return false;
  if (fits.amount_from === undefined && fits.amount_below === undefined) return true;
  if (held.amount === null) return false;
  return (
    held.amount >= (fits.amount_from ?? Number.NEGATIVE_INFINITY) &&
    held.amount < (fits.amount_below ?? Number.POSITIVE_INFINITY)
  );
}

/** The strongest of what the workspace, the action type and the route ask for. */
export function strongest(...asked: (Signing | null | undefined)[]): Signing {
  const rank = Math.max(0, ...asked.map((one) => (one ? signings.indexOf(one) : 0)));
  return signings[rank] ?? 'passkey';
}
