import type { PoolClient } from '@/lib/infra/trail-db';
import { readKeys } from '../keys';
import { checkpointRowAt, latestCheckpointRow, reading } from '../repo';
import { ProofReader, readTile } from '../tiles/read';
import { levelsOf, TILE_WIDTH } from '../tiles/tile';
import { Broken, differsFromLandmark, type Landmark } from './broken';
import { Expired, type Underway } from './expired';
import { KeyChain, reasonOf } from './keys';
import { checkpointsOf, eachEvent, eventFrom, tileBeyond, tilesOf } from './repo';
import { Walk } from './walk';

/** What a verification found. `firstBad` is an index; null when the log is as it was signed. */
export interface LogCheck {
  size: number;
  root: Buffer;
  status: 'ok' | 'failed';
  /** Where the walk that found it began. */
  from: number;
  firstBad: number | null;
  detail: string;
}

export interface CheckOptions {
  /** Begins at this tree, which an earlier verification found good, instead of at the start. */
  from?: Landmark | undefined;
  /** Trees that the log has been before. */
  landmarks?: readonly Landmark[];
  /** What contradicts the log and is no tree to compare it with, in sentences. */
  suspicions?: readonly string[];
  /** Removals of expired events whose event may not have reached the log yet. */
  underway?: readonly Underway[];
  /** Called after every stretch; what it throws ends the verification. */
  onProgress?: (done: number, total: number) => Promise<void>;
}

/** Events between two calls of `onProgress`; what is stored beside them is in memory at once. */
const STRETCH = 16_384;

/**
 * Recomputes a workspace's log: every leaf from its body, the columns that repeat it, no index
 * missing or twice, every tile, the root and signature of every checkpoint, the chain of keys,
 * and the trees that are known from outside. Constant memory, one state of the database; stops
 * at the first thing that is wrong.
 */
export async function checkLog(workspace: string, options: CheckOptions = {}): Promise<LogCheck> {
  return reading(workspace, async (client) => {
    const { from, landmarks = [], ...rest } = options;
    try {
      return await run(client, workspace, options);
    } catch (error) {
      if (!(error instanceof OtherStart) || !from) throw error;
      // What came before is not as it was either: only the whole log says where that begins.
      return run(client, workspace, { ...rest, landmarks: [from, ...landmarks] });
    }
  });
}

/** The start is not the tree that was found good; where that begins is not known. */
class OtherStart extends Error {}

async function run(
  client: PoolClient,
  workspace: string,
  options: CheckOptions,
): Promise<LogCheck> {
  const from = options.from?.size ?? 0;
  const [suspicion] = options.suspicions ?? [];
  const expired = new Expired(options.underway ?? [], from);
  let walk: Walk | undefined;
  const found = () => ({
    size: walk?.tree.size ?? from,
    root: walk?.tree.root() ?? Buffer.alloc(0),
    from,
  });
  try {
    walk = await start(client, workspace, expired, options);
    await follow(client, workspace, walk, expired, options);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { ...found(), status: 'failed', firstBad: error.index, detail: error.message };
  }
  if (suspicion !== undefined) {
    return { ...found(), status: 'failed', firstBad: null, detail: suspicion };
  }
  return { ...found(), status: 'ok', firstBad: null, detail: '' };
}

async function start(
  client: PoolClient,
  workspace: string,
  expired: Expired,
  { from, landmarks = [] }: CheckOptions,
): Promise<Walk> {
  const stored = await readKeys(client, workspace);
  const keys = new KeyChain(workspace, stored, from?.size ?? 0);
  const open = from ? await openTiles(client, workspace, from.size) : [];
  const walk = new Walk({
    workspace,
    keys,
    expired,
    landmarks,
    from: { size: from?.size ?? 0, open },
  });
  if (!from) return walk;
  const signed = await checkpointRowAt(client, workspace, from.size);
  if (!walk.tree.root().equals(from.root) || !signed?.root.equals(from.root)) {
    throw new OtherStart(differsFromLandmark(from, 0).message);
  }
  for (const landmark of landmarks) {
    if (landmark.size > from.size) continue;
    const root = await rootAt(client, workspace, from.size, landmark.size);
    if (!root.equals(landmark.root)) throw new OtherStart(differsFromLandmark(landmark, 0).message);
  }
  return walk;
}

/** The hashes of each level's tile that is not full at this size. */
async function openTiles(client: PoolClient, workspace: string, size: number): Promise<Buffer[]> {
  const open: Buffer[] = [];
  try {
    for (const level of levelsOf(size)) {
      const index = Math.floor(size / TILE_WIDTH ** (level + 1));
      open.push((await readTile(client, workspace, { level, index }, size)) ?? Buffer.alloc(0));
    }
  } catch (error) {
    throw new OtherStart(`The log at size ${size} cannot be read: ${reasonOf(error)}.`);
  }
  return open;
}

async function rootAt(
  client: PoolClient,
  workspace: string,
  size: number,
  older: number,
): Promise<Buffer> {
  return new ProofReader(client, workspace, size).rootAt(older).catch((error: unknown) => {
    throw new OtherStart(`The log at size ${older} cannot be read: ${reasonOf(error)}.`);
  });
}

async function follow(
  client: PoolClient,
  workspace: string,
  walk: Walk,
  expired: Expired,
  { onProgress }: CheckOptions,
): Promise<void> {
  const total = (await latestCheckpointRow(client, workspace))?.size ?? 0;
  await onProgress?.(walk.tree.size, total);
  while (walk.tree.size < total) {
    const stretch = {
      start: walk.tree.size,
      end: Math.min(total, (Math.floor(walk.tree.size / STRETCH) + 1) * STRETCH),
    };
    const checkpoints = await checkpointsOf(client, workspace, stretch);
    const tiles = await tilesOf(client, workspace, stretch);
    await expired.begin(client, workspace, stretch, tiles);
    walk.begin({ checkpoints, tiles });
    await eachEvent(client, workspace, stretch, (row) => walk.event(row));
    await accountFor(client, workspace, walk, stretch.end, total);
    await onProgress?.(walk.tree.size, total);
  }
  const unsigned = await eventFrom(client, workspace, total);
  if (unsigned !== undefined) {
    throw new Broken(total, `No checkpoint covers the events from index ${total}.`);
  }
  walk.end();
  await expired.end(client, workspace, total);
  const beyond = await tileBeyond(client, workspace, total);
  if (beyond) {
    throw new Broken(
      total,
      `The tile ${beyond.index} of level ${beyond.level} is of events that are not there.`,
    );
  }
}

/** Nothing may be missing before `end` but what expired. */
async function accountFor(
  client: PoolClient,
  workspace: string,
  walk: Walk,
  end: number,
  total: number,
): Promise<void> {
  const { size } = walk.tree;
  if (size === end) return;
  try {
    walk.upTo(end);
  } catch (error) {
    const more = await eventFrom(client, workspace, end);
    if (!(error instanceof Broken) || more !== undefined || walk.tree.size > size) throw error;
    throw new Broken(
      size,
      `A checkpoint was signed at size ${total}, but the log ends at ${size}.`,
    );
  }
}
