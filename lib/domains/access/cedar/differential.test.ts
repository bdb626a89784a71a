import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compareRandom, REQUESTS } from './test/differential';

const SETS = 2000;

describe('compiled policies', () => {
  it('answer as Cedar does, over random policies, entities and requests', () => {
    const seed = randomInt(2 ** 31);
    process.stdout.write(`seed ${seed}\n`);
    const tally = compareRandom(SETS, seed);
    process.stdout.write(`${JSON.stringify(tally)}\n`);
    expect(tally.cases).toBe(SETS * REQUESTS);
    // Random policies that all err or all deny would compare nothing.
    expect(tally.allowed).toBeGreaterThan(10_000);
    expect(tally.errors).toBeGreaterThan(10_000);
  });
});
