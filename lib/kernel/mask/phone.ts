import {
  digitsEnd,
  followsWord,
  isAfter,
  isDigit,
  isJoined,
  isNumbered,
  isWhole,
  type Match,
  signs,
  spanOf,
} from './place';

/**
 * Telephone numbers: groups of digits with something between them, or brackets around one.
 * Most places in a row of digits begin no such number, so the groups are counted where they
 * stand, before anything else is asked.
 */
const dividers = signs(' ./-\u00a0\u202f\u2011');
const americans = signs(' .-');
const PLUS = 0x2b;
const OPEN = 0x28;
const CLOSE = 0x29;
const DOT = 0x2e;
const ZERO = 0x30;
const ONE = 0x31;
const SPACE = 0x20;

const american = /(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .\u2011-])[2-9]\d\d[ .\u2011-]\d{4}/y;
const spanish = /[679]\d\d \d\d \d\d \d\d/y;
/** Mobile numbers of Britain, France, the Netherlands and Germany, written at once. */
const mobile = /07\d{9}|0[67]\d{8}|01[567]\d{8,9}/y;
const phoneWords =
  /(?<=(?:tel(?:e(?:phone|fono?)|efon|éfono|éphone)?|phone|mobile|mobil|cell|fax|handy|whats\W?app|sms|call (?:me|him|her|them|us)|dial)[^\w\]]{0,3}(?:(?:no|nr|number|is|at|on|line)\b\W{0,3}){0,2})/iy;

export function phoneAt(text: string, at: number): Match | undefined {
  const end = abroad(text, at) ?? named(text, at) ?? atHome(text, at);
  return end === undefined ? undefined : { start: at, end, mask: '[phone]' };
}

/** The groups read so far: where each ends, and how many digits there are up to there. */
interface Groups {
  count: number;
  ends: Int32Array;
  digits: Int32Array;
}

// Read and done with before the next is begun.
const MOST_GROUPS = 8;
const groups: Groups = {
  count: 0,
  ends: new Int32Array(MOST_GROUPS),
  digits: new Int32Array(MOST_GROUPS),
};

/** Reads a group of digits; where it ends. */
function readGroup(text: string, at: number, most: number): number {
  const end = digitsEnd(text, at, most);
  const { count, ends, digits } = groups;
  ends[count] = end;
  digits[count] = end - at + (count > 0 ? (digits[count - 1] ?? 0) : 0);
  groups.count = count + 1;
  return end;
}

/** The same with its closing bracket, if it has one. */
function readClosed(text: string, at: number, most: number): number {
  const end = readGroup(text, at, most);
  if (text.charCodeAt(end) !== CLOSE) return end;
  groups.ends[groups.count - 1] = end + 1;
  return end + 1;
}

/** Reads what further groups there are. */
function readFurther(text: string, from: number, most: number): void {
  let at = from;
  for (let times = 0; times < most; times += 1) {
    let start = at;
    if (dividers[text.charCodeAt(start)] === 1) {
      start += dividers[text.charCodeAt(start + 1)] === 1 ? 2 : 1;
      if (text.charCodeAt(start) === OPEN) start += 1;
    } else if (text.charCodeAt(start) === OPEN) start += 1;
    else if (text.charCodeAt(start - 1) !== CLOSE) return;
    if (!isDigit(text.charCodeAt(start))) return;
    at = readClosed(text, start, 12);
  }
}

/** Where the longest beginning, of whole groups, ends that is such a number. */
function longest(text: string, holds: (group: number) => boolean): number | undefined {
  for (let group = groups.count - 1; group >= 0; group -= 1) {
    const end = groups.ends[group] ?? 0;
    if (holds(group) && isWhole(text, end)) return end;
  }
  return undefined;
}

const between = (fewest: number, most: number) => (group: number) => {
  const digits = groups.digits[group] ?? 0;
  return digits >= fewest && digits <= most;
};
const anywhere = between(7, 15);
const ofTrunk = between(9, 12);

