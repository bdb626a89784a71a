import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillIn, money } from './sentence';

const properties = {
  amount: { type: 'number' },
  cents: { type: 'integer' },
  order_id: { type: 'string' },
  paid: { type: 'string', format: 'date' },
  due: { type: 'string', format: 'date-time' },
};

describe('a sentence', () => {
  it('reads as a person says it', () => {
    const parameters = {
      ...{ amount: 750, currency: 'USD', order_id: '4821', customer_id: 'C-20931' },
      ...{ paid: '2026-11-12', due: '2026-11-12T15:02:00+01:00' },
    };
    expect(
      fillIn(
        'Refund {amount} to order #{order_id} of {customer_id}, paid {paid}',
        parameters,
        properties,
      ),
    ).toBe('Refund $750.00 to order #4821 of C-20931, paid 12 Nov 2026');
    expect(fillIn('Due {due}', parameters, properties)).toBe('Due 12 Nov 2026, 14:02 UTC');
    expect(fillIn('Pay {amount} {currency} now', parameters, properties)).toBe('Pay $750.00 now');
  });

  it('takes for an amount only a number beside a currency', () => {
    const said = (parameters: Record<string, unknown>) =>
      fillIn('{amount} {currency}, {cents}', parameters, properties);
    expect(said({ amount: 750.5, currency: 'EUR', cents: 75050 })).toBe('€750.50, 75050');
    expect(said({ amount: 750.5, cents: 1 })).toBe('750.5 …, 1');
    expect(said({ amount: 750.5, currency: 'euros' })).toBe('750.5 euros, …');
    expect(said({ amount: '750', currency: 'USD' })).toBe('750 USD, …');
    expect(fillIn('{amount}', { amount: 750, currency: 'USD' }, {})).toBe('750');
  });

  it('hides nothing of a number', () => {
    expect(money(750.1, 'USD')).toBe('$750.10');
    expect(money(0.0001, 'USD')).toBe('$0.0001');
    expect(money(750.1234, 'JPY')).toBe('¥750.1234');
    expect(money(-12, 'USD')).toBe('-$12.00');
    expect(money(1_234_567.89, 'USD')).toBe('$1,234,567.89');
    expect(money(5, 'ABC')).toContain('5.00');
  });

  it('shows what is no date, and what is missing, as it is', () => {
    const said = (paid: unknown) => fillIn('{paid}', { paid }, properties);
    expect(said('yesterday')).toBe('yesterday');
    expect(said(20261112)).toBe('20261112');
    expect(said({ on: 1 })).toBe('{"on":1}');
    expect(said(null)).toBe('…');
    expect(fillIn('{constructor} {toString}', {}, properties)).toBe('… …');
    // What a value says of places is the value's, and is not filled in.
    expect(fillIn('{order_id}', { order_id: '{amount}', amount: 1 }, properties)).toBe('{amount}');
  });

  it('throws for nothing, whatever is proposed', () => {
    const places = fc.constantFrom(
      '{amount}',
      '{currency}',
      '{paid}',
      '{due}',
      '{cents}',
      '{a}',
      ' ',
    );
    const value = fc.oneof(fc.jsonValue(), fc.string(), fc.double(), fc.constantFrom('USD', 'EUR'));
    const names = fc.constantFrom('amount', 'currency', 'paid', 'due', 'cents', '__proto__', 'a');
    fc.assert(
      fc.property(fc.array(places), fc.dictionary(names, value), (parts, parameters) => {
        expect(typeof fillIn(parts.join(''), parameters, properties)).toBe('string');
      }),
    );
  });

  it('says of an amount exactly the number that was proposed', () => {
    const amounts = fc.integer({ min: 0, max: 1_000_000_000 }).map((each) => each / 10_000);
    fc.assert(
      fc.property(amounts, fc.constantFrom('USD', 'EUR', 'JPY'), (amount, currency) => {
        const said = fillIn('{amount}', { amount, currency }, properties);
        expect(Number(said.replaceAll(/[^\d.]/g, ''))).toBe(amount);
      }),
    );
  });
});
