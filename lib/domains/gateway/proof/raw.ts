import { scaled } from '@/lib/domains/access/server';
import { and, bool, equals, int, no, not, or, type Term, text, yes } from './term';

/** A parameter or a session attribute, whichever JSON value it may be. */
export interface Raw {
  present: Term;
  isText: Term;
  isNumber: Term;
  isBoolean: Term;
  text: Term;
  /** Its number in ten-thousandths, where it has at most four decimals. */
  exact: Term;
  number: Term;
  /** Whether its ten-thousandths are a number that the permissions can compare. */
  isScaled: Term;
  /** The number itself, where it is whole. */
  isWhole: Term;
  whole: Term;
  flag: Term;
}

export const absent: Raw = {
  present: no,
  isText: no,
  isNumber: no,
  isBoolean: no,
  text: '""',
  exact: yes,
  number: '0',
  isScaled: yes,
  isWhole: yes,
  whole: '0',
  flag: no,
};

/** Ten-thousandths as the number that they are. */
export function decimal(number: bigint): number {
  const digits = String(number < 0n ? -number : number).padStart(5, '0');
  return Number(`${number < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`);
}

/** Undefined where the value cannot be told in a formula. */
export function valueIs(raw: Raw, value: string | number | boolean): Term | undefined {
  if (typeof value === 'boolean') return and(raw.isBoolean, equals(raw.flag, bool(value)));
  if (typeof value === 'number') {
    return and(raw.isNumber, raw.exact, equals(raw.number, int(scaled(value) ?? 0)));
  }
  const literal = text(value);
  return literal === undefined ? undefined : and(raw.isText, equals(raw.text, literal));
}

/** As `===` compares two JSON values that are no objects. */
export function same(one: Raw, other: Raw): Term {
  return or(
    and(one.isText, other.isText, equals(one.text, other.text)),
    and(
      one.isNumber,
      other.isNumber,
      or(
        and(not(one.exact), not(other.exact)),
        and(one.exact, other.exact, equals(one.number, other.number)),
      ),
    ),
    and(one.isBoolean, other.isBoolean, equals(one.flag, other.flag)),
  );
}
