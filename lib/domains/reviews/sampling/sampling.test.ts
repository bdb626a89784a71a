import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, choose, seedOf, valueOf } from './choose';
import type { Sampling } from './setting';
import { sampleSize, sizeToDetect } from './size';

const candidate = (n: number, agent: string, actionType: string, band: string): Candidate => ({
  ...{ action: `act_${String(n).padStart(5, '0')}`, agent, actionType, band, at: 0 },
});
const setting = (change: Partial<Sampling> = {}): Sampling => ({
  size: { by: 'fixed', count: 10 },
  ...{ minimum: 1, bands: 'powers_of_ten', twice: 0 },
  ...change,
});
const rootOf = (n: number) => createHash('sha256').update(`day ${n}`).digest();

const anyPopulation = fc
  .array(
    fc.tuple(
      fc.constantFrom('agt_a', 'agt_b', 'agt_c'),
      fc.constantFrom('refunds.create', 'orders.update'),
      fc.constantFrom('none', '1e1', '1e2'),
    ),
    { maxLength: 80 },
  )
  .map((rows) => rows.map(([agent, type, band], n) => candidate(n, agent, type, band)));
const anySetting: fc.Arbitrary<Sampling> = fc.record({
  size: fc.oneof(
    fc.record({ by: fc.constant('fixed' as const), count: fc.nat(60) }),
    fc.record({
      by: fc.constant('share' as const),
      share: fc.double({ min: 0.01, max: 1, noNaN: true }),
    }),
    fc.record({
      by: fc.constant('error_rate' as const),
      errorRate: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      confidence: fc.double({ min: 0.5, max: 0.999, noNaN: true }),
    }),
  ),
  minimum: fc.nat(5),
  bands: fc.constantFrom('powers_of_ten' as const, 'none' as const),
  twice: fc.double({ min: 0, max: 1, noNaN: true }),
});
const anySeed = fc.nat(1_000_000).map((n) => seedOf(rootOf(n), 'ws_1', '2026-11-21'));

describe('the choice', () => {
  it('meets every minimum, is as large as asked, and tells each stratum once', () => {
    fc.assert(
      fc.property(anyPopulation, anySetting, anySeed, (population, set, seed) => {
        const { actions, size, strata, twice } = choose(population, seed, set);
        const key = (one: Candidate) =>
          `${one.agent} ${one.actionType} ${set.bands === 'none' ? 'none' : one.band}`;
        const of = new Map(population.map((one) => [one.action, key(one)]));
        expect(new Set(actions).size).toBe(actions.length);
        expect(actions.every((action) => of.has(action))).toBe(true);
        expect(strata.map((one) => one.size).reduce((a, b) => a + b, 0)).toBe(population.length);
        expect(new Set(strata.map((one) => `${one.agent} ${one.action_type} ${one.band}`))).toEqual(
          new Set(of.values()),
        );
        for (const one of strata) {
          const name = `${one.agent} ${one.action_type} ${one.band}`;
          const drawn = actions.filter((action) => of.get(action) === name).length;
          expect(one.drawn).toBe(drawn);
          expect(one.minimum).toBe(Math.min(set.minimum, one.size));
          expect(drawn).toBeGreaterThanOrEqual(one.minimum);
        }
        const least = strata.reduce((sum, one) => sum + one.minimum, 0);
        expect(actions).toHaveLength(Math.max(size, least));
        expect(twice).toBeLessThanOrEqual(actions.length);
      }),
    );
  });

  it('does not depend on the order of the population, and has its ids by value', () => {
    fc.assert(
      fc.property(anyPopulation, anySetting, anySeed, (population, set, seed) => {
        const choice = choose(population, seed, set);
        expect(choose(population.toReversed(), seed, set)).toEqual(choice);
        const values = choice.actions.map((action) => valueOf(seed, action));
        expect(values).toEqual(values.toSorted());
      }),
    );
  });

  it('is in each stratum uniform: chi-square over 2,000 days', () => {
    const sizes = { agt_a: 40, agt_b: 12, agt_c: 5 };
    const population = Object.entries(sizes).flatMap(([agent, size], at) =>
      Array.from({ length: size }, (_, n) =>
        candidate(at * 100 + n, agent, 'orders.update', 'none'),
      ),
    );
    const days = 2_000;
    const counted = (draw: (day: number) => string[]) => {
      const counts = new Map(population.map((one) => [one.action, 0]));
      for (let day = 0; day < days; day += 1) {
        for (const action of draw(day)) counts.set(action, (counts.get(action) ?? 0) + 1);
      }
      return Object.entries(sizes).map(([agent, size]) => {
        const seen = population
          .filter((one) => one.agent === agent)
          .map((one) => counts.get(one.action) ?? 0);
        const expected = seen.reduce((a, b) => a + b, 0) / size;
        // Drawn without putting back: each count has the variance of E × (1 − E/days).
        const spread = expected * (1 - expected / days) * (size / (size - 1));
        return seen.reduce((sum, count) => sum + (count - expected) ** 2 / spread, 0);
      });
    };
    // What a fair draw exceeds once in a million days for 39, 11 and 4 degrees of freedom.
    const limits = [100.6, 52.9, 33.4];
    const fair = counted((day) => {
      const seed = seedOf(rootOf(day), 'ws_1', '2026-11-21');
      return choose(population, seed, setting({ size: { by: 'fixed', count: 12 }, minimum: 2 }))
        .actions;
    });
    for (const [at, statistic] of fair.entries()) expect(statistic).toBeLessThan(limits[at] ?? 0);
    // The same numbers find a draw that favours some.
    const steered = counted((day) =>
      population.filter((_, n) => (n * 7 + day) % 3 === 0 && n % 5 !== 0).map((one) => one.action),
    );
    expect(steered[0]).toBeGreaterThan(limits[0] ?? 0);
  });
});

