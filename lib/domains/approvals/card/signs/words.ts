import { formatExact } from '@/components/format';
import { money } from '@/lib/kernel/sentence';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** How amounts of these parameters are written: in their currency, where they name one. */
export function amountIn(parameters: Record<string, unknown>): (value: number) => string {
  const currency = Object.hasOwn(parameters, 'currency') ? parameters['currency'] : undefined;
  const named = typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? currency : undefined;
  return (value) => (named ? money(value, named) : formatExact(value));
}

/** To the four decimals that amounts have; a sum of them has more. */
export const round = (value: number): number => Math.round(value * 10_000) / 10_000;

export const countWords = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 4 });

/** 4.26 → "4.3 times"; never a number below the ratio's first decimal that would say "1 times". */
export function timesWords(ratio: number): string {
  if (ratio < 1.1) return 'a little more than';
  return `${ratio < 10 ? String(Math.floor(ratio * 10) / 10) : countWords(Math.floor(ratio))} times`;
}

/** 5_400_000 → "90 minutes". */
export function spanWords(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 1) return 'less than a minute';
  const [count, unit] =
    minutes < 120
      ? [minutes, 'minute']
      : minutes < 2 * 24 * 60
        ? [Math.floor(minutes / 60), 'hour']
        : [Math.floor(minutes / (24 * 60)), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const LONGEST = 60;

/** What an agent chose, within a sentence of ours: short, and nothing in it that does not show. */
export function quoted(value: string): string {
  const shown = [...value.slice(0, 2 * LONGEST).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD')];
  const whole = shown.length <= LONGEST && value.length <= 2 * LONGEST;
  return whole ? shown.join('') : `${shown.slice(0, LONGEST).join('')}…`;
}
