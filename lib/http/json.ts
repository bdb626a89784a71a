/** What both doors ask of a JSON body beyond its syntax: its media type, its encoding, and each name once. */
import { isUtf8 } from 'node:buffer';
import { Problem } from '@/lib/kernel/problem';

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]+)/i;

/** Throws 415 for a body that is no JSON in UTF-8, or is packed. */
export function assertJsonType(type: string | null | undefined, packed?: string | null): void {
  if (type !== 'application/json') {
    if (!type || !JSON_TYPE.test(type)) throw unsupported('Send the body as application/json.');
    const charset = CHARSET.exec(type)?.[1] ?? 'utf-8';
    if (!/^utf-?8$/i.test(charset)) {
      throw unsupported(`Send the body in UTF-8; ${charset.slice(0, 40)} is not read here.`);
    }
  }
  if (packed && packed.trim().toLowerCase() !== 'identity') {
    throw unsupported('Send the body as it is, without a Content-Encoding.', {
      'Accept-Encoding': 'identity',
    });
  }
}

function unsupported(detail: string, headers?: Record<string, string>): Problem {
  return new Problem({
    status: 415,
    code: 'unsupported_media_type',
    title: 'Unsupported media type',
    detail,
    ...(headers ? { headers } : {}),
  });
}

/** A body's text; 400 for bytes that are no UTF-8, which would be recorded as something else. */
export function utf8Text(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new Problem({
    status: 400,
    code: 'not_utf8',
    title: 'Not UTF-8',
    detail: 'The body is not valid UTF-8. Encode its text as UTF-8 and send it again.',
  });
}

/**
 * Throws 400 when an object in the text has a member twice (I-JSON, RFC 7493 section 2.3): of two, parsing
 * keeps the last, and what is digested would not be all that was sent. `value` is the text, parsed.
 *
 * The members said are counted against those kept, which costs a small part of parsing; only a text
 * where they differ is read once more, for the name.
 */
export function assertNamesOnce(text: string, value: unknown): void {
  if (membersSaid(text) === membersIn(value)) return;
  throw new Problem({
    status: 400,
    code: 'duplicate_member',
    title: 'Duplicate member',
    detail: `The body has the member ${JSON.stringify(firstTwice(text))} twice in one object. Send it once.`,
  });
}

function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += membersIn(item);
    return count;
  }
  const record = value as Record<string, unknown>;
  for (const name in record) count += 1 + membersIn(record[name]);
  return count;
}

const QUOTE = '"';
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** Strings of a JSON text that a colon follows. Goes from quote to quote, so that long texts cost little. */
function membersSaid(text: string): number {
  let count = 0;
  let start = text.indexOf(QUOTE);
  while (start >= 0) {
    let end = text.indexOf(QUOTE, start + 1);
    while (isEscaped(text, end)) end = text.indexOf(QUOTE, end + 1);
    let next = end + 1;
    // White space of JSON is all at or below the space, and nothing else is.
    while (text.charCodeAt(next) <= SPACE) next += 1;
    if (text.charCodeAt(next) === COLON) count += 1;
    start = text.indexOf(QUOTE, next);
  }
  return count;
}

function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text.charCodeAt(at) === BACKSLASH) at -= 1;
  return (quote - at) % 2 === 0;
}

/** The first name that an object of a JSON text has twice. */
function firstTwice(text: string): string {
  const open: Set<string>[] = [];
  for (const [token, name] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (name !== undefined) {
      const parsed = String(JSON.parse(name));
      const names = open.at(-1);
      if (names?.has(parsed)) return parsed;
      names?.add(parsed);
    }
  }
  return '';
}
