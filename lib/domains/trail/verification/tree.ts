import { hash } from 'node:crypto';
import { emptyRoot, nodeHash, rootOf } from '../merkle';
import { HASH_BYTES, TILE_WIDTH } from '../tiles/tile';

/** A tile that has just been filled; its hashes are good until the next leaf. */
export interface FilledTile {
  level: number;
  index: number;
  hashes: Buffer;
  root: Buffer;
}

/** log2 of the tile's width: the height at which a tile's root stands above its hashes. */
const TILE_HEIGHT = 8;
const MOST_HEIGHT = 54;
const NODE = 1;

/**
 * The roots of a tree's perfect subtrees, largest first, side by side in one piece of memory:
 * the last two are hashed where they lie, after a byte that RFC 6962 wants before a node.
 */
class Roots {
  readonly #bytes = Buffer.alloc(1 + (MOST_HEIGHT + 1) * HASH_BYTES);
  readonly #pairs = Array.from({ length: MOST_HEIGHT }, (_, at) =>
    this.#bytes.subarray(at * HASH_BYTES, 1 + (at + 2) * HASH_BYTES),
  );
  #count = 0;

  /** `digest` as a string of bytes, which costs less than a buffer of its own. */
  push(digest: string): void {
    this.#bytes.write(digest, 1 + this.#count * HASH_BYTES, 'latin1');
    this.#count += 1;
  }

  /** Replaces the last two by the node above them. */
  merge(): string {
    const left = this.#count - 2;
    const before = left * HASH_BYTES;
    const kept = this.#bytes[before] ?? 0;
    this.#bytes[before] = NODE;
    const digest = hash('sha256', this.#pairs[left] as Buffer, 'binary');
    this.#bytes[before] = kept;
    this.#count -= 2;
    this.push(digest);
    return digest;
  }

  bytes(): Buffer {
    return Buffer.from(this.#bytes.subarray(1, 1 + this.#count * HASH_BYTES));
  }
}

/**
 * A Merkle tree as it grows leaf by leaf: the roots of its perfect subtrees, and of each tile
 * level the hashes of the tile that is not full yet. One hash is computed for each leaf.
 */
export class GrowingTree {
  #size = 0;
  readonly #roots = new Roots();
  readonly #open: Buffer[] = [];
  readonly #onTile: (tile: FilledTile) => void;

  constructor(onTile: (tile: FilledTile) => void) {
    this.#onTile = onTile;
  }

  /**
   * The tree of `size`, from the hashes of each level's open tile, lowest level first. What
   * they are worth shows in the root.
   */
  static from(
    size: number,
    open: readonly Buffer[],
    onTile: (tile: FilledTile) => void,
  ): GrowingTree {
    const tree = new GrowingTree(onTile);
    tree.#size = size;
    for (let level = open.length - 1; level >= 0; level -= 1) {
      const hashes = open[level] ?? Buffer.alloc(0);
      hashes.copy(tree.#openAt(level));
      for (const root of perfectRoots(hashes)) tree.#roots.push(root.toString('latin1'));
    }
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  /** Appends a leaf by its hash, a string of 32 bytes. */
  push(leaf: string): void {
    this.#place(0, leaf);
    this.#roots.push(leaf);
    let height = 0;
    // Each trailing one bit of the size is a perfect subtree that the new leaf completes.
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const node = this.#roots.merge();
      height += 1;
      if (height % TILE_HEIGHT === 0) this.#filled(height / TILE_HEIGHT, node);
    }
    this.#size += 1;
  }

  root(): Buffer {
    const roots = split(this.frontier());
    const last = roots.pop();
    if (!last) return emptyRoot;
    return roots.reduceRight((right, left) => nodeHash(left, right), last);
  }

  /** Roots of the perfect subtrees, largest first, as a checkpoint's row keeps them. */
  frontier(): Buffer {
    return this.#roots.bytes();
  }

  /** The leaves of the lowest tile so far; a view. */
  openLeaves(): Buffer {
    return this.#openAt(0).subarray(0, (this.#size % TILE_WIDTH) * HASH_BYTES);
  }

  #openAt(level: number): Buffer {
    return (this.#open[level] ??= Buffer.alloc(TILE_WIDTH * HASH_BYTES));
  }

  /** Before the size counts the leaf at hand, its place at each level follows from the size. */
  #place(level: number, digest: string): void {
    const entry = Math.floor(this.#size / TILE_WIDTH ** level) % TILE_WIDTH;
    this.#openAt(level).write(digest, entry * HASH_BYTES, 'latin1');
  }

  #filled(level: number, root: string): void {
    this.#onTile({
      level: level - 1,
      index: Math.floor(this.#size / TILE_WIDTH ** level),
      hashes: this.#openAt(level - 1),
      root: Buffer.from(root, 'latin1'),
    });
    this.#place(level, root);
  }
}

function split(hashes: Buffer): Buffer[] {
  return Array.from({ length: hashes.length / HASH_BYTES }, (_, n) =>
    hashes.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES),
  );
}

/** The roots over the perfect subtrees of a tile that is not full, largest first. */
function perfectRoots(hashes: Buffer): Buffer[] {
  const leaves = split(hashes);
  const roots: Buffer[] = [];
  let at = 0;
  for (let width = TILE_WIDTH / 2; width >= 1; width /= 2) {
    if ((leaves.length & width) === 0) continue;
    roots.push(rootOf(leaves.slice(at, at + width)));
    at += width;
  }
  return roots;
}
