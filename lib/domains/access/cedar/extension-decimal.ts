/** Cedar's `decimal`: four digits after the point, in 64 bits. */
import type { ExtensionFunctions } from './extension';
import { extensionError } from './extension';
import { fitsLong } from './long';
import { Extension, typeError, type Value } from './values';

class Decimal extends Extension {
  readonly typeName = 'decimal';
  /** In ten-thousandths. */
  readonly scaled: bigint;
  readonly canonical: string;

  constructor(scaled: bigint) {
    super();
    this.scaled = scaled;
    this.canonical = String(scaled);
  }
}

const DIGITS = 4;
const pattern = /^(-?\p{Nd}+)\.(\p{Nd}+)$/u;

const failed = (message: string) => extensionError('decimal', message);

function parse(text: Value): Decimal {
  if (typeof text !== 'string') throw typeError('string', text);
  const [, whole = '', fraction = ''] = pattern.exec(text) ?? [];
  if (whole === '') throw failed(`\`${text}\` is not a well-formed decimal value`);
  const overflow = failed('overflow when converting to decimal');
  // Other scripts' digits match the pattern and are no numbers.
  if (!/^-?[0-9]+$/.test(whole)) throw overflow;
  const scaled = BigInt(whole) * 10_000n;
  if (!fitsLong(scaled)) throw overflow;
  if (new TextEncoder().encode(fraction).length > DIGITS) {
    throw failed(`too many digits after the decimal in \`${text}\``);
  }
  if (!/^[0-9]+$/.test(fraction)) throw overflow;
  const rest = BigInt(fraction.padEnd(DIGITS, '0'));
  const value = whole.startsWith('-') ? scaled - rest : scaled + rest;
  if (!fitsLong(value)) throw overflow;
  return new Decimal(value);
}

function scaledOf(value: Value): bigint {
  if (value instanceof Decimal) return value.scaled;
  throw typeError('decimal', value);
}

/** Both are checked before they are compared, the left one first. */
const comparison =
  (holds: (left: bigint, right: bigint) => boolean) => (left: Value, right: Value) =>
    holds(scaledOf(left), scaledOf(right));

export const decimalFunctions: ExtensionFunctions = {
  decimal: { one: parse },
  lessThan: { two: comparison((left, right) => left < right) },
  lessThanOrEqual: { two: comparison((left, right) => left <= right) },
  greaterThan: { two: comparison((left, right) => left > right) },
  greaterThanOrEqual: { two: comparison((left, right) => left >= right) },
};
