/** Cedar's `datetime` and `duration`: milliseconds, in 64 bits. */
import type { ExtensionFunctions } from './extension';
import { extensionError } from './extension';
import { fitsLong, longOf } from './long';
import { Extension, typeError, type Value } from './values';

export class Datetime extends Extension {
  readonly typeName = 'datetime';
  /** Since 1970. */
  readonly milliseconds: bigint;
  readonly canonical: string;

  constructor(milliseconds: bigint) {
    super();
    this.milliseconds = milliseconds;
    this.canonical = String(milliseconds);
  }
}

export class Duration extends Extension {
  readonly typeName = 'duration';
  readonly milliseconds: bigint;
  readonly canonical: string;

  constructor(milliseconds: bigint) {
    super();
    this.milliseconds = milliseconds;
    this.canonical = String(milliseconds);
  }
}

const DAY = 86_400_000n;

const datePattern = /^([0-9]{4})-([0-9]{2})-([0-9]{2})/;
const timePattern = /^T([0-9]{2}):([0-9]{2}):([0-9]{2})/;
const zonePattern = /^(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2}))$/;

/** What is written wrongly is told before what does not exist, each from left to right. */
function parseDatetime(text: Value): Datetime {
  if (typeof text !== 'string') throw typeError('string', text);
  const failed = (message: string) => extensionError('datetime', message);
  const date = datePattern.exec(text);
  if (!date) throw failed('invalid date pattern');
  const [day] = date;
  const [year = 0, month = 0, dayOfMonth = 0] = date.slice(1).map(Number);
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, dayOfMonth);
  const exists = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === dayOfMonth;
  const noDate = failed(`invalid date: ${day}`);
  if (day.length === text.length) {
    if (!exists) throw noDate;
    return new Datetime(BigInt(midnight.getTime()));
  }
  const time = timePattern.exec(text.slice(day.length));
  if (!time) throw failed('invalid hour/minute/second pattern');
  const [hours = 0, minutes = 0, seconds = 0] = time.slice(1).map(Number);
  const zone = zonePattern.exec(text.slice(day.length + time[0].length));
  if (!zone) throw failed('invalid millisecond and/or offset pattern');
  const [, fraction = '0', sign, zoneHours = '0', zoneMinutes = '0'] = zone;
  if (!exists) throw noDate;
  if (hours > 23 || minutes > 59 || seconds > 59) {
    throw failed(`invalid hour/minute/second: ${time[0].slice(1)}`);
  }
  if (Number(zoneHours) > 23 || Number(zoneMinutes) > 59) {
    throw failed(`invalid offset range: ${Number(zoneHours)}${Number(zoneMinutes)}`);
  }
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -1 : 1);
  const sinceMidnight = ((hours * 60 + minutes - offset) * 60 + seconds) * 1000 + Number(fraction);
  return new Datetime(BigInt(midnight.getTime() + sinceMidnight));
}

const durationPattern =
  /^(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$/;
const units = [DAY, 3_600_000n, 60_000n, 1000n, 1n];

function parseDuration(text: Value): Duration {
  if (typeof text !== 'string') throw typeError('string', text);
  const failed = (message: string) => extensionError('duration', message);
  const match = durationPattern.exec(text);
  if (!match || text === '' || text === '-') throw failed('invalid duration pattern');
  let total = 0n;
  for (const [index, unit] of units.entries()) total += BigInt(match[index + 2] ?? 0) * unit;
  if (match[1] === '-') total = -total;
  if (!fitsLong(total)) throw failed('Duration overflows internal representation');
  return new Duration(total);
}

function ofDatetime(value: Value): bigint {
  if (value instanceof Datetime) return value.milliseconds;
  throw typeError('datetime', value);
}

function ofDuration(value: Value): bigint {
  if (value instanceof Duration) return value.milliseconds;
  throw typeError('duration', value);
}

const written = (time: bigint) => `datetime("1970-01-01").offset(duration("${time}ms"))`;

function offset(datetime: Value, duration: Value): Value {
  const [start, by] = [ofDatetime(datetime), ofDuration(duration)];
  if (fitsLong(start + by)) return new Datetime(start + by);
  const message = `overflows when adding an offset: ${written(start)}+(${by}ms)`;
  throw extensionError('offset', message);
}

function durationSince(datetime: Value, earlier: Value): Value {
  const [end, start] = [ofDatetime(datetime), ofDatetime(earlier)];
  if (fitsLong(end - start)) return new Duration(end - start);
  const message = `overflows when computing the duration between ${written(end)} and ${written(start)}`;
  throw extensionError('durationSince', message);
}

/** Of the day, never negative. */
const timeOf = (milliseconds: bigint) => ((milliseconds % DAY) + DAY) % DAY;

function toDate(datetime: Value): Value {
  const time = ofDatetime(datetime);
  const day = time - timeOf(time);
  if (fitsLong(day)) return new Datetime(day);
  throw extensionError('toDate', `overflows when computing the date of ${written(time)}`);
}

const wholeUnits = (unit: bigint) => ({ one: (value: Value) => longOf(ofDuration(value) / unit) });

export const datetimeFunctions: ExtensionFunctions = {
  datetime: { one: parseDatetime },
  duration: { one: parseDuration },
  offset: { two: offset },
  durationSince: { two: durationSince },
  toDate: { one: toDate },
  toTime: { one: (value) => new Duration(timeOf(ofDatetime(value))) },
  toMilliseconds: wholeUnits(1n),
  toSeconds: wholeUnits(1000n),
  toMinutes: wholeUnits(60_000n),
  toHours: wholeUnits(3_600_000n),
  toDays: wholeUnits(DAY),
};
