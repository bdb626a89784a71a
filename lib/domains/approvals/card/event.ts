import type { NewEvent } from '@/lib/kernel/event';
import type { ApprovalRow } from '../repo';

/** An event about a held action, with the digest that is signed at the moment. */
export function eventOn(row: ApprovalRow, type: string, data: Record<string, unknown>): NewEvent {
  const { action } = row;
  return {
    type,
    agent: action.agentId,
    session: action.sessionId,
    action: row.actionId,
    object: { type: 'action_type', id: action.type },
    tier: action.tier ?? 3,
    ...(action.classification ? { classification: action.classification } : {}),
    policy_version: action.policyVersion,
    digest: row.narrowedDigest ?? action.digest,
    data,
  };
}
