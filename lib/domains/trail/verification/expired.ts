import { createHash, type Hash } from 'node:crypto';
import type { PoolClient } from '@/lib/infra/trail-db';
import { HASH_BYTES, TILE_WIDTH } from '../tiles/tile';
import { Broken } from './broken';
import { type StoredTile, type Stretch, tileKey } from './repo';

export const EVENTS_EXPIRED = 'trail.events_expired';

/** A removal of expired events that the control database knows and whose event may be on its way. */
export interface Underway {
  id: string;
  /** Hex; undefined while the removal itself has not been heard of. */
  digest: string | undefined;
}

interface Range {
  first: number;
  last: number;
  expiry: string;
}

/**
 * What is missing from the log because its retention ended: each such index stands in a range
 * of one removal, and the removal in an event of the log that has the digest of its ranges.
 */
export class Expired {
  readonly #underway: ReadonlyMap<string, Underway>;
  /** From where the walk goes; only from the beginning are all ranges seen. */
  readonly #from: number;
  readonly #digests = new Map<string, { hash: Hash; first: number }>();
  readonly #said = new Map<string, string>();
  #ranges: Range[] = [];
  #at = 0;
  #leaves: (index: number) => Buffer | undefined = () => undefined;

  constructor(underway: readonly Underway[], from: number) {
    this.#underway = new Map(underway.map((one) => [one.id, one]));
    this.#from = from;
  }

  /** Reads what expired in a stretch; the tiles are those of the stretch. */
  async begin(
    client: PoolClient,
    workspace: string,
    stretch: Stretch,
    tiles: ReadonlyMap<string, StoredTile>,
  ): Promise<void> {
    this.#ranges = await rangesOf(client, workspace, stretch);
    this.#at = 0;
    for (const { expiry, first, last } of this.#ranges) {
      if (first < stretch.start) continue;
      const digest = this.#digests.get(expiry) ?? { hash: createHash('sha256'), first };
      digest.hash.update(`${first}-${last}\n`);
      this.#digests.set(expiry, digest);
    }
    const kept =
      this.#ranges.length > 0
        ? await keptLeaves(client, workspace, stretch)
        : new Map<number, Buffer>();
    this.#leaves = (index) => {
      const tile = tiles.get(tileKey(0, Math.floor(index / TILE_WIDTH)));
      const place = (index % TILE_WIDTH) * HASH_BYTES;
      return tile?.hashes.subarray(place, place + HASH_BYTES) ?? kept.get(index);
    };
  }

  /** Whether the event at this index, which only grows, has expired. */
  has(index: number): boolean {
    while ((this.#ranges[this.#at]?.last ?? Number.POSITIVE_INFINITY) < index) this.#at += 1;
    return (this.#ranges[this.#at]?.first ?? Number.POSITIVE_INFINITY) <= index;
  }

  /** The leaf hash of an expired event; undefined when it has not expired. */
  leaf(index: number): Buffer | undefined {
    return this.has(index) ? this.#leaves(index) : undefined;
  }

  /** An event of the log that says what a removal removed. */
  said(body: string): void {
    const { data } = JSON.parse(body) as { data?: Record<string, unknown> };
    const { digest, expiry } = data ?? {};
    if (typeof expiry === 'string' && typeof digest === 'string') this.#said.set(expiry, digest);
  }

  /** Called at the end: every range is one that the log, or the control database, knows. */
  async end(client: PoolClient, workspace: string, size: number): Promise<void> {
    const [beyond] = await rangesOf(client, workspace, {
      start: size,
      end: Number.MAX_SAFE_INTEGER,
    });
    if (beyond && beyond.last >= size) {
      throw new Broken(
        Math.max(size, beyond.first),
        `Events from index ${beyond.first} to ${beyond.last} are said to have expired, but the log has ${size}.`,
      );
    }
    for (const [expiry, { first, hash }] of this.#digests) {
      const found = hash.digest('hex');
      const underway = this.#underway.get(expiry);
      const said = this.#said.get(expiry);
      const accounted =
        this.#from > 0
          ? underway !== undefined || said !== undefined
          : said === `sha256:${found}` ||
            (underway !== undefined && (underway.digest ?? found) === found);
      if (accounted) continue;
      throw new Broken(
        first,
        `The events from index ${first} on are missing: no event of the log says that they expired.`,
      );
    }
  }
}

async function rangesOf(
  client: PoolClient,
  workspace: string,
  { start, end }: Stretch,
): Promise<Range[]> {
  const { rows } = await client.query<{ first: string; last: string; expiry: string }>({
    name: 'expired-ranges',
    text: `SELECT first, last, expiry FROM expired_ranges
            WHERE workspace_id = $1 AND first < $3 AND last >= $2
              AND first >= coalesce((SELECT max(first) FROM expired_ranges
                                      WHERE workspace_id = $1 AND first <= $2), 0)
            ORDER BY first`,
    values: [workspace, start, end],
  });
  return rows.map(({ expiry, first, last }) => ({
    expiry,
    first: Number(first),
    last: Number(last),
  }));
}

async function keptLeaves(
  client: PoolClient,
  workspace: string,
  { start, end }: Stretch,
): Promise<Map<number, Buffer>> {
  const { rows } = await client.query<{ idx: string; leaf_hash: Buffer }>({
    name: 'kept-leaves',
    text: `SELECT idx, leaf_hash FROM kept_leaves WHERE workspace_id = $1 AND idx >= $2 AND idx < $3`,
    values: [workspace, start, end],
  });
  return new Map(rows.map((row) => [Number(row.idx), row.leaf_hash]));
}
