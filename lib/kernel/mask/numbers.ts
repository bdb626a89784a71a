import {
  isAfter,
  isDigit,
  isJoined,
  isNumbered,
  isWhole,
  isWord,
  type Match,
  spanOf,
} from './place';

// Card numbers (ISO/IEC 7812): at once, or in groups of which the first has four digits.
const FEWEST = 13;
const MOST = 19;
const dividers = new Set([...' -\u00a0\u202f\u2011'].map((sign) => sign.charCodeAt(0)));
/** Issuers of payment cards begin so; a Unix time in milliseconds does not. */
const issuer = /^(?:[3456]|2[2-7])/;

export function cardAt(text: string, at: number): Match | undefined {
  let digits = '';
  let divider = 0;
  let found: Match | undefined;
  for (let end = at; digits.length <= MOST; end += 1) {
    const code = text.charCodeAt(end);
    if (isDigit(code)) {
      digits += text.charAt(end);
      continue;
    }
    // What follows in the same form, such as a year, may not belong to it: the longest that holds counts.
    const whole = digits.length >= FEWEST && !isWord(code);
    if (whole && isCard(digits)) found = { start: at, end, mask: `[card …${digits.slice(-4)}]` };
    const goesOn = dividers.has(code) && isDigit(text.charCodeAt(end + 1));
    if (!goesOn || (divider === 0 ? digits.length !== 4 : code !== divider)) break;
    divider = code;
  }
  return found;
}

function isCard(digits: string): boolean {
  return digits.length <= MOST && issuer.test(digits) && luhn(digits) && !/^(\d)\1*$/.test(digits);
}

/** The check digit of ISO/IEC 7812-1, annex B. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    let value = digits.charCodeAt(digits.length - 1 - at) - 0x30;
    if (at % 2 === 1) value = value > 4 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return sum % 10 === 0;
}

/** Lengths of the IBAN registry (ISO 13616). */
const ibanLengths = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 ' +
    'DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 ' +
    'IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 ' +
    'MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 ' +
    'SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
const iban = /[a-z]{2}\d\d(?:[ \u00a0\u202f]?[a-z\d]){11,30}/iy;

export function ibanAt(text: string, at: number): Match | undefined {
  iban.lastIndex = at;
  const found = iban.exec(text)?.[0];
  const length = found && ibanLengths.get(found.slice(0, 2).toUpperCase());
  if (!found || !length) return undefined;
  let end = 0;
  let code = '';
  // The words that follow look like its next groups.
  for (; end < found.length && code.length < length; end += 1) {
    if (isWord(found.charCodeAt(end))) code += found.charAt(end);
  }
  if (code.length < length || isWord(text.charCodeAt(at + end))) return undefined;
  return isIban(code.toUpperCase()) ? { start: at, end: at + end, mask: '[iban]' } : undefined;
}

/** ISO 7064 MOD 97-10, as ISO 13616 applies it. */
function isIban(code: string): boolean {
  const turned = code.slice(4) + code.slice(0, 4);
  let rest = 0;
  for (const sign of turned) {
    const value = Number.parseInt(sign, 36);
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest === 1;
}

// Telephone numbers: groups of digits with something between them, or brackets around one.
const further = String.raw`(?:(?:[ ./\u00a0\u202f\u2011-]{1,2}\(?|\(|(?<=\)))\d{1,12}\)?)`;
/** `+` or 00 and a country. */
const international = new RegExp(String.raw`(?:\+|00 ?)[1-9]\d{0,15}${further}{0,6}`, 'y');
const american = /(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .\u2011-])[2-9]\d\d[ .\u2011-]\d{4}/y;
const trunk = new RegExp(
  String.raw`\(?0[1-9]\d{0,3}\)?[ ./\u00a0\u202f\u2011-]{1,3}\d{2,8}${further}{0,4}`,
  'y',
);
const spanish = /[679]\d\d \d\d \d\d \d\d/y;
/** Mobile numbers of Britain, France, the Netherlands and Germany, written at once. */
const mobile = /07\d{9}|0[67]\d{8}|01[567]\d{8,9}/y;
/** Whatever a word calls a telephone number. */
const named = new RegExp(String.raw`\(?\d{1,15}\)?${further}{0,5}`, 'y');
const phoneWords =
  /(?:tel(?:e(?:phone|fono?)|efon|éfono|éphone)?|phone|mobile|mobil|cell|fax|handy|whats\W?app|sms|call (?:me|him|her|them|us)|dial)[^\w\]]{0,3}(?:(?:no|nr|number|is|at|on|line)\b\W{0,3}){0,2}$/i;

export function phoneAt(text: string, at: number): Match | undefined {
  const found =
    phoneOf(international, text, at, isAbroad) ??
    (isAfter(phoneWords, text, at) ? phoneOf(named, text, at, between(7, 15)) : undefined) ??
    (isJoined(text, at) || isNumbered(text, at) ? undefined : atHome(text, at));
  return found === undefined ? undefined : { start: at, end: at + found.length, mask: '[phone]' };
}

function atHome(text: string, at: number): string | undefined {
  return (
    phoneOf(american, text, at, between(10, 11)) ??
    phoneOf(trunk, text, at, between(9, 12)) ??
    phoneOf(spanish, text, at, between(9, 9)) ??
    phoneOf(mobile, text, at, between(10, 12))
  );
}

/** The longest beginning, of whole groups, that is such a number. */
function phoneOf(
  pattern: RegExp,
  text: string,
  at: number,
  holds: (found: string) => boolean,
): string | undefined {
  const found = spanOf(pattern, text, at);
  if (found === undefined) return undefined;
  return shorter(found).find((part) => isWhole(text, at + part.length) && holds(part));
}

const between = (fewest: number, most: number) => (found: string) => {
  const { length } = digitsOf(found);
  return length >= fewest && length <= most;
};

/** A text and its beginnings that end with a group of digits, longest first. */
function shorter(found: string): string[] {
  const ends = [...found.matchAll(/\d+\)?/g)].map((group) => group.index + group[0].length);
  return ends.reverse().map((end) => found.slice(0, end));
}

/** Tells a number abroad from a signed amount or coordinate, and from a code with leading zeros. */
function isAbroad(found: string): boolean {
  const plus = found.startsWith('+');
  const digits = digitsOf(found).slice(plus ? 0 : 2);
  // North America's numbers have one length and no area that begins with 0 or 1.
  if (digits.startsWith('1') && !/^1[2-9]\d{9}$/.test(digits)) return false;
  const parts = found.split(/\D+/).filter((part) => part !== '').length;
  if (parts === 2 && /\d\.\d/.test(found)) return false;
  if (digits.length > 15) return false;
  return digits.length >= (parts > 1 ? 8 : plus ? 9 : 11);
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '');
}
