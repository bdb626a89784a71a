/** A policy by hand as it is edited, and what it means to take one away. Pure. */
import { plural } from '@/components/format';
import { keepTyped } from '@/components/hooks';
import type { CedarPolicy } from '../../cedar-policies/schema';

export interface PolicyDraft {
  /** Undefined for a new one. */
  policy: CedarPolicy | undefined;
  name: string;
  text: string;
}

const begun = 'permit (principal is Agent, action, resource)\nwhen { false };\n';

export function draftOf(policy?: CedarPolicy): PolicyDraft {
  return { policy, name: policy?.name ?? '', text: policy?.text ?? begun };
}

/** The draft over what somebody else has saved since: what was typed stays, and the rest is theirs. */
export function kept(draft: PolicyDraft, now: CedarPolicy | undefined): PolicyDraft {
  const form = { at: draft.policy, began: draftOf(draft.policy), draft };
  return keepTyped(form, now, draftOf).draft;
}

/** Whether closing it would lose something. */
export function isChanged({ policy, name, text }: PolicyDraft): boolean {
  const was = draftOf(policy);
  return name !== was.name || text !== was.text;
}

/** What removing it does, for who is asked. */
export function removalEffects({ permits, forbids }: CedarPolicy): string[] {
  return [
    permits > 0
      ? `takes ${plural(permits, 'permit')} away: what nothing else permits is denied`
      : '',
    forbids > 0
      ? `takes ${plural(forbids, 'forbid')} away: what nothing else forbids is allowed wherever it is granted`
      : '',
    'holds from the next request',
  ].filter(Boolean);
}
