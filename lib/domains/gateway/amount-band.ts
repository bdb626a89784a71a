/**
 * The power of ten that an amount lies in: `1e2` from 100 to below 1000, `-1e2` for the same
 * below zero, `0` for zero. It says little enough to stand open in an event whose parameters are
 * sealed, and reviews are spread over it.
 */
export function amountBand(amount: number): string {
  if (amount === 0) return '0';
  // The shortest digits that name the number, so that 1000 is never 999.9….
  const [, exponent = '+0'] = Math.abs(amount).toExponential().split('e');
  return `${amount < 0 ? '-' : ''}1e${Number(exponent)}`;
}
