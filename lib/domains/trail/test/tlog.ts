import { Frontier, leafHash } from '../merkle';
import { openCheckpoint, type Verifier } from '../note';
import { levelsOf, spellIndex, Tile, TILE_WIDTH, widthAt } from '../tiles/tile';

/** Reads `tile/…` of a log; undefined when there is none. */
export type ReadTile = (path: string) => Buffer | undefined | Promise<Buffer | undefined>;

/** The entries of a bundle: each led by its length in two bytes (C2SP tlog-tiles). */
function entriesOf(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length;) {
    const length = bundle.readUInt16BE(at);
    const entry = bundle.subarray(at + 2, at + 2 + length);
    if (entry.length !== length) throw new Error('the bundle ends within an entry');
    entries.push(entry);
    at += 2 + length;
  }
  return entries;
}

/**
 * Verifies a whole tlog-tiles log as one of its checkpoints signs it: every entry hashes to its
 * place in the tiles, every tile to the one above, and all of them to the signed root. Gives
 * the leaf hashes; throws at the first thing that is not so.
 */
export async function verifyTlog(
  read: ReadTile,
  checkpoint: string,
  verifier: Verifier,
): Promise<{ size: number; root: Buffer; leaves: Buffer[] }> {
  const { size, root } = openCheckpoint(checkpoint, [verifier]);
  const fetched = async (kind: string, index: number, width: number) => {
    const path = `tile/${kind}/${spellIndex(index)}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
    const bytes = await read(path);
    if (!bytes) throw new Error(`${path} is missing`);
    return bytes;
  };
  let below: Buffer[] = [];
  const leaves: Buffer[] = [];
  for (const level of levelsOf(size)) {
    const roots: Buffer[] = [];
    for (let index = 0; widthAt({ level, index }, size) > 0; index += 1) {
      const width = widthAt({ level, index }, size);
      const tile = await fetched(String(level), index, width);
      const hashes =
        level === 0
          ? entriesOf(await fetched('entries', index, width)).map((entry) => leafHash(entry))
          : below.slice(index * TILE_WIDTH, index * TILE_WIDTH + width);
      if (!Buffer.concat(hashes).equals(tile)) throw new Error(`tile ${level}/${index} is wrong`);
      if (level === 0) leaves.push(...hashes);
      if (width === TILE_WIDTH) roots.push(Tile.from(tile).root());
    }
    below = roots;
  }
  const frontier = new Frontier();
  for (const leaf of leaves) frontier.push(leaf);
  if (frontier.size !== size || !frontier.root().equals(root)) {
    throw new Error('the entries do not make the root that the checkpoint signs');
  }
  return { size, root, leaves };
}
