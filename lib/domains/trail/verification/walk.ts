import { hash } from 'node:crypto';
import type { RawRow } from '@/lib/infra/copy-each';
import type { CheckpointRow } from '../repo';
import { KEY_ROLLED } from '../keys';
import { HASH_BYTES, TILE_WIDTH } from '../tiles/tile';
import { Broken, differsFromLandmark, type Landmark, missesLandmark } from './broken';
import { BODY, ColumnCheck, ID, IDX, LEAF_HASH, TYPE } from './columns';
import { EVENTS_EXPIRED, type Expired } from './expired';
import { type KeyChain, reasonOf } from './keys';
import { type StoredTile, tileKey } from './repo';
import { type FilledTile, GrowingTree } from './tree';

const rolledType = Buffer.from(KEY_ROLLED);
const expiredType = Buffer.from(EVENTS_EXPIRED);

/** What a stretch of the log is compared with; all of it is stored beside the events. */
export interface Beside {
  checkpoints: readonly CheckpointRow[];
  tiles: ReadonlyMap<string, StoredTile>;
}

const nothing: Beside = { checkpoints: [], tiles: new Map() };

/**
 * Goes along the log, one event after the other, and compares everything that is stored with
 * the tree as it grows. Throws Broken at the first thing that is wrong.
 */
export class Walk {
  readonly #keys: KeyChain;
  readonly #expired: Expired;
  readonly #landmarks: Landmark[];
  readonly #columns: ColumnCheck;
  readonly tree: GrowingTree;
  #beside = nothing;
  #nextCheckpoint = 0;
  /** Size of the last checkpoint that was found good. */
  #signed: number;
  /** Size of the last tree that somebody outside the database vouches for. */
  #vouched: number;

  /** `landmarks` beyond the start of the walk; the tree is where it starts. */
  constructor(options: {
    workspace: string;
    keys: KeyChain;
    expired: Expired;
    landmarks: readonly Landmark[];
    from: { size: number; open: readonly Buffer[] };
  }) {
    const { expired, from, keys, landmarks, workspace } = options;
    this.#keys = keys;
    this.#expired = expired;
    this.#columns = new ColumnCheck(workspace);
    this.tree = GrowingTree.from(from.size, from.open, (tile) => this.#checkTile(tile));
    this.#signed = from.size;
    this.#vouched = from.size;
    this.#landmarks = landmarks
      .filter(({ size }) => size > from.size)
      .toSorted((a, b) => a.size - b.size);
  }

  begin(beside: Beside): void {
    this.#beside = beside;
    this.#nextCheckpoint = 0;
  }

  /** The next event as it is stored. */
  event(row: RawRow): void {
    const index = row.bigint(IDX);
    this.upTo(index);
    if (index < this.tree.size) throw new Broken(index, `There are two events at index ${index}.`);
    if (this.#expired.has(index)) {
      throw new Broken(index, `The event at index ${index} is said to have expired, and is there.`);
    }
    const leaf = leafOf(row);
    if (!isStored(row, leaf)) {
      throw new Broken(
        index,
        `The event at index ${index} does not have the hash it was recorded with.`,
      );
    }
    const wrong = this.#columns.differing(row);
    if (wrong !== undefined) {
      throw new Broken(
        index,
        `The column ${wrong} of the event at index ${index} differs from the event.`,
      );
    }
    if (isType(row, rolledType)) {
      this.#keys.rolled(index, row.text(ID) ?? '', row.text(BODY) ?? '');
    }
    if (isType(row, expiredType)) this.#expired.said(row.text(BODY) ?? '');
    this.#take(leaf);
  }

  /** Accounts for the events before `index` that are not stored any more. */
  upTo(index: number): void {
    while (this.tree.size < index) {
      const missing = this.tree.size;
      const leaf = this.#expired.leaf(missing);
      if (!leaf) throw new Broken(missing, `The event at index ${missing} is missing.`);
      this.#keys.passed(missing);
      this.#take(leaf.toString('latin1'));
    }
  }

  /** Called where the log ends. */
  end(): void {
    const { size } = this.tree;
    const [landmark] = this.#landmarks;
    if (this.#signed !== size) {
      throw new Broken(this.#signed, `No checkpoint covers the events from index ${this.#signed}.`);
    }
    if (landmark) throw missesLandmark(landmark, size);
    this.#keys.end();
  }

  #take(leaf: string): void {
    this.tree.push(leaf);
    const { size } = this.tree;
    const checkpoint = this.#beside.checkpoints[this.#nextCheckpoint];
    if (checkpoint?.size === size) {
      this.#checkCheckpoint(checkpoint);
      this.#nextCheckpoint += 1;
      this.#signed = size;
    }
    while (this.#landmarks[0]?.size === size) this.#checkLandmark(this.#landmarks.shift());
  }

  #checkLandmark(landmark: Landmark | undefined): void {
    if (!landmark) return;
    if (!landmark.root.equals(this.tree.root())) throw differsFromLandmark(landmark, this.#vouched);
    this.#vouched = landmark.size;
  }

  #checkTile(tile: FilledTile): void {
    const stored = this.#beside.tiles.get(tileKey(tile.level, tile.index));
    const leaves = TILE_WIDTH ** tile.level;
    const first = tile.index * TILE_WIDTH * leaves;
    if (!stored) {
      throw new Broken(first, `The tile ${tile.index} of level ${tile.level} is missing.`);
    }
    const entry = firstDifference(tile.hashes, stored.hashes);
    if (entry !== undefined) {
      throw new Broken(
        first + entry * leaves,
        `The tile ${tile.index} of level ${tile.level} has another hash from index ${first + entry * leaves} on than the events.`,
      );
    }
    if (!stored.root.equals(tile.root)) {
      throw new Broken(
        first,
        `The tile ${tile.index} of level ${tile.level} has another root than its hashes.`,
      );
    }
  }

  #checkCheckpoint(row: CheckpointRow): void {
    const previous = this.#signed;
    const wrong = (what: string) =>
      new Broken(previous, `${what} (events ${previous} to ${row.size - 1}).`);
    if (row.extends !== previous) throw wrong(`A checkpoint before size ${row.size} is missing`);
    if (!row.root.equals(this.tree.root()) || !row.frontier.equals(this.tree.frontier())) {
      const exact = this.#firstOtherThanTile();
      if (exact !== undefined && exact >= previous) {
        throw new Broken(
          exact,
          `The event at index ${exact} is not the one that was recorded: neither its tile nor the checkpoint at size ${row.size} has its hash.`,
        );
      }
      throw wrong(
        `The events are not those that the checkpoint at size ${row.size} was signed for`,
      );
    }
    let opened;
    try {
      opened = this.#keys.open(row.note);
    } catch (error) {
      throw wrong(`The checkpoint at size ${row.size} is not genuine: ${reasonOf(error)}`);
    }
    if (opened.size !== row.size || !opened.root.equals(row.root)) {
      throw wrong(`The checkpoint at size ${row.size} is signed for another tree`);
    }
  }