/** `+` or 00 and a country. */
function abroad(text: string, at: number): number | undefined {
  const plus = text.charCodeAt(at) === PLUS;
  if (!plus && !(text.charCodeAt(at) === ZERO && text.charCodeAt(at + 1) === ZERO))
    return undefined;
  let country = at + (plus ? 1 : 2);
  groups.count = 0;
  const apart = !plus && text.charCodeAt(country) === SPACE;
  if (apart) country += 1;
  if (!isDigit(text.charCodeAt(country)) || text.charCodeAt(country) === ZERO) return undefined;
  if (text.charCodeAt(country) === ONE && !isArea(text, country + 1)) return undefined;
  const first = apart ? 1 : 0;
  readFurther(text, readGroup(text, country, 16), 6);
  return longest(text, (group) => isAbroad(text, country, group, first, plus));
}

/** Whether an area of North America, which begins with no 0 or 1, may begin behind dividers and a bracket. */
function isArea(text: string, after: number): boolean {
  let at = after;
  while (at < after + 3 && !isDigit(text.charCodeAt(at))) at += 1;
  return isDigit(text.charCodeAt(at)) && text.charCodeAt(at) > ONE;
}

/** Tells a number abroad from a signed amount or coordinate, and from a code with leading zeros. */
function isAbroad(
  text: string,
  country: number,
  group: number,
  before: number,
  plus: boolean,
): boolean {
  const digits = groups.digits[group] ?? 0;
  const parts = group + 1 + before;
  if (digits > 15 || digits < (parts > 1 ? 8 : plus ? 9 : 11)) return false;
  // North America's numbers have one length.
  if (text.charCodeAt(country) === ONE && digits !== 11) return false;
  const end = groups.ends[0] ?? 0;
  const decimal = text.charCodeAt(end) === DOT && isDigit(text.charCodeAt(end + 1));
  return !(parts === 2 && group === 1 && decimal);
}

/** Whatever a word calls a telephone number. */
function named(text: string, at: number): number | undefined {
  const start = text.charCodeAt(at) === OPEN ? at + 1 : at;
  if (!isDigit(text.charCodeAt(start)) || !followsWord(text, at)) return undefined;
  groups.count = 0;
  readFurther(text, readClosed(text, start, 15), 5);
  const end = longest(text, anywhere);
  return end !== undefined && isAfter(phoneWords, text, at) ? end : undefined;
}

function atHome(text: string, at: number): number | undefined {
  const end = homeEnd(text, at);
  if (end === undefined || isJoined(text, at) || isNumbered(text, at)) return undefined;
  return end;
}

function homeEnd(text: string, at: number): number | undefined {
  const first = text.charCodeAt(at);
  if (first === PLUS) return undefined;
  const start = first === OPEN ? at + 1 : at;
  if (text.charCodeAt(start) === ZERO) {
    return trunkEnd(text, start) ?? (first === OPEN ? undefined : endOf(mobile, text, at));
  }
  const area = first === ONE && americans[text.charCodeAt(at + 1)] === 1 ? at + 2 : at;
  const digits = text.charCodeAt(area) === OPEN ? area + 1 : area;
  if (text.charCodeAt(digits) <= ONE || digitsEnd(text, digits, 4) - digits !== 3) return undefined;
  return endOf(american, text, at) ?? endOf(spanish, text, at);
}

/** An area with its zero, something between, and the rest. */
function trunkEnd(text: string, start: number): number | undefined {
  const next = text.charCodeAt(start + 1);
  if (!isDigit(next) || next === ZERO) return undefined;
  groups.count = 0;
  const area = readClosed(text, start, 5);
  let at = area;
  while (at < area + 3 && dividers[text.charCodeAt(at)] === 1) at += 1;
  if (at === area) return undefined;
  if (!isDigit(text.charCodeAt(at)) || !isDigit(text.charCodeAt(at + 1))) return undefined;
  readFurther(text, readGroup(text, at, 8), 4);
  return longest(text, ofTrunk);
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  const found = spanOf(pattern, text, at);
  return found !== undefined && isWhole(text, at + found.length) ? at + found.length : undefined;
}
