import type { ConsistencyView, ProofView } from '../schema';

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

/**
 * RFC 9162, 2.1.4.2, in the browser: from the proof alone, both roots again. When they come
 * out as given, the larger log begins with all of the smaller one, unchanged.
 */
export async function checkConsistency(view: ConsistencyView): Promise<BrowserCheck> {
  if (globalThis.crypto?.subtle === undefined) return 'unavailable';
  const { from, to, from_root: fromRoot, to_root: toRoot } = view;
  if (from === to) return view.proof.length === 0 && fromRoot === toRoot ? 'proved' : 'broken';
  const powerOfTwo = Number.isInteger(Math.log2(from));
  const [first, ...rest] = powerOfTwo ? [fromRoot, ...view.proof] : view.proof;
  if (first === undefined) return 'broken';
  let [fn, sn] = [from - 1, to - 1];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  let [older, node] = [decode(first), decode(first)];
  for (const text of rest) {
    if (sn === 0) return 'broken';
    const sibling = decode(text);
    if (fn % 2 === 1 || fn === sn) {
      older = await hash([1], sibling, older);
      node = await hash([1], sibling, node);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else {
      node = await hash([1], node, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  const good = sn === 0 && encode(older) === fromRoot && encode(node) === toRoot;
  return good ? 'proved' : 'broken';
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
