/**
 * The states of an action, in one place. Only the rows' conditional updates move it
 * (`UPDATE … WHERE status = <from>`), so of any number of concurrent moves one wins.
 */
export const actionStatuses = [
  'denied',
  'pending',
  'approved',
  'rejected',
  'expired',
  'cancelled',
  'running',
  'succeeded',
  'failed',
  'unknown',
  'permitted',
] as const;
export type ActionStatus = (typeof actionStatuses)[number];

/** Where an action may go from each state. What may go nowhere is final. */
const next: Record<ActionStatus, readonly ActionStatus[]> = {
  denied: [],
  // What another gateway asked for is permitted, and never run here.
  pending: ['approved', 'permitted', 'rejected', 'expired', 'cancelled'],
  approved: ['running'],
  rejected: [],
  expired: [],
  cancelled: [],
  running: ['succeeded', 'failed', 'unknown'],
  succeeded: [],
  failed: [],
  unknown: [],
  permitted: [],
};

/** How a running action ends. */
export type Outcome = 'succeeded' | 'failed' | 'unknown';

export function mayMove(from: ActionStatus, to: ActionStatus): boolean {
  return next[from].includes(to);
}

/** The states that `to` may be entered from: the condition of its update. */
export function sourcesOf(to: ActionStatus): ActionStatus[] {
  return actionStatuses.filter((from) => mayMove(from, to));
}

export function isFinal(status: ActionStatus): boolean {
  return next[status].length === 0;
}

/** The state in which a decision leaves the action when it is recorded. */
export function firstStatus(decision: 'allow' | 'hold' | 'deny'): ActionStatus {
  return { allow: 'running', hold: 'pending', deny: 'denied' }[decision] as ActionStatus;
}
