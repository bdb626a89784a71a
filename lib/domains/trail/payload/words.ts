import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { PayloadKey } from './keys';

const HEX_DIGITS = 16;
/** Words come again and again; hashing each anew would cost more than the rest of sequencing. */
const known = new LRUCache<string, string>({ max: 100_000 });

/**
 * What stands in the index for a word of a protected payload: 64 bits of an HMAC under a key
 * derived from the payload's. Without positions, so that no order of words can be told; and
 * once the key is destroyed nobody can tell what it stood for.
 */
export function wordHash(key: PayloadKey, word: string): string {
  const place = `${key.id} ${word}`;
  const found = known.get(place);
  if (found !== undefined) return found;
  const made = createHmac('sha256', key.hashKey).update(word).digest('hex').slice(0, HEX_DIGITS);
  known.set(place, made);
  return made;
}
