import { digitsEnd, isAfter, isJoined, isNumbered, type Match, wholeOf } from './place';

const MASK = '[national id]';

/** A number of a person, by its form and, where it has them, its check digits. */
interface Form {
  /** Of digits that it can begin with, how many there are; nothing else is tried. */
  first?: readonly number[];
  pattern: RegExp;
  holds: (code: string, text: string, at: number) => boolean;
}

const whole = /[^\dA-Za-z]/g;
const codeOf = (found: string) => found.replaceAll(whole, '').toUpperCase();

/** Forms without check digits count only where no word says that they number something else. */
const plain = (_: string, text: string, at: number) => !isJoined(text, at) && !isNumbered(text, at);

const ssnWords =
  /(?<=\b(?:ssn|social security|itin|tax ?id)\W{0,3}(?:(?:no|number|is)\b\W{0,3}){0,2})/iy;
const bsnWords =
  /(?<=\b(?:bsn|burgerservicenummer|sofi(?:nummer)?)\W{0,3}(?:(?:nr|is)\b\W{0,3})?)/iy;

const numbers: readonly Form[] = [
  {
    // France, NIR: sex, year, month, place, order and a key modulo 97.
    first: [1, 3, 5, 6, 7, 10, 13, 15],
    pattern: /[1-478] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d/y,
    holds: isNir,
  },
  // Germany, Steuer-ID: eleven digits, the last by ISO 7064 MOD 11,10.
  { first: [2, 11], pattern: /[1-9]\d{10}|[1-9]\d \d{3} \d{3} \d{3}/y, holds: isSteuerId },
  // Spain, DNI: eight digits and a letter modulo 23.
  { first: [8], pattern: /\d{8}[- ]?[A-Z]/y, holds: isDni },
  // Netherlands, BSN: one in eleven numbers passes, so a word or its dots must name it.
  { first: [4], pattern: /\d{4}\.\d\d\.\d{3}/y, holds: isBsn },
  {
    first: [8, 9],
    pattern: /\d{8,9}/y,
    holds: (code, text, at) => isBsn(code) && isAfter(bsnWords, text, at),
  },
  {
    // USA, SSN and ITIN.
    first: [3],
    pattern: /(?!000|666)\d{3}([- \u2011])(?!00)\d\d\1(?!0000)\d{4}/y,
    holds: (code, text, at) =>
      (/^[0-8]|^9\d\d[5-9]/.test(code) && plain(code, text, at)) || isAfter(ssnWords, text, at),
  },
  { first: [9], pattern: /\d{9}/y, holds: (_, text, at) => isAfter(ssnWords, text, at) },
];

const letters: readonly Form[] = [
  // Italy, codice fiscale: sixteen signs, the last a check letter.
  {
    pattern: /[A-Z]{6}[\dLMNP-V]{2}[A-EHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]/iy,
    holds: isCodiceFiscale,
  },
  // Spain, NIE: a DNI whose first digit is written as a letter.
  { pattern: /[XYZ][- ]?\d{7}[- ]?[A-Z]/y, holds: isNie },
  // Britain, NINO.
  {
    pattern:
      /(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]/y,
    holds: plain,
  },
];

/** The forms by how many digits come first. */
const MOST_FIRST = 15;
const byFirst = Array.from({ length: MOST_FIRST + 1 }, (_, count) =>
  numbers.filter(({ first }) => first?.includes(count)),
);

export function idAt(text: string, at: number): Match | undefined {
  const end = digitsEnd(text, at, MOST_FIRST + 1);
  // One digit alone begins only what goes on with two.
  if (end === at + 1 && digitsEnd(text, end + 1, 2) < end + 3) return undefined;
  return formAt(byFirst[end - at] ?? [], text, at);
}

export function lettersAt(text: string, at: number): Match | undefined {
  return formAt(letters, text, at);
}

function formAt(forms: readonly Form[], text: string, at: number): Match | undefined {
  for (const { pattern, holds } of forms) {
    const found = wholeOf(pattern, text, at);
    if (found !== undefined && holds(codeOf(found), text, at))
      return { start: at, end: at + found.length, mask: MASK };
  }
  return undefined;
}

function isNir(code: string): boolean {
  // Corsica's two departments count as 19 and 18.
  const digits = code.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return /^\d{13}$/.test(digits) && 97 - (Number(digits) % 97) === Number(code.slice(13));
}

function isSteuerId(code: string): boolean {
  // Of the first ten digits one comes twice or three times, the others at most once.
  const times = [...'0123456789'].map((digit) => code.slice(0, 10).split(digit).length - 1);
  const more = times.filter((count) => count > 1);
  if (more.length !== 1 || (more[0] ?? 0) > 3) return false;
  let product = 10;
  for (const digit of code.slice(0, 10)) {
    const sum = (Number(digit) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === Number(code[10]);
}

const DNI = 'TRWAGMYFPDXBNJZSQVHLCKE';

function isDni(code: string): boolean {
  return DNI[Number(code.slice(0, 8)) % 23] === code[8];
}

function isNie(code: string): boolean {
  return isDni(`${'XYZ'.indexOf(code.charAt(0))}${code.slice(1)}`);
}

function isBsn(code: string): boolean {
  const digits = [...code.padStart(9, '0')].map(Number);
  const sum = digits.reduce((all, digit, at) => all + digit * (at === 8 ? -1 : 9 - at), 0);
  return sum !== 0 && sum % 11 === 0;
}

/** Values of a codice fiscale's odd places, for 0 to 9 and A to Z. */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
const ODD_LETTERS = [...ODD, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function isCodiceFiscale(code: string): boolean {
  let sum = 0;
  for (let at = 0; at < 15; at += 1) {
    const value = Number.parseInt(code.charAt(at), 36);
    const place = value > 9 ? value - 10 : value;
    sum += at % 2 === 1 ? place : ((value > 9 ? ODD_LETTERS : ODD)[place] ?? 0);
  }
  return code.charCodeAt(15) - 0x41 === sum % 26;
}
