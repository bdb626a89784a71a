import type { ProofView } from '../schema';

type Bytes = Uint8Array<ArrayBuffer>;

/** What this browser found out by itself, from the event's text and the proof alone. */
export type BrowserCheck = 'proved' | 'broken' | 'unavailable';

/**
 * RFC 9162, 2.1.3.2, in the browser: hashes the event's text, folds the proof into a root,
 * and compares it with the one that the checkpoint's text names.
 */
export async function checkInBrowser(body: string, view: ProofView): Promise<BrowserCheck> {
  // Outside HTTPS and the loopback address browsers have no hashing to offer.
  if (globalThis.crypto?.subtle === undefined) return 'unavailable';
  let node = await hash([0], new TextEncoder().encode(body));
  if (encode(node) !== view.leaf_hash) return 'broken';
  let [fn, sn] = [view.index, view.size - 1];
  for (const text of view.proof) {
    if (sn === 0) return 'broken';
    const sibling = decode(text);
    if (fn % 2 === 1 || fn === sn) {
      node = await hash([1], sibling, node);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else {
      node = await hash([1], node, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  const [, size, root] = view.checkpoint.split('\n');
  return sn === 0 && Number(size) === view.size && root === encode(node) ? 'proved' : 'broken';
}

async function hash(prefix: number[], ...parts: Bytes[]): Promise<Bytes> {
  const whole = new Uint8Array(prefix.length + parts.reduce((sum, part) => sum + part.length, 0));
  whole.set(prefix);
  let at = prefix.length;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
}

function encode(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes));
}

function decode(text: string): Bytes {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