describe('the seed', () => {
  it('is HMAC-SHA-256 of a text with the root as its key, byte for byte', () => {
    const root = Buffer.alloc(32, 7);
    const text = Buffer.from('countersign/review-sample/v1\nws_1\n2026-11-21\n');
    const seed = createHmac('sha256', root).update(text).digest();
    expect(seedOf(root, 'ws_1', '2026-11-21').equals(seed)).toBe(true);
    expect(valueOf(seed, 'act_1')).toBe(createHmac('sha256', seed).update('act_1').digest('hex'));
    // Fixed, so that an outsider's implementation can be held against it.
    expect(seed.toString('hex')).toBe(
      '60a6003a6b5f8661e75743758a302a1fe8436ba052cf81e26efa172b1fb36fae',
    );
  });

  it('is another for another root, workspace or day, and chooses others', () => {
    const population = Array.from({ length: 200 }, (_, n) => candidate(n, 'agt_a', 'x', 'none'));
    const drawn = (root: Buffer, workspace: string, day: string) =>
      choose(population, seedOf(root, workspace, day), setting()).actions.join(' ');
    const choices = new Set([
      drawn(rootOf(1), 'ws_1', '2026-11-21'),
      drawn(rootOf(2), 'ws_1', '2026-11-21'),
      drawn(rootOf(1), 'ws_2', '2026-11-21'),
      drawn(rootOf(1), 'ws_1', '2026-11-22'),
    ]);
    expect(choices.size).toBe(4);
  });
});

describe('the size', () => {
  it('is the smallest that detects the error rate with the confidence', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(0.8, 0.9, 0.95, 0.99),
        (population, percent, confidence) => {
          const size = sizeToDetect(population, percent / 100, confidence);
          const wrong = Math.ceil((population * percent) / 100 - 1e-9);
          // Hypergeometric by factorials: C(N − K, n) / C(N, n).
          const missed = (n: number) =>
            Math.exp(choices(population - wrong, n) - choices(population, n));
          expect(missed(size)).toBeLessThanOrEqual(1 - confidence + 1e-6);
          if (size > 0) expect(missed(size - 1)).toBeGreaterThan(1 - confidence - 1e-6);
        },
      ),
    );
  });

  it('is what discovery sampling tables give, less for a finite population', () => {
    // 95 % to find one at 5 %: 59 of an endless population, 45 of 100.
    expect(sizeToDetect(1_000_000, 0.05, 0.95)).toBe(59);
    expect(sizeToDetect(100, 0.05, 0.95)).toBe(45);
    // 95 % at 1 %: 299 of an endless one, 95 of 100.
    expect(sizeToDetect(10_000_000, 0.01, 0.95)).toBe(299);
    expect(sizeToDetect(100, 0.01, 0.95)).toBe(95);
    expect(sizeToDetect(0, 0.05, 0.95)).toBe(0);
  });

  it('is a number, a share rounded up, and never more than there are', () => {
    expect(sampleSize(3, setting())).toBe(3);
    expect(sampleSize(0, setting())).toBe(0);
    expect(sampleSize(101, setting({ size: { by: 'share', share: 0.1 } }))).toBe(11);
    expect(sampleSize(100, setting({ size: { by: 'share', share: 0.1 } }))).toBe(10);
    expect(sampleSize(1_000_000, setting({ size: { by: 'share', share: 1 } }))).toBe(5_000);
  });
});

/** The logarithm of n choose k; minus infinity where there is none. */
function choices(n: number, k: number): number {
  if (k > n) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < k; i += 1) sum += Math.log((n - i) / (k - i));
  return sum;
}
