/** Pure formatting, usable on the server too. Times follow the viewer's zone, numbers and words are English. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type Instant = string | number | Date;

const numbers = new Intl.NumberFormat('en-US');

/** 25104882 → "25,104,882"; of a count or statistic, for it rounds to three decimals. */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

const exact = new Intl.NumberFormat('en-US', { maximumFractionDigits: 20 });

/** 1500.0004 → "1,500.0004": of what is compared exactly, an amount or a rule. As formatMoney, without a currency. */
export function formatExact(value: number): string {
  return exact.format(`${value}`);
}

/** (750, 'USD') → "$750.00"; no decimal is left out, nor one added by the number's binary form. */
export function formatMoney(amount: number, currency = 'USD'): string {
  const style = { style: 'currency', currency, maximumFractionDigits: 20 } as const;
  return new Intl.NumberFormat('en-US', style).format(`${amount}`);
}

/** 0.1234 → "12.3%" */
export function formatPercent(share: number, digits = 1): string {
  return `${numbers.format(Number((share * 100).toFixed(digits)))}%`;
}

/** (3, 'token') → "3 tokens" */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** 221000 → "3 min 41 s". The two largest units that say something. */
export function formatDuration(ms: number): string {
  const length = Math.abs(ms);
  if (length < 1) return '0 ms';
  if (length < SECOND) return `${Math.round(length)} ms`;
  if (length < 10 * SECOND) return `${Number((length / SECOND).toFixed(1))} s`;
  if (length < MINUTE) return `${Math.round(length / SECOND)} s`;
  if (length < HOUR) return pair(length, MINUTE, 'min', SECOND, 's');
  if (length < DAY) return pair(length, HOUR, 'h', MINUTE, 'min');
  return pair(length, DAY, 'd', HOUR, 'h');
}

function pair(
  length: number,
  large: number,
  largeWord: string,
  small: number,
  smallWord: string,
): string {
  const whole = Math.floor(length / large);
  const rest = Math.floor((length % large) / small);
  return rest > 0 && whole < 10
    ? `${whole} ${largeWord} ${rest} ${smallWord}`
    : `${whole} ${largeWord}`;
}

/** Whole minutes, all of them: 90 → "1 h 30 min", 2880 → "2 days". */
export function formatMinutes(minutes: number): string {
  const days = Math.floor(minutes / 1_440);
  const hours = Math.floor((minutes % 1_440) / 60);
  const rest = minutes % 60;
  const parts = [
    days > 0 ? plural(days, 'day') : '',
    hours > 0 ? `${hours} h` : '',
    rest > 0 || minutes < 1 ? `${rest} min` : '',
  ];
  return parts.filter(Boolean).join(' ');
}

/** One unit: "22 min", "3 h", "5 d". */
export function formatSpan(ms: number): string {
  const length = Math.abs(ms);
  if (length < MINUTE) return `${Math.max(1, Math.round(length / SECOND))} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < DAY) return `${Math.floor(length / HOUR)} h`;
  return `${Math.floor(length / DAY)} d`;
}

/**
 * "just now", "2 min ago", "in 3 h"; past 30 days the date itself. Within a minute ahead is "just now":
 * the reader's clock may lag behind the server's, and `now` ticks in steps.
 */
export function relativeTime(at: Instant, now: number = Date.now()): string {
  const distance = new Date(at).getTime() - now;
  if (Number.isNaN(distance)) return '';
  if (distance > -5 * SECOND && distance < MINUTE) return 'just now';
  if (Math.abs(distance) >= 30 * DAY) return formatDate(at);
  return distance < 0 ? `${formatSpan(distance)} ago` : `in ${formatSpan(distance)}`;
}

/** "21 Nov 2026, 14:02:07 CET" */
export function exactTime(at: Instant): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  return date.toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
}

/** "21 Nov 2026" */
export function formatDate(at: Instant): string {
  return new Date(at).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
}

/** A calendar day, which is the same everywhere: "2026-11-20" → "20 Nov 2026". */
export function formatDay(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

/** "14:02:07", or "14:02" without seconds */
export function formatClock(at: Instant, seconds = true): string {
  return new Date(at).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
  });
}

/** "act_0199f3a2-…-9c41" → "act_0199…9c41"; the prefix and both ends stay recognisable. */
export function shortId(id: string): string {
  const cut = id.search(/[_:]/);
  const prefix = cut > 0 && cut < 8 ? id.slice(0, cut + 1) : '';
  const rest = id.slice(prefix.length);
  return rest.length <= 12 ? id : `${prefix}${rest.slice(0, 4)}…${rest.slice(-4)}`;
}

/** "last_rotation_at" → "Last rotation at", "baseUrl" → "Base URL" */
export function humanize(word: string): string {
  const spaced = word
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\b(?:id|ip|url)\b/g, (word) => word.toUpperCase());
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
