import { emptyRoot, nodeHash, rootOf } from '../merkle';
import { HASH_BYTES, TILE_WIDTH } from '../tiles/tile';

/** A tile that has just been filled; `hashes` is good until the next leaf. */
export interface FilledTile {
  level: number;
  index: number;
  hashes: Buffer;
  root: Buffer;
}

/** log2 of the tile's width: the height at which a tile's root stands above its hashes. */
const TILE_HEIGHT = 8;

/**
 * A Merkle tree as it grows leaf by leaf: the roots of its perfect subtrees, and of each tile
 * level the hashes of the tile that is not full yet. One hash is computed for each leaf.
 */
export class GrowingTree {
  #size = 0;
  readonly #roots: Buffer[] = [];
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
      tree.#roots.push(...perfectRoots(hashes));
    }
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  push(leaf: Buffer): void {
    this.#place(0, leaf);
    let node = leaf;
    let height = 0;
    // Each trailing one bit of the size is a perfect subtree that the new leaf completes.
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      node = nodeHash(this.#roots.pop() ?? node, node);
      height += 1;
      if (height % TILE_HEIGHT === 0) this.#filled(height / TILE_HEIGHT, node);
    }
    this.#roots.push(node);
    this.#size += 1;
  }

  root(): Buffer {
    const last = this.#roots.at(-1);
    if (!last) return emptyRoot;
    return this.#roots.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
  }

  /** Roots of the perfect subtrees, largest first, as a checkpoint's row keeps them. */
  frontier(): Buffer {
    return Buffer.concat(this.#roots);
  }

  /** The leaves of the lowest tile so far; a view. */
  openLeaves(): Buffer {
    return this.#openAt(0).subarray(0, (this.#size % TILE_WIDTH) * HASH_BYTES);
  }

  #openAt(level: number): Buffer {
    return (this.#open[level] ??= Buffer.alloc(TILE_WIDTH * HASH_BYTES));
  }

  /** Before the size counts the leaf at hand, its place at each level follows from the size. */
  #place(level: number, hash: Buffer): void {
    const entry = Math.floor(this.#size / TILE_WIDTH ** level) % TILE_WIDTH;
    hash.copy(this.#openAt(level), entry * HASH_BYTES);
  }

  #filled(level: number, root: Buffer): void {
    this.#onTile({
      level: level - 1,
      index: Math.floor(this.#size / TILE_WIDTH ** level),
      hashes: this.#openAt(level - 1),
      root,
    });
    this.#place(level, root);
  }
}

/** The roots over the perfect subtrees of a tile that is not full, largest first. */
function perfectRoots(hashes: Buffer): Buffer[] {
  const count = hashes.length / HASH_BYTES;
  const roots: Buffer[] = [];
  let at = 0;
  for (let width = TILE_WIDTH / 2; width >= 1; width /= 2) {
    if ((count & width) === 0) continue;
    const leaves = Array.from({ length: width }, (_, n) =>
      Buffer.from(hashes.subarray((at + n) * HASH_BYTES, (at + n + 1) * HASH_BYTES)),
    );
    roots.push(rootOf(leaves));
    at += width;
  }
  return roots;
}
