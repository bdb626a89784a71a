import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveFor } from './rates';
import { type Candidate, choose, placesOf, seedOf } from './sampling/choose';
import type { Sampling } from './sampling/setting';
import { type Cell, estimate } from './weighted';
import { wilson } from './wilson';

const cell = fc
  .record({
    correct: fc.nat(40),
    wrong: fc.nat(40),
    others: fc.nat(20),
    more: fc.nat(2_000),
  })
  .map(({ correct, more, others, wrong }): Cell => {
    const reviewed = correct + wrong + others;
    return { correct, wrong, reviewed, size: Math.max(1, reviewed + more) };
  });
const some = fc.array(cell, { minLength: 1, maxLength: 12 });

describe('the stratified estimate', () => {
  it("is the plain share with Wilson's interval in one stratum", () => {
    fc.assert(
      fc.property(cell, (one) => {
        const count = one.correct + one.wrong;
        const { high, low, rate } = estimate([one]);
        expect({ low, high }).toEqual(wilson(one.wrong, count));
        expect(rate).toEqual(count === 0 ? null : one.wrong / count);
      }),
    );
  });

  it('is the same where each stratum is looked at alike', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { minLength: 1 }), (counts) => {
        const cells = counts.map(([correct, wrong]) => {
          const reviewed = correct + wrong;
          return { correct, wrong, reviewed, size: 8 * reviewed };
        });
        const sum = (of: 'correct' | 'wrong') => cells.reduce((all, one) => all + one[of], 0);
        const { high, low } = estimate(cells);
        expect({ low, high }).toEqual(wilson(sum('wrong'), sum('correct') + sum('wrong')));
      }),
    );
  });

  it('lies in its interval, within 0 and 1, and never claims more than was reviewed', () => {
    fc.assert(
      fc.property(some, (cells) => {
        const count = cells.reduce((all, { correct, wrong }) => all + correct + wrong, 0);
        const { effective, high, low, population, rate } = estimate(cells);
        if (rate === null) {
          expect([count, low, high]).toEqual([0, 0, 1]);
          return;
        }
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(rate + 1e-12);
        expect(high).toBeGreaterThanOrEqual(rate - 1e-12);
        expect(effective).toBeLessThanOrEqual(count * (1 + 1e-12));
        expect(population).toBeGreaterThanOrEqual(count * (1 - 1e-12));
      }),
    );
  });

  it('knows no order, and no unit of the sizes', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 2, max: 50 }), (cells, times) => {
        const one = estimate(cells);
        const turned = cells.toReversed().map((each) => ({ ...each, size: each.size * times }));
        const other = estimate(turned);
        expect(other.rate ?? -1).toBeCloseTo(one.rate ?? -1, 9);
        expect(other.low).toBeCloseTo(one.low, 9);
        expect(other.high).toBeCloseTo(one.high, 9);
      }),
    );
  });

  it('by hand: two strata, of which the small one is looked at ten times as often', () => {
    const found = estimate([
      { size: 1_000, reviewed: 10, correct: 9, wrong: 1 },
      { size: 100, reviewed: 10, correct: 5, wrong: 5 },
    ]);
    // (1000 × 0.1 + 100 × 0.5) / 1100, and Kish: 1100² / (10 × 100² + 10 × 10²).
    expect(found.rate).toBeCloseTo(150 / 1_100, 12);
    expect(found.population).toBeCloseTo(1_100, 9);
    expect(found.effective).toBeCloseTo(1_100 ** 2 / 101_000, 9);
  });
});

describe('a proposal to move a tier', () => {
  const settings = { raiseAbove: 0.1, lowerBelow: 0.02, enough: 100 };

  it('rests on the weighted interval and not on the plain one', () => {
    // A rare kind of action is looked at as often as the usual one, and is often wrong.
    const cells = [
      { size: 10_000, reviewed: 100, correct: 100, wrong: 0 },
      { size: 100, reviewed: 100, correct: 60, wrong: 40 },
    ];
    const plain = { reviewed: 200, ...wilson(40, 200) };
    expect(moveFor(plain, settings)).toBe('raise');
    expect(moveFor({ reviewed: 200, ...estimate(cells) }, settings)).toBeUndefined();
    // And the other way: the usual kind is wrong, which the rare one hides.
    const hidden = [
      { size: 10_000, reviewed: 20, correct: 12, wrong: 8 },
      { size: 1_000, reviewed: 980, correct: 980, wrong: 0 },
    ];
    expect(moveFor({ reviewed: 1_000, ...wilson(8, 1_000) }, settings)).toBe('lower');
    expect(moveFor({ reviewed: 1_000, ...estimate(hidden) }, settings)).toBe('raise');
  });
});

