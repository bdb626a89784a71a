import { describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { noQuestion, questionOf } from './question';

const agent = newId('agt');
const asked = { ...noQuestion, agent, type: 'refunds.create', ask: '1' };

describe('a question in the address', () => {
  it('is about a recorded action whenever one is named', () => {
    expect(questionOf({ ...noQuestion, action: 'act_x' }).question).toEqual({ action: 'act_x' });
  });

  it('is asked once it says so, with its fields parsed', () => {
    expect(questionOf({ ...asked, ask: '' })).toEqual({ question: null, errors: {} });
    const full = { ...asked, parameters: '{"amount": 750}', session: '{"a": 1}', user: ' u ' };
    expect(questionOf({ ...full, at: '2026-11-26T10:00:00Z', address: '10.0.0.1' })).toEqual({
      question: {
        ...{ agent, actionType: 'refunds.create', parameters: { amount: 750 }, session: { a: 1 } },
        ...{ user: 'u', at: '2026-11-26T10:00:00.000Z', address: '10.0.0.1' },
      },
      errors: {},
    });
  });

  it('names the fields that are wrong, and is not asked', () => {
    const wrong = {
      ...asked,
      agent: '',
      parameters: '[1]',
      session: 'x',
      at: 'noon',
      address: 'y',
    };
    const { question, errors } = questionOf(wrong);
    expect(question).toBeNull();
    expect(Object.keys(errors).toSorted()).toEqual([
      ...['address', 'agent', 'at', 'parameters', 'session'],
    ]);
  });
});
