/** How many standard deviations hold 95 % of a normal distribution. */
const Z = 1.959963984540054;

export interface Interval {
  low: number;
  high: number;
}

/**
 * Wilson's score interval (1927) of a share, at 95 %: where the true share plausibly lies when
 * `wrong` of `reviewed` were. Of none reviewed it is everything.
 */
export function wilson(wrong: number, reviewed: number): Interval {
  if (reviewed === 0) return { low: 0, high: 1 };
  const share = wrong / reviewed;
  const square = Z * Z;
  const middle = share + square / (2 * reviewed);
  const half = Z * Math.sqrt((share * (1 - share) + square / (4 * reviewed)) / reviewed);
  const of = 1 + square / reviewed;
  return {
    low: wrong === 0 ? 0 : Math.max(0, (middle - half) / of),
    high: wrong === reviewed ? 1 : Math.min(1, (middle + half) / of),
  };
}
