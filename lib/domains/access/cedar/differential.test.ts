import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compareRandom, REQUESTS } from './test/differential';

const PARTS = 25;
const SETS = 80;

describe('compiled policies answer as Cedar does', () => {
  const seed = randomInt(2 ** 30);
  process.stdout.write(`random policies, entities and requests of the seeds from ${seed}\n`);

  it.each(Array.from({ length: PARTS }, (_, part) => seed + part))('seed %i', (each) => {
    const tally = compareRandom(SETS, each);
    expect(tally.cases).toBe(SETS * REQUESTS);
    // Random policies that all err or all deny would compare nothing.
    expect(tally.allowed).toBeGreaterThan(tally.cases / 10);
    expect(tally.reasons).toBeGreaterThan(tally.cases / 5);
    expect(tally.errors).toBeGreaterThan(tally.cases / 5);
  });
});
