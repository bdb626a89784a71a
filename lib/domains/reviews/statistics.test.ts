import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign } from './assign';
import { kappa } from './kappa';
import { moved } from './moves';
import { wilson } from './wilson';

describe("Wilson's interval", () => {
  it('is what Newcombe (1998, table I, method 3) gives', () => {
    for (const [wrong, of, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const) {
      const found = wilson(wrong, of);
      expect(found.low).toBeCloseTo(low, 4);
      expect(found.high).toBeCloseTo(high, 4);
    }
  });

  it('holds the share, lies within 0 and 1, and narrows with more of the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (of, seen) => {
        const wrong = Math.min(seen, of);
        const { high, low } = wilson(wrong, of);
        expect(low).toBeLessThanOrEqual(wrong / of);
        expect(high).toBeGreaterThanOrEqual(wrong / of);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        const more = wilson(wrong * 10, of * 10);
        expect(more.high - more.low).toBeLessThan(high - low);
      }),
    );
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe("Cohen's kappa", () => {
  const table = (both: number, first: number, second: number, neither: number) =>
    [
      ...Array.from({ length: both }, () => ['yes', 'yes'] as const),
      ...Array.from({ length: first }, () => ['yes', 'no'] as const),
      ...Array.from({ length: second }, () => ['no', 'yes'] as const),
      ...Array.from({ length: neither }, () => ['no', 'no'] as const),
    ] as const;

  it('is 0.4, 0.1304 and 0.2593 for the tables of the literature', () => {
    expect(kappa(table(20, 5, 10, 15))).toBeCloseTo(0.4, 10);
    expect(kappa(table(45, 15, 25, 15))).toBeCloseTo(0.1304, 4);
    expect(kappa(table(25, 35, 5, 35))).toBeCloseTo(0.2593, 4);
  });

  it('is 1 for full agreement, and nothing where nobody could disagree', () => {
    expect(
      kappa([
        ['a', 'a'],
        ['b', 'b'],
        ['c', 'c'],
      ]),
    ).toBeCloseTo(1, 10);
    expect(kappa([])).toBeNull();
    expect(kappa([['correct', 'correct']])).toBeNull();
  });
});

describe('assignment', () => {
  const sample = fc.record({
    sponsor: fc.option(fc.constantFrom('a', 'b', 'c', 'd')),
    excluded: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 2 }),
    wanted: fc.constantFrom(1, 2),
  });

  it('never gives one to its sponsor, to who is excluded, or twice to the same person', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 40 }), (samples) => {
        const asked = samples.map((one, n) => ({ ...one, sample: `smp_${n}`, taken: [] }));
        const given = assign(
          asked,
          new Map([
            ['a', 3],
            ['b', 0],
            ['c', 1],
          ]),
        );
        for (const one of asked) {
          const to = given.filter((each) => each.sample === one.sample).map((each) => each.member);
          expect(to).toHaveLength(one.wanted);
          const people = to.filter((member) => member !== null);
          expect(new Set(people).size).toBe(people.length);
          expect(people).not.toContain(one.sponsor);
          expect(people.filter((member) => one.excluded.some((id) => id === member))).toEqual([]);
        }
      }),
    );
  });

  it('spreads what anyone may review evenly, counting what each has already', () => {
    const samples = Array.from({ length: 20 }, (_, n) => ({
      ...{ sample: `smp_${n}`, sponsor: null, excluded: [], wanted: 1, taken: [] },
    }));
    const given = assign(
      samples,
      new Map([
        ['a', 6],
        ['b', 0],
        ['c', 1],
      ]),
    );
    const has = (member: string) => given.filter((one) => one.member === member).length;
    expect([has('a') + 6, has('b'), has('c') + 1]).toEqual([9, 9, 9]);
    expect(assign(samples.slice(0, 1), new Map())).toEqual([{ sample: 'smp_0', member: null }]);
  });
});

describe('a permission moved by a tier', () => {
  const ladder = { parameter: 'amount', autonomous: 50, supervised: 100, gated: 500 };

  it('waits for a person where it was supervised, or runs alone; what was denied stays so', () => {
    expect(moved({ tier: 2, ladder: null }, 'raise')).toEqual({ tier: 3, ladder: null });
    expect(moved({ tier: 2, ladder: null }, 'lower')).toEqual({ tier: 1, ladder: null });
    expect(moved({ tier: null, ladder }, 'raise')?.ladder).toEqual({ ...ladder, supervised: 50 });
    expect(moved({ tier: null, ladder }, 'lower')?.ladder).toEqual({ ...ladder, autonomous: 100 });
  });

  it('is none where nothing is supervised', () => {
    expect(moved({ tier: 3, ladder: null }, 'raise')).toBeUndefined();
    expect(moved({ tier: 1, ladder: null }, 'lower')).toBeUndefined();
    expect(moved({ tier: null, ladder: { ...ladder, supervised: 50 } }, 'raise')).toBeUndefined();
  });
});
