import { isDigit, isWord, type Match, signs, spanOf } from './place';

// Card numbers (ISO/IEC 7812): at once, or in groups of which the first has four digits.
const FEWEST = 13;
const MOST = 19;
const dividers = signs(' -\u00a0\u202f\u2011');
/** Issuers of payment cards begin so; a Unix time in milliseconds does not. */
const issuer = /^(?:[3456]|2[2-7])/;

export function cardAt(text: string, at: number): Match | undefined {
  let count = 0;
  let divider = 0;
  let found: Match | undefined;
  for (let end = at; count <= MOST; end += 1) {
    const code = text.charCodeAt(end);
    if (isDigit(code)) {
      count += 1;
      continue;
    }
    // What follows in the same form, such as a year, may not belong to it: the longest that holds counts.
    if (count >= FEWEST && count <= MOST && !isWord(code) && issuer.test(text.slice(at, at + 2))) {
      const digits = digitsOf(text.slice(at, end));
      if (isCard(digits)) found = { start: at, end, mask: `[card …${digits.slice(-4)}]` };
    }
    const goesOn = dividers[code] === 1 && isDigit(text.charCodeAt(end + 1));
    if (!goesOn || (divider === 0 ? count !== 4 : code !== divider)) break;
    divider = code;
  }
  return found;
}

function isCard(digits: string): boolean {
  return luhn(digits) && !/^(\d)\1*$/.test(digits);
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
  if (!isDigit(text.charCodeAt(at + 2)) || !isDigit(text.charCodeAt(at + 3))) return undefined;
  const length = ibanLengths.get(text.slice(at, at + 2).toUpperCase());
  const found = length && spanOf(iban, text, at);
  if (!found) return undefined;
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

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '');
}
