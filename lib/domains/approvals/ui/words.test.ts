import { describe, expect, it } from 'vitest';
import {
  alsoNamed,
  alsoNamedWords,
  amountOf,
  amountWords,
  couldNotRead,
  meanwhileWords,
  numberWords,
  pickedWords,
  unreadWords,
} from './words';

const tom = { id: 'mem_1', name: 'Tom Ruiz' };

describe('what happened while somebody was writing', () => {
  it('is nothing as long as it waits', () => {
    expect(meanwhileWords({ status: 'pending', decided_by: null })).toBeNull();
  });

  it('names who decided it, and how', () => {
    expect(meanwhileWords({ status: 'rejected', decided_by: tom })).toBe(
      'Tom Ruiz has just rejected this.',
    );
    for (const status of ['approved', 'running', 'succeeded', 'permitted'] as const)
      expect(meanwhileWords({ status, decided_by: tom })).toBe('Tom Ruiz has just approved this.');
  });

  it('says so where nobody did', () => {
    expect(meanwhileWords({ status: 'expired', decided_by: null })).toBe('Its time has run out.');
    expect(meanwhileWords({ status: 'cancelled', decided_by: null })).toBe(
      'It has just been cancelled.',
    );
  });
});

describe('what is unusual about it', () => {
  const read = { data: {}, errorUpdateCount: 0 };

  it('keeps nobody from approving once it is on the card, though asking again failed', () => {
    expect(unreadWords(read)).toBeNull();
    expect(unreadWords({ ...read, errorUpdateCount: 2 })).toBeNull();
    expect(couldNotRead({ ...read, errorUpdateCount: 2 })).toBe(false);
  });

  it('is waited for', () => {
    const pending = { data: undefined, errorUpdateCount: 0 };
    expect(unreadWords(pending)).toBe('What is unusual about it is still being read.');
    expect(couldNotRead(pending)).toBe(false);
  });

  it('is asked for again where it could not be read', () => {
    // Also while that is under way: the error has gone from the query then.
    const failed = { data: undefined, errorUpdateCount: 1 };
    expect(unreadWords(failed)).toMatch(/^What is unusual about it could not be read\./);
    expect(couldNotRead(failed)).toBe(true);
  });
});

describe('a number on the card', () => {
  const parameters = { amount: 3, items: 3, currency: 'USD' };

  it('has the currency only where it is the amount', () => {
    const display = { amount: { parameter: 'amount', value: 3 }, parameters };
    expect(numberWords('amount', 3, display)).toBe('$3');
    expect(numberWords('items', 3, display)).toBe('3');
    expect(numberWords('amount', 3, { amount: null, parameters })).toBe('3');
  });

  it('is as exact as what the gateway compares', () => {
    expect(amountWords(500.0004, {})).toBe('500.0004');
    expect(amountWords(500.0004, parameters)).toBe('$500.0004');
    expect([amountWords(500, parameters), amountWords(0.5, parameters)]).toEqual(['$500', '$0.50']);
  });
});

it('says why one is not decided by itself while others are picked', () => {
  expect(pickedWords(0)).toBeNull();
  expect(pickedWords(1)).toMatch(/^1 action is picked\./);
  expect(pickedWords(2)).toMatch(/^2 actions are picked\./);
});

it('takes the amount that would run: as proposed, or as made smaller', () => {
  const amount = { parameter: 'total', value: 80 };
  expect(amountOf({ display: { amount: null } })).toBeUndefined();
  expect(amountOf({ display: { amount } })).toBe(80);
  const narrowed = (parameters: Record<string, unknown>) => ({ amount, narrowed: { parameters } });
  expect(amountOf({ display: narrowed({ total: 30 }) })).toBe(30);
  // Something else of it was made smaller.
  expect(amountOf({ display: narrowed({ items: 2 }) })).toBe(80);
});

describe('whom an initiator names', () => {
  it('is nobody else where it names one', () => {
    expect(alsoNamed({ id: 'C-1', type: 'customer' })).toEqual([]);
    expect(alsoNamedWords({ name: 'Ada', id: 'mem_1', type: 'member' })).toBeUndefined();
  });

  it('is everybody whom separation of duties reads and the card does not show first', () => {
    const initiator = { name: 'Ada', email: 'a@b.example', sub: 'mem_2', user: ' A@B.example ' };
    expect(alsoNamed(initiator)).toEqual(['mem_2', 'a@b.example']);
    expect(alsoNamedWords(initiator)).toBe(
      'The agent’s side names mem_2, a@b.example too. No member named here may decide.',
    );
  });

  it('reads no list and no object, as who may decide does not', () => {
    expect(alsoNamed({ id: 'C-1', user: ['mem_1'], sub: { id: 'mem_2' } })).toEqual([]);
  });
});
