/** Cedar's longs are of 64 bits: what would not fit is an error and never wraps. */
import { EvaluationError, type Long, typeError, type Value } from './values';

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

export const fitsLong = (value: bigint) => value >= least && value <= most;

/** A number where it is a safe integer, so that equal longs are `===`. */
export function longOf(value: bigint): Long {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function asLong(value: Value): Long {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  throw typeError('long', value);
}

export function add(left: Long, right: Long): Long {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return checked('add', left, right, BigInt(left) + BigInt(right));
}

export function subtract(left: Long, right: Long): Long {
  if (typeof left === 'number' && typeof right === 'number') {
    const difference = left - right;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return checked('subtract', left, right, BigInt(left) - BigInt(right));
}

export function multiply(left: Long, right: Long): Long {
  if (typeof left === 'number' && typeof right === 'number') {
    const product = left * right;
    if (Number.isSafeInteger(product)) return product;
  }
  return checked('multiply', left, right, BigInt(left) * BigInt(right));
}

export function negate(value: Long): Long {
  if (typeof value === 'number') return -value;
  if (value !== least) return longOf(-value);
  throw new EvaluationError(`integer overflow while attempting to negate the value \`${value}\``);
}

function checked(doing: string, left: Long, right: Long, result: bigint): Long {
  if (fitsLong(result)) return longOf(result);
  throw new EvaluationError(
    `integer overflow while attempting to ${doing} the values \`${left}\` and \`${right}\``,
  );
}
