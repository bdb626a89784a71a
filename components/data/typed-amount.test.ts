import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typedAmount } from './typed-amount';

describe('an amount as it is typed', () => {
  it('is what was typed, to the last decimal', () => {
    const typed = ['49.99', '0.5', ' 300 ', '99.', '.05', '1,250.50', '25,104,882', '0'];
    expect(typed.map((text) => typedAmount(text, 0))).toEqual(
      [49.99, 0.5, 300, 99, 0.05, 1250.5, 25_104_882, 0].map((amount) => ({ amount })),
    );
    expect(typedAmount('-2.5', -10)).toEqual({ amount: -2.5 });
  });

  it('is read again as it is shown', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), fc.nat(9_999), (whole, part) => {
        const amount = Number(`${whole}.${String(part).padStart(4, '0')}`);
        expect(typedAmount(String(amount), 0)).toEqual({ amount });
      }),
    );
  });

  it('is never a guess at what is no number', () => {
    for (const text of [
      '',
      ' ',
      'abc',
      '49,99',
      '1,2',
      '0x10',
      '1e3',
      '5 EUR',
      '.',
      '-',
      'Infinity',
    ])
      expect(typedAmount(text, 0)).toEqual({ fault: 'must be a number such as 1250.50' });
    expect(typedAmount('9'.repeat(400), 0)).toHaveProperty('fault');
  });

  it('is refused, not raised, when it is too low', () => {
    expect(typedAmount('-5', 0)).toEqual({ fault: 'must be at least 0' });
  });
});
