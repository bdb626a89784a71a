import { copyEach, type RawRow } from '@/lib/infra/copy-each';
import type { PoolClient } from '@/lib/infra/trail-db';
import type { CheckpointRow } from '../repo';
import { levelsOf, TILE_WIDTH } from '../tiles/tile';
import { FIELDS } from './columns';

/** Indexes from `start` up to, not including, `end`. */
export interface Stretch {
  start: number;
  end: number;
}

/** Calls `onRow` for each event of a stretch in the order of the index. */
export function eachEvent(
  client: PoolClient,
  workspace: string,
  { start, end }: Stretch,
  onRow: (row: RawRow) => void,
): Promise<void> {
  const text = `SELECT ${FIELDS} FROM events
    WHERE workspace_id = $1 AND idx >= $2 AND idx < $3 ORDER BY workspace_id, idx`;
  return copyEach(client, text, [workspace, start, end], onRow);
}

/** Checkpoints whose last event is in the stretch, smallest first. */
export async function checkpointsOf(
  client: PoolClient,
  workspace: string,
  { start, end }: Stretch,
): Promise<CheckpointRow[]> {
  const { rows } = await client.query<
    Omit<CheckpointRow, 'size' | 'extends'> & { size: string; extends: string }
  >({
    name: 'verified-checkpoints',
    text: `SELECT size, extends, root, frontier, note, time FROM checkpoints
            WHERE workspace_id = $1 AND size > $2 AND size <= $3 ORDER BY size`,
    values: [workspace, start, end],
  });
  return rows.map((row) => ({ ...row, size: Number(row.size), extends: Number(row.extends) }));
}

export interface StoredTile {
  hashes: Buffer;
  root: Buffer;
}

export const tileKey = (level: number, index: number): string => `${level}/${index}`;

/** The tiles that the events of the stretch are under or complete. */
export async function tilesOf(
  client: PoolClient,
  workspace: string,
  { start, end }: Stretch,
): Promise<Map<string, StoredTile>> {
  const levels = levelsOf(end);
  const { rows } = await client.query<{
    level: number;
    idx: string;
    hashes: Buffer;
    root: Buffer;
  }>({
    name: 'verified-tiles',
    text: `SELECT t.level, t.idx, t.hashes, t.root
             FROM unnest($2::smallint[], $3::bigint[], $4::bigint[]) AS wanted (level, first, last)
             JOIN tiles t ON t.workspace_id = $1 AND t.level = wanted.level
                         AND t.idx BETWEEN wanted.first AND wanted.last`,
    values: [
      workspace,
      levels,
      levels.map((level) => Math.floor(start / TILE_WIDTH ** (level + 1))),
      levels.map((level) => Math.floor((end - 1) / TILE_WIDTH ** (level + 1))),
    ],
  });
  return new Map(rows.map(({ level, idx, ...tile }) => [tileKey(level, Number(idx)), tile]));
}

/** The place of a tile that has no business being there: the log of this size does not fill it. */
export async function tileBeyond(
  client: PoolClient,
  workspace: string,
  size: number,
): Promise<{ level: number; index: number } | undefined> {
  const levels = [0, 1, 2, 3, 4, 5];
  const { rows } = await client.query<{ level: number; idx: string }>(
    `SELECT t.level, t.idx FROM unnest($2::smallint[], $3::bigint[]) AS wanted (level, first)
       JOIN tiles t ON t.workspace_id = $1 AND t.level = wanted.level AND t.idx >= wanted.first
      ORDER BY t.level, t.idx LIMIT 1`,
    [workspace, levels, levels.map((level) => Math.floor(size / TILE_WIDTH ** (level + 1)))],
  );
  return rows[0] && { level: rows[0].level, index: Number(rows[0].idx) };
}

/** The first event from this index on, if there is one. */
export async function eventFrom(
  client: PoolClient,
  workspace: string,
  index: number,
): Promise<number | undefined> {
  const { rows } = await client.query<{ idx: string }>(
    'SELECT idx FROM events WHERE workspace_id = $1 AND idx >= $2 ORDER BY workspace_id, idx LIMIT 1',
    [workspace, index],
  );
  return rows[0] && Number(rows[0].idx);
}
