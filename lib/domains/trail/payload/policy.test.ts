import { expect, it } from 'vitest';
import type { Actor } from '@/lib/kernel/actor';
import { maySeePayload } from './policy';

function member(roles: string[], abilities: string[] = []): Actor {
  return {
    ...{ type: 'member', id: 'mbr_1', name: 'Someone', roles, abilities },
    ...{ method: 'password', authenticatedAt: 0 },
  };
}
const ability = ['trail.payload'];

const open = [null, 'Public', 'Internal'];
// One that is not known counts as the highest.
const sealed = ['Confidential', 'Restricted', 'Secret'];

it.each([
  ['an approver', member(['approver']), true, true],
  ['an admin', member(['admin']), true, false],
  ['an auditor', member(['auditor']), false, false],
  ['an auditor with the ability', member(['auditor'], ability), true, true],
  ['an admin with the ability', member(['admin'], ability), true, true],
  ['a job', { type: 'job', id: 'any' } as const, false, false],
])('%s is shown a protected payload, or not', (_, actor, waiting, decided) => {
  const sees = (classification: string | null, status: string) =>
    maySeePayload(actor, { classification, status }).allowed;
  for (const classification of sealed) {
    expect(sees(classification, 'pending')).toBe(waiting);
    for (const status of ['approved', 'running', 'succeeded', 'rejected', 'expired']) {
      expect(sees(classification, status)).toBe(decided);
    }
  }
  for (const classification of open) expect(sees(classification, 'succeeded')).toBe(true);
});

it('says for whom it is', () => {
  expect(
    maySeePayload(member(['auditor']), { classification: 'Confidential', status: 'pending' }),
  ).toEqual({
    allowed: false,
    reason:
      'Confidential: shown to approvers, to admins while it waits, and to those who may read payloads in the trail.',
  });
});
