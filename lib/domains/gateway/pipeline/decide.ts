import type { Tier } from '@/lib/domains/access/server';
import type { Charge, Limits } from '../limits';
import type { ActionRequest, Reason } from '../schema';
import type { Session } from '../sessions';
import type { ActionType, Agent, Snapshot } from '../snapshot/snapshot';
import { type Authorized, authorize } from './authorize';
import { classify } from './classify';
import { inspect } from './inspect';
import { type Limited, limit } from './limit';
import { resolve } from './resolve';

/** What is decided from. */
export interface Question {
  snapshot: Snapshot;
  agent: Agent;
  session: Session;
  request: ActionRequest;
  limits: Limits;
  /** The user that the agent acts for, if any. */
  user: string | null;
  /** Where the request comes from; null when that is not known. */
  address: string | null;
  /** Epoch milliseconds. */
  now: number;
}

export interface Decision {
  decision: 'allow' | 'hold' | 'deny';
  type: ActionType;
  tier: Tier | null;
  reasons: Reason[];
  /** Ids of the permissions that satisfied it, the one it is counted against first. */
  permissions: string[];
  charge: Charge | undefined;
}

/** Told how each stage ended, by whoever explains a decision. */
export interface Watch {
  resolve: (type: ActionType) => void;
  inspect: (reasons: readonly Reason[]) => void;
  authorize: (outcome: Authorized) => void;
  limit: (outcome: Limited) => void;
  classify: (outcome: { tier: Tier; reasons: readonly Reason[] }) => void;
}

/**
 * Stages 3 to 7, on one snapshot and without a pause: the same question has the same answer.
 * Only the limits' counters change. Throws what is no decision: 404, 422 and 429 problems.
 */
export function decide(question: Question, watch?: Watch): Decision {
  const { snapshot, agent, session, request, limits, user, address, now } = question;
  const { parameters } = request;
  const type = resolve(snapshot, request);
  watch?.resolve(type);
  const deny = (reasons: Reason[]): Decision => ({
    decision: 'deny',
    type,
    tier: null,
    reasons,
    permissions: [],
    charge: undefined,
  });

  const forbidden = inspect(type, parameters, session);
  watch?.inspect(forbidden);
  if (forbidden.length > 0) return deny(forbidden);

  const authorized = authorize(agent, type, {
    parameters,
    session: session.attributes,
    user,
    address,
    now,
  });
  watch?.authorize(authorized);
  if ('reasons' in authorized) return deny(authorized.reasons);

  const limited = limit(limits, snapshot, agent, authorized.grants, parameters, now);
  watch?.limit(limited);
  if ('reasons' in limited) return deny(limited.reasons);

  const classified = classify(snapshot, agent, type, limited.grant);
  watch?.classify(classified);
  const { tier, reasons } = classified;
  const counted = limited.grant.permission;
  const others = authorized.grants.map((grant) => grant.permission);
  return {
    decision: tier === 3 ? 'hold' : 'allow',
    type,
    tier,
    reasons,
    permissions: [...new Set([counted, ...others])],
    charge: limited.charge,
  };
}
