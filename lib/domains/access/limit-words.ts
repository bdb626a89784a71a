import type { Limits } from './schema';

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 4 });

/** Rates and amounts a permission is held to, in words. */
export function limitWords({ perMinute, perHour, perDay, amountPerDay }: Limits): string[] {
  return [
    perMinute ? `${number.format(perMinute)} a minute` : '',
    perHour ? `${number.format(perHour)} an hour` : '',
    perDay ? `${number.format(perDay)} a day` : '',
    amountPerDay
      ? `${amountPerDay.parameter.replaceAll('_', ' ')} ${number.format(amountPerDay.max)} a day`
      : '',
  ].filter(Boolean);
}
