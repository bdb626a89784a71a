/** The share of wrong actions, told from a sample that looks at some strata more than at others. Pure. */
import { type Interval, wilson } from './wilson';

/** What is known of one stratum of one day, of the part that is asked about. */
export interface Cell {
  /** Actions of the population in the stratum. */
  size: number;
  /** Verdicts in it that were correct or wrong, asked about or not: each stands for size / reviewed actions. */
  reviewed: number;
  /** Those of them that are asked about. */
  correct: number;
  wrong: number;
}

export interface Estimate extends Interval {
  /** Share of wrong ones; null while nothing is reviewed. */
  rate: number | null;
  /** How many actions of the population the reviewed ones stand for. */
  population: number;
  /** How many reviewed ones of a simple random sample would say as much: Kish's effective sample size, or less. */
  effective: number;
}

/**
 * The stratified estimate of a share (Cochran, Sampling Techniques, ch. 5 and 5A.14 for a part of
 * the strata; as a ratio of weighted sums it is Hájek's): each verdict weighs as many actions as
 * it stands for. Verdicts that are missing, or unsure, are taken to be as the others of their stratum.
 *
 * Its 95 % interval is Wilson's for an effective sample size, which is the smaller of two: Kish's
 * (Σw)² / Σw² (1965), which says what unequal weights cost and holds when no wrong one was seen;
 * and Korn and Graubard's p(1 − p) / v (1998) with v the linearised variance of the ratio, which
 * is smaller where the wrong ones are those that weigh most. With equal weights, and so with one
 * stratum, both are the number of verdicts, and the interval is Wilson's plain one.
 */
export function estimate(cells: readonly Cell[]): Estimate {
  const seen = cells
    .filter(({ correct, wrong }) => correct + wrong > 0)
    .map(({ correct, reviewed, size, wrong }) => ({ correct, wrong, weight: size / reviewed }));
  const sum = (of: (cell: (typeof seen)[number]) => number) =>
    seen.reduce((total, cell) => total + of(cell), 0);
  const [first] = seen;
  if (!first) return { rate: null, population: 0, effective: 0, ...wilson(0, 0) };
  const [count, wrong] = [sum((one) => one.correct + one.wrong), sum((one) => one.wrong)];
  const population = sum(({ correct, weight, wrong: bad }) => weight * (correct + bad));
  if (seen.every(({ weight }) => weight === first.weight)) {
    return { rate: wrong / count, population, effective: count, ...wilson(wrong, count) };
  }
  const rate = wrong === count ? 1 : sum(({ weight, wrong: bad }) => weight * bad) / population;
  const kish = population ** 2 / sum((one) => one.weight ** 2 * (one.correct + one.wrong));
  const variance =
    sum((one) => one.weight ** 2 * (one.wrong * (1 - rate) ** 2 + one.correct * rate ** 2)) /
    population ** 2;
  const effective = variance > 0 ? Math.min(kish, (rate * (1 - rate)) / variance) : kish;
  return {
    rate,
    population,
    effective,
    ...wilson(wrong === count ? effective : rate * effective, effective),
  };
}
