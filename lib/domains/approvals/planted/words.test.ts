import { describe, expect, it } from 'vitest';
import type { Revealed } from './schema';
import { endWords, followsWords, raisedWords, wrongWords } from './words';

const ann = { id: 'mbr_1', name: 'Ann' };
const revealed = (over: Partial<Revealed> = {}): Revealed => ({
  ...{ kind: 'amount', parameter: 'amount', planted: 750, right: 75 },
  ...{ outcome: 'missed', answer: 'approved', decided_by: ann, counted: true },
  ...{ revealed_at: '2026-11-12T10:00:00Z', ...over },
});
const raised = { since: '2026-11-12T10:00:00Z', until: '2026-12-12T10:00:00Z', others: 1 };

describe('a planted request', () => {
  it('says what was wrong', () => {
    expect(wrongWords(revealed(), { currency: 'USD' })).toMatch(/amount was \$750.* \$75/);
    const subject = revealed({ kind: 'subject', parameter: 'order_id', planted: '7', right: '8' });
    expect(wrongWords(subject, {})).toBe('The order_id was 7, and what it rests on speaks of 8.');
  });

  it('says who did what, and that nobody did', () => {
    expect(endWords(revealed(), 'mbr_1')).toBe('You approved it: it was missed.');
    expect(endWords(revealed({ outcome: 'caught', answer: 'asked' }))).toBe(
      'Ann asked the agent about it: it was caught.',
    );
    const expired = revealed({ outcome: 'expired', answer: null, decided_by: null });
    expect(endWords(expired)).toContain('counts for nobody');
  });

  it('says to its decider alone what follows', () => {
    expect(followsWords(revealed(), raised, 'mbr_2')).toBeUndefined();
    expect(followsWords(revealed(), raised, 'mbr_1')).toContain('one more beside it');
    expect(followsWords(revealed({ counted: false }), null, 'mbr_1')).toContain('planted');
    const caught = revealed({ outcome: 'caught', answer: 'rejected' });
    expect(followsWords(caught, null, 'mbr_1')).toBe('Nothing follows from it.');
    expect(followsWords(caught, raised, 'mbr_1')).toContain('still');
  });
});

it('says before they sign who takes one more, and when there is nobody', () => {
  expect(raisedWords({ raised: null })).toBeNull();
  expect(raisedWords({ raised })).toMatch(/^Your signature takes one more beside it, since .*12/);
  expect(raisedWords({ raised: { ...raised, others: 0 } })).toContain('ask an admin');
});
