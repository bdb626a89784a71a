/**
 * The Merkle tree of RFC 6962 section 2.1 and RFC 9162 section 2.1: leaf and node hashes,
 * appending, inclusion and consistency proofs. Pure; sizes and indexes are safe integers.
 */
import { hash } from 'node:crypto';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);
const HASH_BYTES = 32;

export function leafHash(entry: string | Buffer): Buffer {
  const said = typeof entry === 'string' ? `\0${entry}` : Buffer.concat([LEAF, entry]);
  return hash('sha256', said, 'buffer');
}

export function nodeHash(left: Buffer, right: Buffer): Buffer {
  // The tree's only lengths; whatever else is asked for must not be hashed as something else.
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) {
    return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer');
  }
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return hash('sha256', pair, 'buffer');
}

/** The root of the tree without leaves. */
export const emptyRoot = hash('sha256', '', 'buffer');

/** Where two nodes stand to be hashed, so that there is nothing to collect for each. */
const pair = Buffer.concat([NODE, emptyRoot, emptyRoot]);

/** The perfect subtrees of a tree, largest first: all that appending and the root need. */
export class Frontier {
  #size = 0;
  readonly #roots: Buffer[] = [];

  /** Restores what `bytes` gave at this size; throws when they do not belong together. */
  static from(size: number, bytes: Buffer): Frontier {
    const roots = ones(size);
    if (bytes.length !== roots * HASH_BYTES) throw new Error(`frontier: not of a tree of ${size}`);
    const frontier = new Frontier();
    frontier.#size = size;
    for (let at = 0; at < bytes.length; at += HASH_BYTES) {
      frontier.#roots.push(Buffer.from(bytes.subarray(at, at + HASH_BYTES)));
    }
    return frontier;
  }

  get size(): number {
    return this.#size;
  }

  /** Appends a leaf by its hash. */
  push(leaf: Buffer): void {
    let node = leaf;
    // Each trailing one bit of the size is a perfect subtree that the new leaf completes.
    for (let size = this.#size; size % 2 === 1; size = Math.floor(size / 2)) {
      node = nodeHash(this.#roots.pop() ?? node, node);
    }
    this.#roots.push(node);
    this.#size += 1;
  }

  root(): Buffer {
    const last = this.#roots.at(-1);
    if (!last) return emptyRoot;
    return this.#roots.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#roots);
  }
}

function ones(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}

/** Leaves from `start` up to, not including, `end`; one member of a proof is their root. */
export interface Range {
  start: number;
  end: number;
}

/** The subtrees whose roots prove that leaf `index` is in the tree of `size`, in the proof's order. */
export function inclusionRanges(index: number, size: number): Range[] {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size))
    throw new RangeError('index outside the tree');
  const ranges: Range[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** The subtrees whose roots prove that the tree of `size` extends the one of `older`. */
export function consistencyRanges(older: number, size: number): Range[] {
  if (!(Number.isSafeInteger(older) && older > 0 && older <= size))
    throw new RangeError('sizes out of order');
  const ranges: Range[] = [];
  let [start, end] = [0, size];
  while (end !== older) {
    const middle = start + split(end - start);
    if (older <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // A verifier that has the older root knows this subtree already when it is the whole of it.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

/** The largest power of two below `count`. */
function split(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** The root over leaf hashes. */
export function rootOf(leaves: readonly Buffer[]): Buffer {
  const frontier = new Frontier();
  for (const leaf of leaves) frontier.push(leaf);
  return frontier.root();
}

export function inclusionProof(leaves: readonly Buffer[], index: number): Buffer[] {
  return inclusionRanges(index, leaves.length).map(({ start, end }) =>
    rootOf(leaves.slice(start, end)),
  );
}

export function consistencyProof(leaves: readonly Buffer[], older: number): Buffer[] {
  return consistencyRanges(older, leaves.length).map(({ start, end }) =>
    rootOf(leaves.slice(start, end)),
  );
}

/** RFC 9162, 2.1.3.2: whether the leaf is at `index` of the tree with this root. */
export function verifyInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (!validSize(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let [fn, sn] = [index, size - 1];
  let node = leaf;
  for (const sibling of proof) {
    if (sn === 0 || sibling.length !== HASH_BYTES) return false;
    if (fn % 2 === 1 || fn === sn) {
      node = nodeHash(sibling, node);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      node = nodeHash(node, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && node.equals(root);
}

/**
 * RFC 9162, 2.1.4.2: whether the tree of `size` with `root` extends the one of `older` with
 * `olderRoot`. An older size of 0 is refused: it is consistent with everything, so it proves nothing.
 */
export function verifyConsistency(
  older: number,
  size: number,
  proof: readonly Buffer[],
  olderRoot: Buffer,
  root: Buffer,
): boolean {
  if (!validSize(older) || !validSize(size) || older === 0 || older > size) return false;
  if (older === size) return proof.length === 0 && olderRoot.equals(root);
  if (proof.some((hash) => hash.length !== HASH_BYTES)) return false;
  const path = isPowerOfTwo(older) ? [olderRoot, ...proof] : [...proof];
  const [first, ...rest] = path;
  if (!first || proof.length === 0) return false;
  let [fn, sn] = [older - 1, size - 1];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let [olderNode, node] = [first, first];
  for (const sibling of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      olderNode = nodeHash(sibling, olderNode);
      node = nodeHash(sibling, node);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      node = nodeHash(node, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && olderNode.equals(olderRoot) && node.equals(root);
}

const half = (value: number): number => Math.floor(value / 2);
const validSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;
const isPowerOfTwo = (size: number): boolean => ones(size) === 1;
