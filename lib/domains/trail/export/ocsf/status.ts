import { type Attributes, type Recorded, table } from './base';

type Event = Recorded['event'];

const success = new Set(['allow', 'succeeded', 'approved']);
const failure = new Set(['deny', 'failed', 'rejected', 'refused', 'expired', 'cancelled']);

/** How it ended, for the classes whose status is success or failure. */
export function statusOf({ outcome }: Event): Attributes {
  // A deed without an outcome of its own is there because it was done.
  if (outcome === undefined || success.has(outcome)) return { status_id: 1, status: 'Success' };
  if (failure.has(outcome)) return { status_id: 2, status: 'Failure' };
  if (outcome === 'unknown') return { status_id: 0, status: 'Unknown' };
  return { status_id: 99, status: outcome };
}

const LOW = new Set(['hold', 'expired', 'cancelled']);
const MEDIUM = new Set(['deny', 'failed', 'rejected', 'refused', 'unknown']);

/** Index into OCSF's severities. */
export function severityOf({ outcome = '' }: Event): number {
  if (MEDIUM.has(outcome)) return 3;
  return LOW.has(outcome) ? 2 : 1;
}

const controls = table<readonly [number, string, number, string]>({
  'action.decided allow': [1, 'Allowed', 1, 'Allowed'],
  'action.decided deny': [2, 'Denied', 2, 'Blocked'],
  'action.decided hold': [99, 'Held', 14, 'Delayed'],
  'action.permitted': [1, 'Allowed', 1, 'Allowed'],
  'approval.approved': [1, 'Allowed', 8, 'Approved'],
  'approval.rejected': [2, 'Denied', 25, 'Rejected'],
  'approval.expired': [2, 'Denied', 25, 'Rejected'],
  'request.refused': [2, 'Denied', 26, 'Unauthorized'],
});

/** What a decision did, by the profile security_control; undefined for what decides nothing. */
export function controlOf({
  type,
  outcome,
  policy_version: policy,
}: Event): Attributes | undefined {
  const found = controls.get(`${type} ${outcome}`) ?? controls.get(type);
  if (!found) return undefined;
  const [actionId, action, dispositionId, disposition] = found;
  return {
    action_id: actionId,
    action,
    disposition_id: dispositionId,
    disposition,
    ...(policy === undefined ? {} : { policy: { uid: policy, name: 'Decision policy' } }),
  };
}