  /** In the tile that is being filled, the first event whose hash the stored tile has otherwise. */
  #firstOtherThanTile(): number | undefined {
    const { size } = this.tree;
    const open = this.tree.openLeaves();
    const index = Math.floor(size / TILE_WIDTH);
    const stored = this.#beside.tiles.get(tileKey(0, index));
    const entry = stored && firstDifference(open, stored.hashes.subarray(0, open.length));
    return entry === undefined ? undefined : index * TILE_WIDTH + entry;
  }
}

function isType(row: RawRow, type: Buffer): boolean {
  return row.length(TYPE) === type.length && row.view(TYPE).equals(type);
}

/** The place of the first hash that is another. */
function firstDifference(one: Buffer, other: Buffer): number | undefined {
  if (one.equals(other)) return undefined;
  for (let at = 0; at < one.length; at += HASH_BYTES) {
    const end = at + HASH_BYTES;
    if (one.compare(other, at, end, at, end) !== 0) return at / HASH_BYTES;
  }
  return one.length / HASH_BYTES;
}

/**
 * The leaf hash of an event as a string of bytes, in one call: the byte before the body is the last of its length,
 * which has been read, and makes room for the zero that RFC 6962 puts before a leaf.
 */
function leafOf(row: RawRow): string {
  const start = row.start(BODY);
  row.bytes[start - 1] = 0;
  return hash('sha256', row.bytes.subarray(start - 1, start + row.length(BODY)), 'binary');
}

function isStored(row: RawRow, leaf: string): boolean {
  if (row.length(LEAF_HASH) !== leaf.length) return false;
  const start = row.start(LEAF_HASH);
  for (let n = 0; n < leaf.length; n += 1) {
    if (row.bytes[start + n] !== leaf.charCodeAt(n)) return false;
  }
  return true;
}
