import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { closeTrailDb, openTrail, openTrailIfFree, type PoolClient } from '@/lib/infra/trail-db';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { reading } from '../repo';
import { agentContext, happened } from '../test/world';
import { Beside } from './halves';
import { firstMonth } from './known';
import { scan } from './scan';

afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

const workspace = newId('ws');
const filters = { q: 'lamp', outcome: 'deny' };
const NEED = 20;
const DAY_MS = 86_400_000;
const DAYS = 340;
const EVENTS = 600;

/** One in twenty is looked for, over most of a year: what follows the probe is long, whatever else the log holds. */
const made = Array.from({ length: EVENTS }, (_, n) => ({
  type: 'action.decided',
  time: new Date(Date.now() - DAYS * DAY_MS + (n * DAYS * DAY_MS) / EVENTS).toISOString(),
  outcome: n % 2 === 0 ? ('deny' as const) : ('allow' as const),
  data: { n, why: n % 20 === 0 || n % 20 === 7 ? 'a lamp' : 'a crate' },
}));
const newestFirst = made
  .map(({ data }) => data.n)
  .filter((n) => n % 20 === 0)
  .toReversed();

beforeAll(() => happened(agentContext(workspace, newId('agt')), ...made));

beforeEach(() => {
  // Which month is the first is known for a minute, maybe since before there was a year of them.
  const later = Date.now() + 600_000;
  vi.spyOn(clock, 'now').mockImplementation(() => new Date(later));
});

describe('a long stretch', () => {
  /** What is found, and over how many connections. */
  const found = () =>
    reading(workspace, async (client) => {
      const beside = new Beside(workspace);
      const used = new Set<PoolClient>();
      const parts: number[][] = [];
      await scan(
        { client, workspace, filters, beside },
        NEED,
        async ({ from, order, values }, on) => {
          const part: number[] = [];
          parts.push(part);
          used.add(on);
          const text = `SELECT (body::json->'data'->>'n')::int AS n FROM ${from} ORDER BY ${order}`;
          part.push(...(await on.query<{ n: number }>(text, values)).rows.map(({ n }) => n));
          return part.length;
        },
      ).finally(() => beside.close());
      return { rows: parts.flat().slice(0, NEED), connections: used.size };
    });

  it('is looked through in halves where a second connection is free, and by itself where none is', async () => {
    const expected = newestFirst.slice(0, NEED);
    expect(await found()).toEqual({ rows: expected, connections: 2 });
    const held = await Promise.all(Array.from({ length: 4 }, () => openTrail(workspace)));
    try {
      expect(await found()).toEqual({ rows: expected, connections: 1 });
      // More searches than there are connections wait for one, never for a second.
      const many = await Promise.all(Array.from({ length: 20 }, found));
      for (const { rows } of many) expect(rows).toEqual(expected);
    } finally {
      await Promise.all(held.map(({ close }) => close()));
    }
  });

  it('that fails in one half fails, and leaves no connection behind', async () => {
    for (let at = 0; at < 20; at += 1) {
      const failing = reading(workspace, async (client) => {
        const beside = new Beside(workspace);
        await scan({ client, workspace, filters, beside }, NEED, async (_look, on) => {
          await on.query(on === client ? 'SELECT 1' : 'SELECT 1 / 0');
          return 0;
        }).finally(() => beside.close());
      });
      await expect(failing).rejects.toThrow('division by zero');
    }
    expect((await found()).connections).toBe(2);
  });
});

it('has a second connection for none of many that ask at once, once half of all are taken', async () => {
  // A search before may still be giving one back, which nobody waits for.
  await closeTrailDb();
  const held = await Promise.all(Array.from({ length: 3 }, () => openTrail(workspace)));
  const seconds = Array.from({ length: 3 }, () => openTrailIfFree(workspace));
  expect(seconds.map((each) => each !== undefined)).toEqual([true, false, false]);
  const opened = await Promise.all(seconds);
  await Promise.all([...held, ...opened].map((each) => each?.close()));
});

it('the first month is read anew when the clock has moved by a minute, either way', () =>
  reading(workspace, async (client) => {
    const query = vi.spyOn(client, 'query');
    const at = Date.now() + 3_650 * DAY_MS;
    for (const now of [at, at + 59_000, at - 61_000, at + 1]) await firstMonth(client, now);
    expect(query).toHaveBeenCalledTimes(3);
  }));
