import type { Tier } from '@/lib/domains/access/server';
import type { Charge, Limits } from '../limits';
import type { ActionRequest, Reason } from '../schema';
import type { Session } from '../sessions';
import type { ActionType, Agent, Snapshot } from '../snapshot/snapshot';
import { authorize } from './authorize';
import { classify } from './classify';
import { inspect } from './inspect';
import { limit } from './limit';
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

/**
 * Stages 3 to 7, on one snapshot and without a pause: the same question has the same answer.
 * Only the limits' counters change. Throws what is no decision: 404, 422 and 429 problems.
 */
export function decide(question: Question): Decision {
  const { snapshot, agent, session, request, limits, user, address, now } = question;
  const { parameters } = request;
  const type = resolve(snapshot, request);
  const deny = (reasons: Reason[]): Decision => ({
    decision: 'deny',
    type,
    tier: null,
    reasons,
    permissions: [],
    charge: undefined,
  });

  const forbidden = inspect(type, parameters, session);
  if (forbidden.length > 0) return deny(forbidden);

  const authorized = authorize(agent, type, {
    parameters,
    session: session.attributes,
    user,
    address,
    now,
  });
  if ('reasons' in authorized) return deny(authorized.reasons);

  const limited = limit(limits, snapshot, agent, authorized.grants, parameters, now);
  if ('reasons' in limited) return deny(limited.reasons);

  const { tier, reasons } = classify(snapshot, agent, type, limited.grant);
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
