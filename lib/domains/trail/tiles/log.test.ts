import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { closeTrailDb, connectAs } from '@/lib/infra/trail-db';
import { newId } from '@/lib/kernel/ids';
import { noKeys } from '../payload/keys';
import { Frontier, verifyConsistency, verifyInclusion } from '../merkle';
import { reading } from '../repo';
import { readRow, recordOf } from '../sequencer/record';
import { newWriterState, writeBatch } from '../sequencer/writer';
import { batchOf } from '../test/batch';
import { LOCK } from '../sequencer/run';
import { ProofReader, readLeaves, readTile } from './read';
import { levelsOf, widthAt } from './tile';

const workspace = newId('ws');
const SIZE = 66_100;
const leaves: Buffer[] = [];

/** Appends so many events as the sequencer does, in one batch. */
async function append(of: string, count: number, state = newWriterState()): Promise<void> {
  const records = Array.from({ length: count }, (_, at) => {
    const id = newId('evt');
    const event = {
      id,
      time: new Date().toISOString(),
      workspace: of,
      type: 'test.happened',
      actor: { type: 'job', id: 'test' },
      data: { at },
    };
    return recordOf(
      readRow({
        id,
        workspace_id: of,
        event: JSON.stringify(event),
        created_at: new Date(),
      }),
      noKeys,
    );
  });
  const { client } = await connectAs('countersign_trail_writer');
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await writeBatch(client, batchOf(records), state);
    if (of === workspace) leaves.push(...records.map((record) => record.leaf));
  } finally {
    await client.end();
  }
}

async function asOwner(text: string, values: unknown[]): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl('trail') });
  await owner.connect();
  await owner.query(text, values);
  await owner.end();
}

beforeAll(async () => {
  // Batches that end within, at and past a tile's end, by writers that know and do not know the edge.
  const state = newWriterState();
  for (const count of [1, 254, 1, 1, 255, 600]) await append(workspace, count, state);
  await append(workspace, 3);
  while (leaves.length < SIZE) await append(workspace, Math.min(5_000, SIZE - leaves.length));
}, 120_000);

afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

const sizes = [1, 2, 255, 256, 257, 512, 1_112, 65_535, 65_536, 65_537, SIZE];

const roots = new Map<number, Buffer>();

/** The root of so many leaves, each reckoned once and in one pass. */
function rootAt(size: number): Buffer {
  if (roots.size === 0) {
    const frontier = new Frontier();
    for (const leaf of leaves) {
      frontier.push(leaf);
      if (sizes.includes(frontier.size)) roots.set(frontier.size, frontier.root());
    }
  }
  return roots.get(size) as Buffer;
}

describe('the tiles of a log', () => {
  it('hold the leaf hashes and the roots below, at every level', async () => {
    expect(levelsOf(SIZE)).toEqual([0, 1, 2]);
    await reading(workspace, async (client) => {
      for (const level of [0, 1, 2]) {
        const span = 256 ** level;
        for (let index = 0; widthAt({ level, index }, SIZE) > 0; index += level === 0 ? 37 : 1) {
          const width = widthAt({ level, index }, SIZE);
          const bytes = await readTile(client, workspace, { level, index }, SIZE);
          const wanted = Array.from({ length: width }, (_, at) => {
            const frontier = new Frontier();
            const start = (index * 256 + at) * span;
            for (const leaf of leaves.slice(start, start + span)) frontier.push(leaf);
            return frontier.root();
          });
          expect(bytes?.equals(Buffer.concat(wanted)), `tile/${level}/${index}`).toBe(true);
        }
      }
      expect(await readTile(client, workspace, { level: 0, index: 259 }, SIZE)).toBeUndefined();
    });
  });

  it('prove inclusion at every size', async () => {
    await reading(workspace, async (client) => {
      for (const size of sizes) {
        const reader = new ProofReader(client, workspace, size);
        const root = rootAt(size);
        expect(await reader.rootAt(size)).toEqual(root);
        for (const index of [0, 1, size >> 1, size - 2, size - 1]) {
          if (index < 0 || index >= size) continue;
          const proof = await reader.inclusion(index);
          const leaf = leaves[index] as Buffer;
          expect(verifyInclusion(leaf, index, size, proof, root), `${index} of ${size}`).toBe(true);
        }
      }
    });
  });

  it('prove consistency between any two sizes', async () => {
    await reading(workspace, async (client) => {
      for (const size of sizes) {
        const reader = new ProofReader(client, workspace, size);
        for (const older of sizes.filter((each) => each <= size)) {
          const proof = await reader.consistency(older);
          const good = verifyConsistency(older, size, proof, rootAt(older), rootAt(size));
          expect(good, `${older} to ${size}`).toBe(true);
        }
      }
    });
  });

  it('are made up for by the next batch where an older version left none', async () => {
    const other = newId('ws');
    await append(other, 700);
    await asOwner('DELETE FROM tiles WHERE workspace_id = $1', [other]);
    await append(other, 400);
    await reading(other, async (client) => {
      const kept = await readLeaves(client, other, { start: 0, end: 1_100 });
      const reader = new ProofReader(client, other, 1_100);
      const frontier = new Frontier();
      for (const leaf of kept) frontier.push(leaf);
      expect(await reader.rootAt(1_100)).toEqual(frontier.root());
      expect((await readTile(client, other, { level: 0, index: 3 }, 1_100))?.length).toBe(8_192);
    });
  });

  it('are only added to, and only seen in their own workspace', async () => {
    const { client } = await connectAs('countersign_trail_writer');
    for (const statement of ['UPDATE tiles SET idx = idx', 'DELETE FROM tiles', 'TRUNCATE tiles']) {
      await expect(client.query(statement)).rejects.toThrow('permission denied');
    }
    await client.end();
    const seen = await reading(newId('ws'), async (reader) => {
      return (await reader.query('SELECT FROM tiles')).rowCount;
    });
    expect(seen).toBe(0);
  });
});
