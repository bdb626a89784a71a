/** File names of things, safe on every file system and equal for equal names alone. */
import { createHash } from 'node:crypto';

const plain = /^[a-z0-9_-]$/;
/** Names of devices on Windows, with or without an extension. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/;
const LONGEST = 180;
const HASH_DIGITS = 32;

/**
 * A thing's name as a file name without its extension. Lower-case letters, digits, `_`, `-` and
 * `.` between them stand for themselves; every other byte of its UTF-8 is `%` and two lower-case
 * digits, so that no two names meet where case or accents do not count. A very long one ends in
 * `~` and a hash of the whole.
 */
export function fileNameOf(name: string): string {
  const characters = [...name];
  const escaped = characters
    .map((character, at) => {
      const inside = at > 0 && at < characters.length - 1;
      return plain.test(character) || (character === '.' && inside) ? character : escape(character);
    })
    .join('');
  const safe = device.test(escaped) ? escape(escaped.charAt(0)) + escaped.slice(1) : escaped;
  if (safe.length <= LONGEST) return safe;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS);
  // Not within an escape, so that what is left can be read.
  return `${safe.slice(0, LONGEST - HASH_DIGITS - 1).replace(/%[0-9a-f]?$/, '')}~${hash}`;
}

function escape(character: string): string {
  return [...Buffer.from(character, 'utf8')]
    .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
    .join('');
}
