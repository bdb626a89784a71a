import type { Sampling } from './setting';

/** No day's sample is larger before the strata's minimums, whatever share is set. */
const LARGEST = 5_000;
/** Far below what one more action changes, and far above what rounding does. */
const SLACK = 1e-9;

/** How many of `population` actions are drawn, before the strata's minimums. */
export function sampleSize(population: number, { size }: Sampling): number {
  const wanted =
    size.by === 'fixed'
      ? size.count
      : size.by === 'share'
        ? Math.ceil(population * size.share - SLACK)
        : sizeToDetect(population, size.errorRate, size.confidence);
  return Math.min(wanted, population, LARGEST);
}

/**
 * The smallest sample that holds at least one wrong action with this confidence, when
 * K = ceil(population × errorRate) of the population are wrong. It is drawn without putting
 * back, so the chance to miss all of them is hypergeometric: with N the population,
 * P(n) = ∏ (N − K − i) / (N − i) for i = 0 … n − 1, and n is the first for which
 * P(n) ≤ 1 − confidence. That is the finite population correction, exactly.
 */
export function sizeToDetect(population: number, errorRate: number, confidence: number): number {
  const wrong = Math.ceil(population * errorRate - SLACK);
  let missed = 1;
  for (let drawn = 0; drawn < population; drawn += 1) {
    if (missed <= 1 - confidence + SLACK) return drawn;
    missed *= Math.max(0, population - wrong - drawn) / (population - drawn);
  }
  return population;
}
