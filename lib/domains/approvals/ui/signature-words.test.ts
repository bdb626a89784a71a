import { describe, expect, it } from 'vitest';
import { isUsual, missingOf, signedOf, signedWords, waitsForWords } from './signature-words';

const finance = { id: 'grp_f', name: 'Finance', approvers: 3 };
const need = (group: typeof finance | null, count: number, missing: number) => ({
  ...{ group, count, missing },
  escalation: [],
});

const none = { count: 0, missing: 0 };
/** As the words need it. */
const of = (...needs: ReturnType<typeof need>[]) => ({ needs, beside: none });

describe('whom it waits for', () => {
  it('is named with how many have signed', () => {
    expect(waitsForWords(of(need(finance, 2, 1)))).toBe('2 of Finance, 1 signed');
    expect(waitsForWords(of(need(finance, 2, 2), need(null, 1, 1)))).toBe(
      '2 of Finance and any approver, none signed',
    );
  });

  it('needs no words where any approver will do', () => {
    expect(waitsForWords(of(need(null, 1, 1)))).toBeNull();
    expect(isUsual(of(need(null, 2, 2)))).toBe(false);
    expect(isUsual(of(need(finance, 1, 1)))).toBe(false);
  });

  it('is counted over all needs', () => {
    const approval = of(need(finance, 2, 1), need(null, 3, 3));
    expect([missingOf(approval), signedOf(approval)]).toEqual([4, 1]);
  });
});

it('says of a signature whether it was the last one', () => {
  const needs = [need(finance, 2, 1)];
  expect(signedWords({ status: 'pending', needs, beside: none })).toBe('Signed; waits for 1 more');
  expect(signedWords({ status: 'approved', needs: [need(finance, 2, 0)], beside: none })).toBe(
    'Approved',
  );
  expect(signedWords({ status: 'rejected', needs, beside: none })).toBe('Rejected');
  // It may run before the answer is read.
  expect(signedWords({ status: 'succeeded', needs: [need(finance, 2, 0)], beside: none })).toBe(
    'Approved',
  );
});

it('counts what it takes beside them, and says of a planted one that it was', () => {
  const approval = { needs: [need(null, 1, 0)], beside: { count: 1, missing: 1 } };
  expect([missingOf(approval), signedOf(approval), isUsual(approval)]).toEqual([1, 1, false]);
  expect(waitsForWords(approval)).toBe('any approver and 1 beside, 1 signed');
  expect(signedWords({ ...approval, status: 'pending' })).toBe('Signed; waits for 1 more');
  const planted = {
    ...{ kind: 'amount' as const, parameter: 'amount', planted: 9, right: 1 },
    ...{ outcome: 'missed' as const, answer: 'approved' as const, decided_by: null },
    ...{ counted: true, revealed_at: '2026-11-12T10:00:00Z' },
  };
  const words = signedWords({ ...of(need(null, 1, 1)), status: 'cancelled', planted });
  expect(words).toBe('This request was planted');
});
