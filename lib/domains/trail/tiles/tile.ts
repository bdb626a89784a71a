/**
 * The geometry of C2SP tlog-tiles: a tile of level L holds up to 256 hashes, each the root of
 * a perfect subtree of 256^L leaves. Pure; sizes and indexes are safe integers.
 */
import { nodeHash } from '../merkle';

export const TILE_WIDTH = 256;
export const HASH_BYTES = 32;
const TILE_HEIGHT = 8;

/** One tile by its place: `tile/<level>/<index>`. */
export interface TilePlace {
  level: number;
  index: number;
}

/** How many hashes the tile at a place has in the tree of `size`; 0 when it is not there yet. */
export function widthAt({ level, index }: TilePlace, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, hashes));
}

/** The levels that the tree of `size` has tiles at, from 0. */
export function levelsOf(size: number): number[] {
  const levels: number[] = [];
  for (let level = 0; size >= TILE_WIDTH ** level; level += 1) levels.push(level);
  return levels;
}

/** A tile in memory: its hashes and, once asked for, the nodes above them. */
export class Tile {
  /** Row 0 has the hashes; row r the roots of 2^r of them, only complete ones. */
  readonly #rows: Buffer[][];

  constructor(hashes: readonly Buffer[]) {
    this.#rows = [[...hashes]];
  }

  static from(bytes: Buffer): Tile {
    const hashes: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += HASH_BYTES) {
      hashes.push(bytes.subarray(at, at + HASH_BYTES));
    }
    return new Tile(hashes);
  }

  /** The root of the `position`-th perfect subtree over 2^height of the tile's hashes. */
  node(height: number, position: number): Buffer | undefined {
    for (let row = this.#rows.length; row <= height; row += 1) {
      const below = this.#rows[row - 1] ?? [];
      const nodes: Buffer[] = [];
      for (let at = 0; at + 1 < below.length; at += 2) {
        nodes.push(nodeHash(below[at] as Buffer, below[at + 1] as Buffer));
      }
      this.#rows.push(nodes);
    }
    return this.#rows[height]?.[position];
  }

  /** Of a full tile. */
  root(): Buffer {
    const root = this.node(TILE_HEIGHT, 0);
    if (!root) throw new Error('tile: not full');
    return root;
  }
}

/** The tile that holds the root of the perfect subtree over leaves [start, start + 2^height), and where in it. */
export function placeOf(
  start: number,
  height: number,
): TilePlace & { row: number; position: number } {
  const level = Math.floor(height / TILE_HEIGHT);
  const row = height % TILE_HEIGHT;
  // A full tile's root is the first row of the tile above, which may not be there yet.
  const node = Math.floor(start / 2 ** height);
  const perTile = TILE_WIDTH / 2 ** row;
  return { level, index: Math.floor(node / perTile), row, position: node % perTile };
}

/** `x001/x234/067` for 1234067, as tile paths spell an index. */
export function spellIndex(index: number): string {
  const digits = String(index).padStart(3, '0');
  const whole = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = whole.match(/\d{3}/g) ?? [];
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
}

/** What a path below `tile/` asks for. */
export interface TileRequest {
  /** Undefined for an entry bundle. */
  level: number | undefined;
  index: number;
  width: number;
}

/** Reads the part after `tile/`; undefined when it is no tile's path. Only the one canonical spelling is read. */
export function parseTilePath(path: string): TileRequest | undefined {
  const match =
    /^(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  const [, kind = '', spelled = '', partial] = match ?? [];
  if (!match) return undefined;
  const index = Number(spelled.replaceAll(/[x/]/g, ''));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  if (!Number.isSafeInteger(index) || spellIndex(index) !== spelled) return undefined;
  if (partial !== undefined && width >= TILE_WIDTH) return undefined;
  return { level: kind === 'entries' ? undefined : Number(kind), index, width };
}
