import { isWord, type Match } from './place';

const MOST_LOCAL = 64;
const MOST_DOMAIN = 253;
const domain = /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}\p{L}[\p{L}\p{N}-]{1,62}/uy;
const other = /[\p{L}\p{N}\p{M}]/u;

/**
 * The address around an @ (or a %40, as in a URL). Looks back no further than what has been
 * read already, so that a row of @ costs no more than other text.
 */
export function emailAt(text: string, at: number, from: number): Match | undefined {
  const width = text.charCodeAt(at) === 0x40 ? 1 : 3;
  if (width === 3 && text.slice(at, at + 3) !== '%40') return undefined;
  domain.lastIndex = at + width;
  const found = domain.exec(text)?.[0];
  if (found === undefined || found.length > MOST_DOMAIN) return undefined;
  let start = at;
  const furthest = Math.max(from, at - MOST_LOCAL);
  while (start > furthest && isLocal(text, start - 1)) start -= 1;
  // Quotes and dots around it are the sentence's.
  while (start < at && /['.-]/.test(text.charAt(start))) start += 1;
  if (start === at) return undefined;
  return { start, end: at + width + found.length, mask: '[email]' };
}

function isLocal(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 0x80) return isWord(code) || ".%+'-".includes(text.charAt(at));
  return other.test(text.charAt(at));
}