/** Mulberry32: the same numbers at each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const DAYS = 5;
const RUNS = 120;
const setting: Sampling = {
  ...{ minimum: 3, bands: 'powers_of_ten', twice: 0 },
  size: { by: 'fixed', count: 30 },
};

/** One usual kind of action and eight rare ones, each wrong as often as said; drawn as days are. */
function simulate(usual: number, rare: number) {
  const next = numbers(20_261_128);
  const population: Candidate[] = [
    ...Array.from({ length: 240 }, (_, n) => ({ n, agent: 'usual' })),
    ...Array.from({ length: 64 }, (_, n) => ({ n, agent: `rare ${n % 8}` })),
  ].map(({ agent, n }) => ({
    action: `${agent}/${n}`,
    agent,
    actionType: 't',
    band: 'none',
    at: 0,
  }));
  const truth = (240 * usual + 64 * rare) / 304;
  const found = Array.from({ length: RUNS }, (_, run) => {
    const cells: Cell[] = [];
    for (let day = 0; day < DAYS; day += 1) {
      const seed = seedOf(Buffer.alloc(32, run), 'ws', `${run}/${day}`);
      const choice = choose(population, seed, setting);
      const places = placesOf(population, choice, setting);
      const strata = choice.strata.map(({ drawn, size }) => ({
        ...{ size, reviewed: drawn, correct: 0, wrong: 0 },
      }));
      for (const action of choice.actions) {
        const wrong = next() < (action.startsWith('usual') ? usual : rare);
        const stratum = strata[places.get(action) ?? -1];
        if (!stratum) throw new Error('a sample has no stratum');
        stratum[wrong ? 'wrong' : 'correct'] += 1;
      }
      cells.push(...strata);
    }
    const sum = (of: 'correct' | 'wrong') => cells.reduce((all, one) => all + one[of], 0);
    const [wrong, count] = [sum('wrong'), sum('wrong') + sum('correct')];
    return {
      weighted: estimate(cells),
      plain: { rate: wrong / count, ...wilson(wrong, count) },
    };
  });
  const of = (which: 'plain' | 'weighted') => {
    const rates = found.map((one) => one[which].rate ?? Number.NaN);
    const mean = rates.reduce((all, rate) => all + rate, 0) / RUNS;
    const spread = Math.sqrt(rates.reduce((all, rate) => all + (rate - mean) ** 2, 0) / RUNS);
    return {
      /** How far it is from the truth on average, in its standard errors. */
      bias: Math.abs(mean - truth) / (spread / Math.sqrt(RUNS)),
      covered: found.filter((one) => one[which].low <= truth && truth <= one[which].high).length,
    };
  };
  return { plain: of('plain'), weighted: of('weighted') };
}

describe('over many draws', () => {
  it.each([
    ['rare actions are wrong more often', 0.02, 0.3],
    ['rare actions are wrong less often', 0.2, 0.02],
  ])('where %s the plain rate is biased, and the weighted is not', (_, usual, rare) => {
    const { plain, weighted } = simulate(usual, rare);
    expect(plain.bias).toBeGreaterThan(20);
    expect(plain.covered / RUNS).toBeLessThan(0.2);
    expect(weighted.bias).toBeLessThan(3);
    expect(weighted.covered / RUNS).toBeGreaterThanOrEqual(0.92);
  });

  it('where all are wrong as often both are right', () => {
    const { plain, weighted } = simulate(0.1, 0.1);
    expect(plain.bias).toBeLessThan(3);
    expect(weighted.bias).toBeLessThan(3);
    expect(weighted.covered / RUNS).toBeGreaterThanOrEqual(0.92);
  });
});
