import { describe, expect, it } from 'vitest';
import {
  alikeWords,
  amountsWords,
  batchUnreadWords,
  carryWords,
  decidedWords,
  signaturesWords,
} from './words';

const row = (value: number | null, currency = 'USD') => ({
  agent: { name: 'support-agent' },
  display: {
    ...{ action_type: { key: 'notes.pay' }, parameters: { currency } },
    amount: value === null ? null : { parameter: 'amount', value },
  },
});

describe('alike ones in words', () => {
  it('have their count, their amounts and the total', () => {
    expect(alikeWords([row(12), row(80), row(218)])).toBe(
      '3 alike: notes.pay by support-agent, $12 to $218 each, total $310',
    );
    expect(amountsWords([row(0.1), row(0.2)])).toBe('$0.10 to $0.20 each, total $0.30');
    expect(amountsWords([row(5), row(5)])).toBe('$5 each, total $10');
    const small = Array.from({ length: 100 }, () => row(0.0049));
    expect(amountsWords(small)).toBe('$0.0049 each, total $0.49');
    expect(amountsWords([row(0.1), row(0.2), row(1e-7)])).toContain('total $0.3000001');
    expect(amountsWords([row(1e21), row(1e21)])).toContain('total $2,000,000,000,000,000,000,000');
    expect(amountsWords([row(-0.0001), row(100)])).toBe('-$0.0001 to $100 each, total $99.9999');
  });

  it('have the amounts that would run, where some were made smaller', () => {
    const { agent, display } = row(80);
    const smaller = { agent, display: { ...display, narrowed: { parameters: { amount: 30 } } } };
    expect(amountsWords([row(12), smaller])).toBe('$12 to $30 each, total $42');
    expect(alikeWords([smaller, smaller])).toBe(
      '2 alike: notes.pay by support-agent, $30 each, total $60',
    );
  });

  it('have no total where there is none', () => {
    expect(amountsWords([row(5), row(null)])).toBe('');
    expect(amountsWords([row(5), row(5, 'EUR')])).toBe('');
    expect(alikeWords([row(null), row(null)])).toBe('2 alike: notes.pay by support-agent');
    expect(alikeWords([])).toBe('');
  });

  it('say how many signatures are given', () => {
    expect(signaturesWords(7)).toBe('gives 7 signatures, each over its own action and card');
    expect(signaturesWords(1)).toBe('gives 1 signature');
  });
});

describe('warnings among what is picked', () => {
  it('are counted', () => {
    expect(carryWords(3)).toBe('3 carry warnings');
    expect(carryWords(1, 8)).toBe('1 of 8 carries a warning');
  });

  it('keep them from being approved until all are read', () => {
    expect(batchUnreadWords(0, 3, false)).toBeNull();
    expect(batchUnreadWords(0, 3, true)).toBe('Their warnings are still being read.');
    expect(batchUnreadWords(1, 3, false)).toMatch(
      /^What is unusual about 1 of 3 could not be read/,
    );
    expect(batchUnreadWords(2, 3, true)).toMatch(/^What is unusual about 2 of 3 could not be read/);
  });
});

describe('what became of them', () => {
  const of = (...statuses: string[]) =>
    statuses.map((status, at) => ({ id: `act_${at}`, ok: true, status }));

  it('is one word where all went the same way', () => {
    expect(decidedWords(of('approved', 'running', 'succeeded'), 'approved')).toBe(
      '3 actions approved',
    );
    expect(decidedWords(of('rejected'), 'rejected')).toBe('1 action rejected');
    expect(decidedWords(of('pending', 'pending'), 'approved')).toBe(
      '2 actions signed and still waiting',
    );
    expect(decidedWords(of('pending'), 'approved')).toBe('1 action signed and still waiting');
  });

  it('tells those apart that wait for more signatures', () => {
    expect(decidedWords(of('approved', 'pending', 'approved'), 'approved')).toBe(
      '2 approved, 1 signed and still waiting',
    );
  });

  it('counts nothing that was refused or planted', () => {
    const problem = { code: 'wrong_state', message: 'It is rejected already.' };
    const refused = { id: 'act_r', ok: false, problem };
    const planted = {
      ...{ kind: 'amount' as const, parameter: 'amount', planted: 9, right: 1 },
      ...{ outcome: 'missed' as const, answer: 'approved' as const, decided_by: null },
      ...{ counted: true, revealed_at: '2026-11-12T10:00:00Z' },
    };
    const told = { id: 'act_p', ok: true, status: 'cancelled', planted };
    expect(decidedWords([refused, told], 'approved')).toBe('');
    expect(decidedWords([refused, told, ...of('pending')], 'approved')).toBe(
      '1 action signed and still waiting',
    );
  });
});
