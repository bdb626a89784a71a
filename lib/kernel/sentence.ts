/**
 * The sentence of an action type with an action's parameters in its places, as a person reads
 * them. Deterministic, so that what is frozen and signed is the same everywhere; never throws,
 * and never shows less of a value than there is.
 *
 * - A `number` beside a parameter `currency` of three capital letters is an amount of it:
 *   750 as $750.00, and every decimal there is. A `{currency}` right after it is left out.
 *   An `integer` is none: it may be a count, or cents.
 * - A string of the format `date` or `date-time` is a date: 12 Nov 2026, 14:02 UTC.
 * - A parameter that is missing shows as an ellipsis.
 */
type Parameters = Record<string, unknown>;
export type Properties = Record<string, Record<string, unknown>>;

const PLACE = /\{(\w+)\}/g;
const own = <T>(record: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

export function fillIn(sentence: string, parameters: Parameters, properties: Properties): string {
  const currency = currencyOf(parameters);
  const isAmount = (name: string) =>
    currency !== undefined &&
    own(properties, name)?.['type'] === 'number' &&
    typeof own(parameters, name) === 'number';
  return sentence
    .replaceAll(/\{(\w+)\}\s*\{currency\}/g, (both, name: string) =>
      isAmount(name) ? `{${name}}` : both,
    )
    .replaceAll(PLACE, (_, name: string) => {
      const value = own(parameters, name);
      if (value === undefined || value === null) return '…';
      if (isAmount(name)) return money(value as number, currency ?? '');
      if (typeof value === 'object') return JSON.stringify(value);
      return dated(value, own(properties, name)?.['format']) ?? String(value);
    });
}

function currencyOf(parameters: Parameters): string | undefined {
  const currency = own(parameters, 'currency');
  return typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? currency : undefined;
}

/** (750, 'USD') → "$750.00": at least the currency's decimals, and all that the number has. */
export function money(value: number, currency: string): string {
  const format = formatOf(currency);
  // As text, so that it is the decimal that was written and not its binary neighbour.
  return format ? format.format(`${value}`) : `${value} ${currency}`;
}

const formats = new Map<string, Intl.NumberFormat | undefined>();
const MOST_FORMATS = 500;

function formatOf(currency: string): Intl.NumberFormat | undefined {
  if (formats.has(currency)) return formats.get(currency);
  if (formats.size >= MOST_FORMATS) formats.clear();
  let format: Intl.NumberFormat | undefined;
  try {
    format = new Intl.NumberFormat('en-US', {
      ...{ style: 'currency', currency, maximumFractionDigits: 20 },
    });
  } catch {
    format = undefined;
  }
  formats.set(currency, format);
  return format;
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A date as it is read; undefined when the value is none of this format. */
function dated(value: unknown, format: unknown): string | undefined {
  if (typeof value !== 'string' || (format !== 'date' && format !== 'date-time')) return undefined;
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return undefined;
  const day = `${at.getUTCDate()} ${months[at.getUTCMonth()] ?? ''} ${at.getUTCFullYear()}`;
  if (format === 'date') return day;
  const clock = at.toISOString().slice(11, 19).replace(/:00$/, '');
  return `${day}, ${clock} UTC`;
}
