/** What is new about who proposes, and about what permits it. Pure. */
import type { Sign } from './schema';
import { DAY_MS, HOUR_MS, spanWords } from './words';

/** A week has every day of the week once; before that an agent has no habits. */
export const YOUNG_DAYS = 7;
/** Whoever changes a key or a permission to use it, uses it soon. */
export const FRESH_HOURS = 24;
/** A new agent is given its key and its permissions at once; that it is new says all of it. */
export const SET_UP_HOURS = 1;

export interface FreshFacts {
  type: string;
  days: number;
  /** When it was proposed. */
  at: Date;
  hasAmount: boolean;
  /** Earlier ones of this type, with an amount where it has one; null when that is not known. */
  earlier: number | null;
  agentSince: Date;
  /** The agent's credentials that were made or revoked. */
  credentials: readonly { changed: Date; what: 'made' | 'revoked' }[];
  /** What permitted it, with who changed it last. */
  permissions: readonly { changed: Date; by: string; what: 'permission' | 'policy' }[];
}

export function freshSigns(of: FreshFacts): Sign[] {
  const at = of.at.getTime();
  const setUp = of.agentSince.getTime() + SET_UP_HOURS * HOUR_MS;
  const isFresh = (changed: Date) =>
    changed.getTime() > Math.max(at - FRESH_HOURS * HOUR_MS, setUp);
  const signs: Sign[] = [];
  const notice = (code: Sign['code'], sentence: string, against: string) =>
    signs.push({ code, severity: 'notice', sentence, against, actions: [] });
  if (of.earlier === 0) {
    // What ran at once without an amount is not looked through for it.
    notice(
      'new_type',
      of.hasAmount
        ? `The first ${of.type} of this agent with an amount in ${of.days} days.`
        : `The first ${of.type} of this agent to be held or denied in ${of.days} days.`,
      `this agent's actions of ${of.days} days that had an amount, or were held or denied`,
    );
  }
  const age = at - of.agentSince.getTime();
  if (age < YOUNG_DAYS * DAY_MS) {
    notice(
      'new_agent',
      `The agent was registered ${spanWords(age)} before.`,
      `agents younger than ${YOUNG_DAYS} days are new`,
    );
  }
  const credential = latest(of.credentials.filter(({ changed }) => isFresh(changed)));
  if (credential) {
    notice(
      'new_credential',
      `A credential of the agent was ${credential.what} ${whenWords(credential.changed, at)}.`,
      `changes from ${FRESH_HOURS} hours before on`,
    );
  }
  const permission = latest(of.permissions.filter(({ changed }) => isFresh(changed)));
  if (permission) {
    notice(
      'new_permission',
      `The ${permission.what} that allows it was last changed ${whenWords(permission.changed, at)}, by ${permission.by}.`,
      `changes from ${FRESH_HOURS} hours before on`,
    );
  }
  return signs;
}

function latest<T extends { changed: Date }>(changes: readonly T[]): T | undefined {
  return changes.toSorted((a, b) => b.changed.getTime() - a.changed.getTime())[0];
}

function whenWords(changed: Date, at: number): string {
  const ms = changed.getTime() - at;
  return ms > 0 ? `${spanWords(ms)} after it was proposed` : `${spanWords(-ms)} before`;
}
