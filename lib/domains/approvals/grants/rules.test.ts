import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyApprover, type Display } from '@/lib/domains/gateway';
import { fits, type Held, mayBeGranted, scopeOf } from './rules';

function held(over: Partial<Held> = {}, display: Partial<Display> = {}): Held {
  const parameters = over.parameters ?? { order_id: '1', amount: 40, currency: 'USD' };
  return {
    ...{ agent: 'agt_1', type: 'notes.pay', classification: 'Internal', route: null },
    ...{ needs: anyApprover, signing: 'session', narrowed: false },
    ...over,
    parameters,
    display: {
      ...{ sentence: 'Pay', summary: 'Pay', why: '', evidence: [], untrusted: [], parameters },
      action_type: {
        ...{ key: 'notes.pay', title: 'Pay', tool: 'tool', effects: ['write'] },
        ...{ reversibility: 'reversible', classification: 'Internal' },
      },
      agent: { id: 'agt_1', name: 'agent', sponsor_id: null },
      on_behalf_of: null,
      session: { id: 'ses_1', initiator: {}, attributes: {} },
      ...{ tier: 3, reasons: [], permissions: [], ladder: null },
      amount: { parameter: 'amount', value: Number(parameters['amount']) },
      ...{ policy_version: 'pol_1', digest: 'sha256:1' },
      ...display,
    },
  };
}

const reason = (code: string) => ({ code, message: code });

describe('what can be granted', () => {
  it('is what takes one signature that is not a passkey, and can be undone', () => {
    const [need = { group: null, count: 1, escalation: [] }] = anyApprover;
    expect(mayBeGranted(held()).allowed).toBe(true);
    expect(mayBeGranted(held({ signing: 'step_up' })).allowed).toBe(true);
    for (const refused of [
      held({ needs: [{ ...need, count: 2 }] }),
      held({ needs: [need, need] }),
      held({ needs: [] }),
      held({ signing: 'passkey' }),
      held({ narrowed: true }),
      held({}, { action_type: { ...held().display.action_type, reversibility: 'irreversible' } }),
    ])
      expect(mayBeGranted(refused).allowed).toBe(false);
  });
});

describe('what a grant is used for', () => {
  const scope = scopeOf(held(), 80);

  it('is what is like the action that it was made from, in each respect', () => {
    expect(fits(scope, held())).toBe(true);
    const [need = { group: null, count: 1, escalation: [] }] = anyApprover;
    for (const other of [
      held({ agent: 'agt_2' }),
      held({ type: 'notes.send' }),
      held({ classification: 'Confidential' }),
      held({ classification: null }),
      held({ route: 'rte_1' }),
      held({ needs: [{ ...need, count: 2 }] }),
      held({ signing: 'step_up' }),
      held({ signing: 'passkey' }),
      held({ narrowed: true }),
      held({}, { reasons: [reason('untrusted')] }),
      held({}, { amount: null }),
      held({}, { amount: { parameter: 'total', value: 40 } }),
      held({ parameters: { amount: 40, currency: 'EUR' } }),
      held({ parameters: { amount: 40 } }),
      held({ parameters: { amount: '40', currency: 'USD' } }),
      held({}, { action_type: { ...held().display.action_type, reversibility: 'irreversible' } }),
    ])
      expect(fits(scope, other)).toBe(false);
  });

  it('stands for a weaker signature and not for a stronger one', () => {
    const strong = scopeOf(held({ signing: 'step_up' }), 80);
    expect(fits(strong, held())).toBe(true);
    expect(fits(strong, held({ signing: 'step_up' }))).toBe(true);
  });

  it('takes reasons in any order, and no other ones', () => {
    const both = scopeOf(held({}, { reasons: [reason('b'), reason('a')] }), 80);
    expect(fits(both, held({}, { reasons: [reason('a'), reason('b')] }))).toBe(true);
    expect(fits(both, held({}, { reasons: [reason('a')] }))).toBe(false);
    expect(fits(both, held({}, { reasons: [reason('a,b')] }))).toBe(false);
  });

  it('is never an amount above what was granted, nor below nothing', () => {
    const amount = fc.double({ noNaN: false });
    fc.assert(
      fc.property(amount, fc.double({ min: 0, noNaN: true }), (value, upTo) => {
        const may = fits(
          scopeOf(held(), upTo),
          held({ parameters: { amount: value, currency: 'USD' } }),
        );
        expect(may).toBe(value >= 0 && value <= upTo);
      }),
    );
  });

  it('without an amount is only what has none', () => {
    const none = scopeOf(held({ parameters: {} }, { amount: null }), null);
    expect(fits(none, held({ parameters: {} }, { amount: null }))).toBe(true);
    expect(fits(none, held())).toBe(false);
    expect(fits(scopeOf(held(), null), held())).toBe(false);
  });
});
