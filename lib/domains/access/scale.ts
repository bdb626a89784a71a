/**
 * Cedar compares whole numbers only, so amounts are compared in ten-thousandths: enough for
 * every currency's minor unit, and exact, because the decimal digits are read and not
 * multiplied. What does not fit is refused rather than rounded.
 */
const DIGITS = 4;

/** A decimal number times 10^4; undefined when it has more decimals or leaves the safe integers. */
export function scaled(value: number): number | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value));
  if (!match) return undefined;
  const [, sign = '', whole = '', decimals = ''] = match;
  if (decimals.length > DIGITS) return undefined;
  const result = Number(sign + whole + decimals.padEnd(DIGITS, '0'));
  return Number.isSafeInteger(result) ? result : undefined;
}

/** A threshold in ten-thousandths, rounded down: amounts between the steps do not exist. */
export function scaledThreshold(value: number): number {
  return (
    scaled(value) ??
    Math.max(
      -Number.MAX_SAFE_INTEGER,
      Math.min(Number.MAX_SAFE_INTEGER, Math.floor(value * 10 ** DIGITS)),
    )
  );
}
