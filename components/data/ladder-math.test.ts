import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ladderSentence,
  ladderTier,
  moveRung,
  rungs,
  segments,
  topOf,
  type LadderValue,
} from './ladder-math';

const bound = fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: null });
const moves = fc.array(fc.tuple(fc.constantFrom(...rungs), bound), { maxLength: 12 });
const start: LadderValue = { autonomous: 100, supervised: 500, gated: 1_000 };
const after = (steps: [keyof LadderValue, number | null][]) =>
  steps.reduce((ladder, [rung, to]) => moveRung(ladder, rung, to), start);

describe('the ladder of tiers', () => {
  it('stays in order whatever is moved', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const ladder = after(steps);
        const set = rungs.map((rung) => ladder[rung]).filter((each) => each !== null);
        expect(set).toEqual(set.toSorted((a, b) => a - b));
      }),
    );
  });

  it('never lowers the tier as the amount grows, and denies only above the top', () => {
    fc.assert(
      fc.property(moves, fc.nat(6_000), fc.nat(6_000), (steps, one, other) => {
        const ladder = after(steps);
        const [low, high] = one < other ? [one, other] : [other, one];
        const rank = (amount: number) => ladderTier(ladder, amount) ?? 4;
        expect(rank(low)).toBeLessThanOrEqual(rank(high));
        if (rungs.some((rung) => ladder[rung] !== null)) {
          expect(ladderTier(ladder, high) === null).toBe(high > topOf(ladder));
        }
      }),
    );
  });

  it('covers the scale without gap or overlap', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const parts = segments(after(steps), 6_000);
        expect(parts[0]?.from).toBe(0);
        expect(parts.at(-1)?.to).toBe(6_000);
        for (const [index, part] of parts.slice(1).entries())
          expect(part.from).toBe(parts[index]?.to);
      }),
    );
  });

  it('puts an amount on a bound in the lower tier', () => {
    expect([100, 101, 500, 501, 1_000, 1_001].map((amount) => ladderTier(start, amount))).toEqual([
      1,
      2,
      2,
      3,
      3,
      null,
    ]);
  });

  it('says what it does', () => {
    expect(ladderSentence(start)).toBe(
      'Up to 100 runs on its own; above 100 to 500 runs, and may be sampled for review; above 500 to 1,000 waits for a person; above 1,000 is denied.',
    );
    expect(ladderSentence({ autonomous: null, supervised: null, gated: null })).toBe(
      'Every amount is denied.',
    );
  });
});
