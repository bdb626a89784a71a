import type { ClientBase } from '@/lib/infra/trail-db';
import { Problem } from '@/lib/kernel/problem';
import { consistencyRanges, emptyRoot, inclusionRanges, nodeHash, type Range } from '../merkle';
import { placeOf, Tile, TILE_WIDTH, type TilePlace, widthAt } from './tile';

/** The log does not have what its size says: a verification tells where. */
export class MissingHashes extends Error {
  override name = 'MissingHashes';
}

/** Leaf hashes of [start, end) in order; those of expired events are kept as long as no full tile has them. */
export async function readLeaves(
  client: ClientBase,
  workspace: string,
  { start, end }: Range,
): Promise<Buffer[]> {
  const { rows } = await client.query<{ idx: string; leaf_hash: Buffer }>({
    name: 'trail-leaves',
    text: `SELECT idx, leaf_hash FROM events WHERE workspace_id = $1 AND idx >= $2 AND idx < $3
           UNION ALL
           SELECT idx, leaf_hash FROM kept_leaves WHERE workspace_id = $1 AND idx >= $2 AND idx < $3
           ORDER BY idx`,
    values: [workspace, start, end],
  });
  if (rows.length !== end - start || rows.some((row, at) => Number(row.idx) !== start + at)) {
    throw new MissingHashes(`the leaf hashes from ${start} to ${end} are not all there`);
  }
  return rows.map((row) => row.leaf_hash);
}

async function readRoots(
  client: ClientBase,
  workspace: string,
  { level, index }: TilePlace,
  width: number,
): Promise<Buffer[]> {
  const first = index * TILE_WIDTH;
  const { rows } = await client.query<{ root: Buffer }>({
    name: 'trail-tile-roots',
    text: `SELECT root FROM tiles WHERE workspace_id = $1 AND level = $2 AND idx >= $3 AND idx < $4 ORDER BY idx`,
    values: [workspace, level - 1, first, first + width],
  });
  if (rows.length !== width) throw new MissingHashes(`tiles of level ${level - 1} are missing`);
  return rows.map((row) => row.root);
}

/**
 * The hashes of one tile as they are in the tree of `size`, 32 bytes each; undefined when the
 * tree has no such tile.
 */
export async function readTile(
  client: ClientBase,
  workspace: string,
  place: TilePlace,
  size: number,
): Promise<Buffer | undefined> {
  const width = widthAt(place, size);
  if (width === 0) return undefined;
  if (width === TILE_WIDTH) return readFull(client, workspace, place);
  const first = place.index * TILE_WIDTH;
  // While a tile is not full, its hashes are the newest leaves, or the roots of the tiles below.
  const hashes =
    place.level === 0
      ? await readLeaves(client, workspace, { start: first, end: first + width })
      : await readRoots(client, workspace, place, width);
  return Buffer.concat(hashes);
}

async function readFull(
  client: ClientBase,
  workspace: string,
  { level, index }: TilePlace,
): Promise<Buffer> {
  const { rows } = await client.query<{ hashes: Buffer }>({
    name: 'trail-tile',
    text: 'SELECT hashes FROM tiles WHERE workspace_id = $1 AND level = $2 AND idx = $3',
    values: [workspace, level, index],
  });
  if (!rows[0]) throw new MissingHashes(`the tile ${index} of level ${level} is missing`);
  return rows[0].hashes;
}

const ENTRY_LIMIT = 0xffff;

/**
 * The events of [start, end) as an entry bundle: each its canonical bytes after their length
 * as a big-endian uint16. Throws 410 when some have expired, and 404 when one is too long to
 * be said that way; their hashes stay in the tiles.
 */
export async function readEntries(
  client: ClientBase,
  workspace: string,
  { start, end }: Range,
): Promise<Buffer> {
  const { rows } = await client.query<{ body: string }>({
    name: 'trail-entries',
    text: `SELECT body FROM events WHERE workspace_id = $1 AND idx >= $2 AND idx < $3 ORDER BY idx`,
    values: [workspace, start, end],
  });
  if (rows.length !== end - start) {
    throw new Problem({
      status: 410,
      code: 'entries_expired',
      title: 'Entries expired',
      detail: 'Some of these events are past their retention. Their hashes are in the tiles.',
    });
  }
  const parts = rows.flatMap(({ body }) => {
    const entry = Buffer.from(body);
    if (entry.length > ENTRY_LIMIT) {
      throw new Problem({
        status: 404,
        code: 'entry_too_long',
        title: 'Entry too long',
        detail: `An event here has more than ${ENTRY_LIMIT} bytes, which an entry bundle cannot say. Export it instead.`,
      });
    }
    const length = Buffer.alloc(2);
    length.writeUInt16BE(entry.length);
    return [length, entry];
  });
  return Buffer.concat(parts);
}

const CACHED_TILES = 128;

/** Proofs in one tree, from its tiles. Reads each tile once; `size` must be that of a signed tree. */
export class ProofReader {
  readonly #client: ClientBase;
  readonly #workspace: string;
  readonly size: number;
  readonly #tiles = new Map<string, Tile>();

  constructor(client: ClientBase, workspace: string, size: number) {
    this.#client = client;
    this.#workspace = workspace;
    this.size = size;
  }

  /** RFC 9162, 2.1.3: that leaf `index` is in the tree. */
  async inclusion(index: number): Promise<Buffer[]> {
    return this.#roots(inclusionRanges(index, this.size));
  }

  /** The same of many leaves, in their order. */
  async inclusions(indexes: readonly number[]): Promise<Buffer[][]> {
    const proofs: Buffer[][] = [];
    for (const index of indexes) proofs.push(await this.inclusion(index));
    return proofs;
  }

  /** RFC 9162, 2.1.4: that the tree extends the one of size `older`, which is not 0. */
  async consistency(older: number): Promise<Buffer[]> {
    return this.#roots(consistencyRanges(older, this.size));
  }

  /** The root of the tree that the first `size` leaves make. */
  async rootAt(size: number): Promise<Buffer> {
    return size === 0 ? emptyRoot : this.#rootOf({ start: 0, end: size });
  }

  async #roots(ranges: readonly Range[]): Promise<Buffer[]> {
    const roots: Buffer[] = [];
    for (const range of ranges) roots.push(await this.#rootOf(range));
    return roots;
  }

  async #rootOf({ start, end }: Range): Promise<Buffer> {
    const leaves = end - start;
    const height = Math.floor(Math.log2(leaves));
    if (leaves === 2 ** height) return this.#node(start, height);
    const middle = start + 2 ** height;
    const [left, right] = [
      await this.#rootOf({ start, end: middle }),
      await this.#rootOf({ start: middle, end }),
    ];
    return nodeHash(left, right);
  }

  async #node(start: number, height: number): Promise<Buffer> {
    const place = placeOf(start, height);
    const known = this.#tiles.get(`${place.level}/${place.index}`);
    const tile = known ?? (await this.#load(place));
    const node = tile.node(place.row, place.position);
    if (!node) throw new Error(`no node of height ${height} over leaf ${start}`);
    return node;
  }

  async #load(place: TilePlace): Promise<Tile> {
    const bytes = await readTile(this.#client, this.#workspace, place, this.size);
    const tile = Tile.from(bytes ?? Buffer.alloc(0));
    // The oldest goes: proofs are asked for in the order of the log.
    if (this.#tiles.size >= CACHED_TILES) {
      for (const key of [...this.#tiles.keys()].slice(0, CACHED_TILES / 4)) this.#tiles.delete(key);
    }
    this.#tiles.set(`${place.level}/${place.index}`, tile);
    return tile;
  }
}
