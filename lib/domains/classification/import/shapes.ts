/** What sampled values look like. They are looked at one by one and nothing of them is kept. */
import { maskPii } from '@/lib/kernel/mask';
import type { Finding } from './names';

interface Shape extends Finding {
  /** For the reason: "7 of 9 samples are email addresses". */
  many: string;
  /** The least part of the values that must have it: chance gives some numbers the form of a card. */
  least: number;
  matches: (text: string) => boolean;
}

const masked = (placeholder: RegExp) => (text: string) => placeholder.test(maskPii(text));

const secret =
  /^(?:eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|(?:sk|pk|rk)_(?:live|test)_\w{8,}|gh[opsu]_\w{20,}|AKIA[0-9A-Z]{16}|xox[abp]-[\w-]{10,}|\$2[aby]\$\d\d\$\S{20,}|\$argon2\w*\$\S{20,})$|^-----BEGIN [A-Z ]*PRIVATE KEY-----/;

const shapes: readonly Shape[] = [
  {
    ...{ classification: 'Restricted', handling: 'never_leave', what: 'a secret' },
    ...{ many: 'secrets', least: 0.1, matches: (text) => secret.test(text) },
  },
  {
    ...{ classification: 'Restricted', handling: 'mask', what: 'a card number' },
    ...{ many: 'card numbers', least: 0.5, matches: masked(/^\[card …\d{4}\]$/) },
  },
  {
    ...{ classification: 'Restricted', handling: 'mask', what: 'a bank account' },
    ...{ many: 'IBANs', least: 0.1, matches: masked(/^\[iban\]$/) },
  },
  {
    ...{ classification: 'Restricted', handling: 'redact', what: 'a national or tax number' },
    ...{ many: 'national ids', least: 0.5, matches: masked(/^\[national id\]$/) },
  },
  {
    ...{ classification: 'Confidential', handling: 'mask', what: 'an email address' },
    ...{ many: 'email addresses', least: 0.2, matches: masked(/^\[email\]$/) },
  },
  {
    ...{ classification: 'Confidential', handling: 'mask', what: 'a telephone number' },
    ...{ many: 'telephone numbers', least: 0.5, matches: masked(/^\[phone\]$/) },
  },
  {
    ...{ classification: 'Confidential', handling: 'mask', what: 'text with personal data' },
    ...{ many: 'texts with personal data in them', least: 0.05 },
    matches: (text) => text.includes(' ') && maskPii(text) !== text,
  },
];

const MOST = 200;
const LONGEST = 2_000;

export interface Looked extends Finding {
  /** "7 of 9 samples are email addresses" */
  reason: string;
}

/** What the samples are, or undefined when they look like nothing in particular. */
export function byShape(samples: readonly unknown[]): Looked | undefined {
  const texts = samples.slice(0, MOST).flatMap((value) => {
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    const text = String(value).trim().slice(0, LONGEST);
    return text === '' ? [] : [text];
  });
  if (texts.length === 0) return undefined;
  for (const { many, least, matches, ...finding } of shapes) {
    const count = texts.filter(matches).length;
    if (count === 0 || count / texts.length < least) continue;
    return { ...finding, reason: `${count} of ${texts.length} samples are ${many}` };
  }
  return undefined;
}

const MANY_WORDS = 6;

/** Whether the samples are written by people: on average, several words. */
export function isProse(samples: readonly unknown[]): boolean {
  const texts = samples.filter((value) => typeof value === 'string' && value !== '') as string[];
  const words = texts.reduce((all, text) => all + text.trim().split(/\s+/).length, 0);
  return texts.length > 0 && words / texts.length >= MANY_WORDS;
}
