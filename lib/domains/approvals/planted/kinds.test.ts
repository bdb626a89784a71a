import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { commitmentTo, newSalt } from './commitment';
import {
  amountsIn,
  amountsInWords,
  drawn,
  shuffled,
  type Source,
  wrongAmounts,
  wrongSubjects,
} from './kinds';

const source = (over: Partial<Source> = {}): Source => ({
  ...{ id: 'act_1', type: 'refunds.create', summary: 'Refund $75.50 for order #4821' },
  parameters: { order_id: '4821', amount: 75.5, currency: 'USD' },
  evidence: [{ id: '4821', total: 75.5, customer_id: 'C-9', paid_at: '2026-11-12' }],
  ...{ amount: { parameter: 'amount', value: 75.5 }, most: 1_000, largest: 120 },
  ...over,
});
const other = (id: string, order: unknown) => ({
  ...{ id, type: 'refunds.create', parameters: { order_id: order } },
});

describe('a wrong amount', () => {
  it('is at least twice whatever the card and the history show, and within the ladder', () => {
    const money = fc.integer({ min: 1, max: 200_000 }).map((cents) => cents / 100);
    let found = 0;
    fc.assert(
      fc.property(money, money, money, money, (value, total, largest, most) => {
        const made = source({
          parameters: { order_id: '1', amount: value },
          ...{ evidence: [{ order: { total } }], summary: `Refund ${value}` },
          ...{ amount: { parameter: 'amount', value }, largest, most },
        });
        for (const wrong of wrongAmounts(made, randomInt)) {
          found += 1;
          expect(total).toBeGreaterThanOrEqual(value);
          for (const shown of [value, total, largest])
            expect(wrong.planted).toBeGreaterThanOrEqual(2 * shown);
          expect(wrong.planted).toBeLessThanOrEqual(most);
          expect(wrong.parameters).toEqual({ order_id: '1', amount: wrong.planted });
          expect(wrong.right).toBe(value);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(found).toBeGreaterThan(0);
  });

  it('is not made where no evidence speaks against it', () => {
    const none = [
      { evidence: [] },
      { evidence: ['The customer is right'] },
      { evidence: [{ id: 4_821, phone: 5_550_100 }] },
      { evidence: [{ total: 12 }] },
      { amount: null },
      { most: 200 },
      { largest: 600 },
    ];
    for (const over of none) expect(wrongAmounts(source(over), randomInt)).toEqual([]);
    expect(wrongAmounts(source(), randomInt).length).toBeGreaterThan(0);
  });

  it('reads amounts and not names', () => {
    expect(amountsInWords('Refund $1,250.50 and 3 for #4821 of C-20931 on 2026-11-12')).toEqual([
      1_250.5, 3,
    ]);
    expect(amountsIn([{ order_id: 7, total: -5, lines: [{ price: '9.90', count: 2 }] }])).toEqual([
      5, 9.9,
    ]);
  });
});

describe('a wrong subject', () => {
  it('is another record of the same type, of which the evidence says nothing', () => {
    const others = [other('act_2', '4900'), other('act_3', 4_901), other('act_4', '4821')];
    expect(wrongSubjects(source(), others, randomInt)).toEqual([
      {
        ...{ source: 'act_1', kind: 'subject', parameter: 'order_id' },
        ...{ planted: '4900', right: '4821' },
        parameters: { order_id: '4900', amount: 75.5, currency: 'USD' },
      },
    ]);
  });

  it('is not made where the evidence does not name the right one, or names the other', () => {
    const others = [other('act_2', '4900')];
    for (const over of [
      { evidence: [{ total: 75.5 }] },
      { evidence: [{ id: '4821', earlier: '4900' }] },
      { summary: 'Refund 4821, not 4900' },
      { type: 'refunds.cancel' },
    ])
      expect(wrongSubjects(source(over), others, randomInt)).toEqual([]);
    expect(wrongSubjects(source(), [other('act_1', '4900')], randomInt)).toEqual([]);
  });
});

describe('chance', () => {
  /** Every number a hundred times as often as the others, in a fixed order that repeats. */
  const counting = () => {
    let at = 0;
    return (below: number) => at++ % below;
  };

  it('draws exactly its share of evenly spread numbers, none at 0', () => {
    for (const rate of [0, 1, 5, 20]) expect(drawn(10_000, rate, counting())).toBe(rate * 100);
    expect(drawn(0, 20, randomInt)).toBe(0);
  });

  it('draws about its share of random ones', () => {
    // 100,000 draws at 5 of 100: ten standard deviations are 690.
    expect(Math.abs(drawn(100_000, 5, randomInt) - 5_000)).toBeLessThan(690);
  });

  it('puts each in every place equally often', () => {
    const seen = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (let round = 0; round < 8_000; round += 1)
      for (const [at, item] of shuffled([0, 1, 2, 3], randomInt).entries()) {
        const places = seen[item];
        if (places) places[at] = (places[at] ?? 0) + 1;
      }
    // Ten standard deviations from 2,000.
    for (const count of seen.flat()) expect(Math.abs(count - 2_000)).toBeLessThan(388);
  });
});

describe('a commitment', () => {
  it('is to one action and one salt', () => {
    const [salt, another] = [newSalt(), newSalt()];
    expect(salt).toHaveLength(32);
    expect(commitmentTo(salt, 'act_1')).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(commitmentTo(salt, 'act_1')).not.toBe(commitmentTo(another, 'act_1'));
    expect(commitmentTo(salt, 'act_1')).not.toBe(commitmentTo(salt, 'act_2'));
  });
});
