import type { PoolClient } from '@/lib/infra/trail-db';
import { ProofReader, readTile } from '../../tiles/read';
import { Tile, TILE_WIDTH } from '../../tiles/tile';

const HEIGHT = Math.log2(TILE_WIDTH);

/** The leaves of one full tile with all that their proofs have in common. */
interface Block {
  index: number;
  tile: Tile;
  /** Nodes of the tile as text, by row and position. */
  nodes: string[][];
  /** What follows the hashes from within the tile. */
  above: string[];
}

/**
 * Inclusion paths (RFC 9162, 2.1.3) of leaves in their order, each hash in base64. All leaves
 * of a full tile share the hashes above it, so those are looked up once.
 */
export class Paths {
  readonly #client: PoolClient;
  readonly #workspace: string;
  readonly #size: number;
  readonly #reader: ProofReader;
  #block: Block | undefined;

  constructor(client: PoolClient, workspace: string, size: number) {
    this.#client = client;
    this.#workspace = workspace;
    this.#size = size;
    this.#reader = new ProofReader(client, workspace, size);
  }

  /** The members of the path as a JSON array has them, without its brackets. */
  async of(leaf: number): Promise<string> {
    const index = Math.floor(leaf / TILE_WIDTH);
    if ((index + 1) * TILE_WIDTH > this.#size) {
      return listed((await this.#reader.inclusion(leaf)).map(base64));
    }
    if (this.#block?.index !== index) this.#block = await this.#load(index);
    const { tile, nodes, above } = this.#block;
    const path: string[] = [];
    let position = leaf % TILE_WIDTH;
    for (let row = 0; row < HEIGHT; row += 1) {
      // The sibling of each node on the way up.
      const sibling = position ^ 1;
      const known = (nodes[row] ??= []);
      path.push((known[sibling] ??= base64(tile.node(row, sibling) as Buffer)));
      position >>= 1;
    }
    return listed([...path, ...above]);
  }

  async #load(index: number): Promise<Block> {
    const place = { level: 0, index };
    const hashes = await readTile(this.#client, this.#workspace, place, this.#size);
    const first = await this.#reader.inclusion(index * TILE_WIDTH);
    return {
      index,
      tile: Tile.from(hashes ?? Buffer.alloc(0)),
      nodes: [],
      above: first.slice(HEIGHT).map(base64),
    };
  }
}

const base64 = (hash: Buffer): string => hash.toString('base64');

function listed(path: readonly string[]): string {
  return path.length === 0 ? '' : `"${path.join('","')}"`;
}
