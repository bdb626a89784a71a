/** An amount as it is typed, exactly: no rounding, and nothing that could mean two numbers. Pure. */
const AMOUNT = /^-?(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|\.\d+)$/;

/** "1,250.50" → 1250.5; of "49,99", which is no number here, what to write. */
export function typedAmount(text: string, min: number): { amount: number } | { fault: string } {
  const typed = text.trim();
  const amount = AMOUNT.test(typed) ? Number(typed.replaceAll(',', '')) : Number.NaN;
  if (!Number.isFinite(amount)) return { fault: 'must be a number such as 1250.50' };
  return amount < min ? { fault: `must be at least ${min}` } : { amount };
}
