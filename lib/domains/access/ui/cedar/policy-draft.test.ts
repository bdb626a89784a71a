import { describe, expect, it } from 'vitest';
import type { CedarPolicy } from '../../cedar-policies/schema';
import { draftOf, isChanged, kept, removalEffects } from './policy-draft';

const at = '2026-11-20T08:00:00.000Z';
const policy: CedarPolicy = {
  ...{ id: 'cpl_1', name: 'no-weekends', text: 'forbid (principal, action, resource);' },
  ...{ permits: 0, forbids: 1, digest: 'sha256:1', createdAt: at, updatedAt: at },
  can: { update: { allowed: true }, remove: { allowed: true } },
};

describe('a policy that is edited', () => {
  it('is changed by what is typed, and is not when that is put back', () => {
    for (const draft of [draftOf(policy), draftOf()]) {
      expect(isChanged(draft)).toBe(false);
      const typed = { ...draft, text: `${draft.text} // why` };
      expect(isChanged(typed)).toBe(true);
      expect(isChanged({ ...typed, text: draft.text })).toBe(false);
      expect(isChanged({ ...draft, name: 'another' })).toBe(true);
    }
  });

  it('keeps what was typed over what somebody else has saved', () => {
    const theirs = { ...policy, name: 'weekdays', text: 'forbid;', digest: 'sha256:2' };
    const typed = { ...draftOf(policy), text: `${policy.text} // why` };
    expect(kept(typed, theirs)).toEqual({ policy: theirs, name: 'weekdays', text: typed.text });
  });

  it('says what its removal does', () => {
    expect(removalEffects(policy)).toEqual([
      'takes 1 forbid away: what nothing else forbids is allowed wherever it is granted',
      'holds from the next request',
    ]);
    expect(removalEffects({ ...policy, permits: 2, forbids: 0 })).toEqual([
      'takes 2 permits away: what nothing else permits is denied',
      'holds from the next request',
    ]);
  });
});
