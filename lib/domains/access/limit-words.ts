import { formatExact } from '@/components/format';
import type { Limits } from './schema';

/** Rates and amounts a permission is held to, in words. */
export function limitWords({ perMinute, perHour, perDay, amountPerDay }: Limits): string[] {
  return [
    perMinute ? `${formatExact(perMinute)} a minute` : '',
    perHour ? `${formatExact(perHour)} an hour` : '',
    perDay ? `${formatExact(perDay)} a day` : '',
    amountPerDay
      ? `${amountPerDay.parameter.replaceAll('_', ' ')} ${formatExact(amountPerDay.max)} a day`
      : '',
  ].filter(Boolean);
}
