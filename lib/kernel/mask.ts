/**
 * Masks personal data in free text before it is written anywhere: email addresses, telephone
 * and card numbers, IBANs and national ids become `[email]`, `[phone]`, `[card …1111]`, `[iban]`
 * and `[national id]`. Where a number has check digits, they decide; where it has none, its
 * form or a word before it does, so that ids, order numbers, amounts, dates and hashes stay.
 *
 * One pass. Every pattern is tried at one place, has bounded repetitions and is without
 * ambiguity, so no text makes it slow; text without an @ and six digits is given back at once.
 */
import { emailAt } from './mask/email';
import { idAt, lettersAt } from './mask/national';
import { cardAt, ibanAt } from './mask/numbers';
import { phoneAt } from './mask/phone';
import {
  isDigit,
  isLetter,
  isPlainWord,
  isWord,
  type Match,
  Rows,
  skipAt,
  wordEnd,
} from './mask/place';

/** Fewer digits than these make no number that is looked for. */
const FEWEST_DIGITS = 6;

export function maskPii(text: string): string {
  if (!isSuspect(text)) return text;
  let masked = '';
  let written = 0;
  const rows = new Rows(text);
  for (let at = 0; at < text.length;) {
    const found = matchAt(text, at, written, rows);
    if (!found) {
      at += 1;
      continue;
    }
    if (found.mask !== undefined) {
      masked += text.slice(written, found.start) + found.mask;
      written = found.end;
    }
    at = found.end;
  }
  return written === 0 ? text : masked + text.slice(written);
}

/** The same of every string in a JSON value, member names aside. What holds nothing is given back itself. */
export function maskDeep(value: unknown): unknown {
  if (typeof value === 'string') return maskPii(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(maskDeep);
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  const record = value as Record<string, unknown>;
  let changed: [string, unknown][] | undefined;
  for (const name of Object.keys(record)) {
    const masked = maskDeep(record[name]);
    if (masked !== record[name]) (changed ??= []).push([name, masked]);
  }
  // A copy has every member as its own, whatever its name.
  return changed ? Object.fromEntries([...Object.entries(record), ...changed]) : value;
}

function isSuspect(text: string): boolean {
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x40 || code === 0x25) return true;
    if (isDigit(code) && (digits += 1) === FEWEST_DIGITS) return true;
  }
  return false;
}

/** What begins here (or, for an address, is joined here), or how far nothing can begin. */
function matchAt(text: string, at: number, written: number, rows: Rows): Match | undefined {
  const code = text.charCodeAt(at);
  if (code === 0x40 || code === 0x25) return emailAt(text, at, written);
  const letter = isLetter(code);
  if (!letter && !isDigit(code) && code !== 0x2b && code !== 0x28) return undefined;
  // Inside a word nothing begins.
  if (at > 0 && isWord(text.charCodeAt(at - 1))) return undefined;
  if (letter) {
    if (isPlainWord(text, at)) return { start: at, end: wordEnd(text, at) };
    return skipAt(text, at) ?? ibanAt(text, at) ?? lettersAt(text, at);
  }
  const skipped = skipAt(text, at);
  if (skipped) return skipped;
  const few = rows.few(at);
  if (few !== undefined) return { start: at, end: few };
  return cardAt(text, at) ?? idAt(text, at) ?? phoneAt(text, at);
}
