/** A delegation while it is edited; times as the browser's clock has them. */
import { CreateDelegation } from '../../schema';
import { faultsByField } from './issues';

export interface DelegationDraft {
  /** Whose place; the reader's own when empty. */
  from: string;
  to: string;
  /** Local, without a zone; empty for now. */
  starts: string;
  ends: string;
  reason: string;
}

export const emptyDelegation: DelegationDraft = {
  ...{ from: '', to: '', starts: '', ends: '', reason: '' },
};

/** A local time of a date field as the instant it means here; as typed when it is none. */
function instantOf(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? local : at.toISOString();
}

export function bodyOf(draft: DelegationDraft) {
  return {
    ...(draft.from ? { from: draft.from } : {}),
    to: draft.to,
    ...(draft.starts ? { starts_at: instantOf(draft.starts) } : {}),
    ends_at: instantOf(draft.ends),
    reason: draft.reason,
  };
}

const missing: [keyof DelegationDraft, string, string][] = [
  ['to', 'to', 'choose who stands in'],
  ['ends', 'ends_at', 'say when it ends'],
];

export function faultsOf(draft: DelegationDraft): Record<string, string> | undefined {
  const parsed = CreateDelegation.safeParse(bodyOf(draft));
  if (parsed.success) return undefined;
  const lacking = missing.filter(([field]) => draft[field] === '');
  return {
    ...faultsByField(parsed.error),
    ...Object.fromEntries(lacking.map(([, field, message]) => [field, message])),
  };
}
