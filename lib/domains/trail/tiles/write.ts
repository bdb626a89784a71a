import { logger } from '@/lib/infra/logger';
import { binaryArray, type Element, type ElementType } from '@/lib/infra/pg-binary';
import type { ClientBase } from '@/lib/infra/trail-db';
import { MissingHashes, readLeaves } from './read';
import { Tile, TILE_WIDTH } from './tile';

/** Leaves read at once when tiles are made of what is stored. */
const CHUNK = 64 * TILE_WIDTH;

export interface NewTile {
  workspace: string;
  level: number;
  index: number;
  hashes: Buffer;
  root: Buffer;
}

/** Where a log's tiles end: how many full ones a level has, and the hashes after them. */
interface Edge {
  full: number;
  hashes: Buffer[];
}

/** The growing edge of each level of each log that this process appended to. */
export type Edges = Map<string, Edge[]>;

const MOST_LOGS = 1_000;

/**
 * Every tile that the new leaves fill, for the caller to insert in its transaction. `size` is the
 * log's before them. What this process does not know of the log's edge it reads, and makes up
 * for tiles that an older version did not write. On a rollback call `edges.clear()`.
 */
export async function newTiles(
  client: ClientBase,
  workspace: string,
  size: number,
  leaves: readonly Buffer[],
  edges: Edges,
): Promise<NewTile[]> {
  let levels = edges.get(workspace);
  if (!levels || sizeOf(levels) !== size) {
    levels = await catchUp(client, workspace, size).catch((error: unknown) => {
      if (!(error instanceof MissingHashes)) throw error;
      // What was taken out of one log must not stop this log, nor the others.
      logger.error({ err: error, workspace }, 'the log is damaged; its tiles are not written');
      return undefined;
    });
  }
  edges.delete(workspace);
  if (!levels) return [];
  const made = push(workspace, levels, leaves);
  edges.set(workspace, levels);
  const [oldest] = edges.keys();
  if (edges.size > MOST_LOGS && oldest !== undefined) edges.delete(oldest);
  return made;
}

function sizeOf([lowest]: readonly Edge[]): number {
  return lowest ? lowest.full * TILE_WIDTH + lowest.hashes.length : 0;
}

/** Adds leaves to the edge; gives the tiles that became full, lower ones first. */
function push(workspace: string, levels: Edge[], leaves: readonly Buffer[]): NewTile[] {
  const made: NewTile[] = [];
  for (const leaf of leaves) {
    let hash: Buffer | undefined = leaf;
    for (let level = 0; hash; level += 1) {
      const edge: Edge = (levels[level] ??= { full: 0, hashes: [] });
      edge.hashes.push(hash);
      hash = undefined;
      if (edge.hashes.length === TILE_WIDTH) {
        const root = new Tile(edge.hashes).root();
        made.push({
          workspace,
          level,
          index: edge.full,
          hashes: Buffer.concat(edge.hashes),
          root,
        });
        edge.full += 1;
        edge.hashes = [];
        hash = root;
      }
    }
  }
  return made;
}

/** The edge as it is stored, after writing tiles that are not there though their leaves are. */
async function catchUp(client: ClientBase, workspace: string, size: number): Promise<Edge[]> {
  const levels = await storedEdge(client, workspace);
  for (let at = sizeOf(levels); at < size; at = sizeOf(levels)) {
    const range = { start: at, end: Math.min(size, at + CHUNK) };
    const leaves = await readLeaves(client, workspace, range);
    await insertTiles(client, push(workspace, levels, leaves));
  }
  return levels;
}

async function storedEdge(client: ClientBase, workspace: string): Promise<Edge[]> {
  const { rows } = await client.query<{ level: number; full: string }>(
    `SELECT level, max(idx) + 1 AS full FROM tiles WHERE workspace_id = $1 GROUP BY level ORDER BY level`,
    [workspace],
  );
  const full = rows.map((row) => Number(row.full));
  const levels: Edge[] = [];
  for (const [level, count] of full.entries()) {
    // The level's open hashes are the roots of full tiles below; the leaves are read by the caller.
    const below = level === 0 ? 0 : (full[level - 1] ?? 0) - count * TILE_WIDTH;
    levels.push({ full: count, hashes: await roots(client, workspace, level, count, below) });
  }
  const top = full.length;
  if (top > 0) {
    levels.push({ full: 0, hashes: await roots(client, workspace, top, 0, full[top - 1] ?? 0) });
  }
  return levels;
}

async function roots(
  client: ClientBase,
  workspace: string,
  level: number,
  full: number,
  count: number,
): Promise<Buffer[]> {
  if (count <= 0) return [];
  const { rows } = await client.query<{ root: Buffer }>(
    'SELECT root FROM tiles WHERE workspace_id = $1 AND level = $2 AND idx >= $3 ORDER BY idx',
    [workspace, level - 1, full * TILE_WIDTH],
  );
  return rows.map((row) => row.root);
}

const tileColumns: readonly [ElementType, (tile: NewTile) => Element][] = [
  ['text', (tile) => tile.workspace],
  ['smallint', (tile) => tile.level],
  ['bigint', (tile) => tile.index],
  ['bytea', (tile) => tile.hashes],
  ['bytea', (tile) => tile.root],
];

/** Writes tiles within the caller's transaction. */
export async function insertTiles(client: ClientBase, tiles: readonly NewTile[]): Promise<void> {
  if (tiles.length === 0) return;
  await client.query({
    name: 'trail-insert-tiles',
    text: `INSERT INTO tiles (workspace_id, level, idx, hashes, root)
           SELECT * FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::bytea[], $5::bytea[])`,
    values: tileColumns.map(([type, read]) => binaryArray(type, tiles.map(read))),
  });
}
