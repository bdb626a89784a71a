import { describe, expect, it } from 'vitest';
import { isUsual, missingOf, signedOf, signedWords, waitsForWords } from './signature-words';

const finance = { id: 'grp_f', name: 'Finance', approvers: 3 };
const need = (group: typeof finance | null, count: number, missing: number) => ({
  ...{ group, count, missing },
  escalation: [],
});

describe('whom it waits for', () => {
  it('is named with how many have signed', () => {
    expect(waitsForWords({ needs: [need(finance, 2, 1)] })).toBe('2 of Finance, 1 signed');
    expect(waitsForWords({ needs: [need(finance, 2, 2), need(null, 1, 1)] })).toBe(
      '2 of Finance and any approver, none signed',
    );
  });

  it('needs no words where any approver will do', () => {
    expect(waitsForWords({ needs: [need(null, 1, 1)] })).toBeNull();
    expect(isUsual({ needs: [need(null, 2, 2)] })).toBe(false);
    expect(isUsual({ needs: [need(finance, 1, 1)] })).toBe(false);
  });

  it('is counted over all needs', () => {
    const approval = { needs: [need(finance, 2, 1), need(null, 3, 3)] };
    expect([missingOf(approval), signedOf(approval)]).toEqual([4, 1]);
  });
});

it('says of a signature whether it was the last one', () => {
  const needs = [need(finance, 2, 1)];
  expect(signedWords({ status: 'pending', needs })).toBe('Signed; waits for 1 more');
  expect(signedWords({ status: 'approved', needs: [need(finance, 2, 0)] })).toBe('Approved');
  expect(signedWords({ status: 'rejected', needs })).toBe('Rejected');
  // It may run before the answer is read.
  expect(signedWords({ status: 'succeeded', needs: [need(finance, 2, 0)] })).toBe('Approved');
});
