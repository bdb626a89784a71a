import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyTrail } from '@/lib/domains/trail/server';
import { closeDb } from '@/lib/infra/db';
import { waitUntil } from '@/lib/infra/embedded/processes';
import { setEnv } from '@/lib/infra/env';
import { closeQueue } from '@/lib/infra/queue';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { brokenPromises, isSettled, readBooks, treeHash } from './fixtures/findings';
import { Load } from './fixtures/load';
import { System, victims } from './fixtures/system';
import { type CountingTool, startCountingTool } from './fixtures/tool';
import { makeWorld, tiers } from './fixtures/world';

const ROUNDS = 5;
const AGENTS = 1;
const PATIENCE_MS = 120_000;
const LIMIT_MS = 900_000;
/** Calls that the tool must see between two kills, so that each kill finds work under way. */
const CALLS_BETWEEN = 15;

const outside = { ...process.env };
let tool: CountingTool;
let system: System;

beforeAll(async () => {
  tool = await startCountingTool();
  system = await System.start();
}, LIMIT_MS);

afterAll(async () => {
  await closeQueue();
  await closeDb();
  await closeTrailDb();
  await system?.stop();
  await tool?.close();
  setEnv(Object.fromEntries(Object.entries(outside).map(([name, value]) => [name, value ?? ''])));
});

describe('kill -9 under load', () => {
  it(
    'of each process in turn, 20 times, loses nothing and runs nothing twice',
    { timeout: LIMIT_MS },
    async () => {
      const world = await makeWorld(tool.url, AGENTS);
      const load = new Load(world, system.gateway);
      await load.start();
      const progress = async () => {
        const target = tool.seen.size + CALLS_BETWEEN;
        expect(await waitUntil(() => tool.seen.size >= target, PATIENCE_MS)).toBe(true);
      };
      await progress();
      for (let round = 0; round < ROUNDS; round++) {
        for (const victim of victims) {
          await system.kill(victim);
          await progress();
        }
      }
      await load.stop();
      expect(await waitUntil(() => isSettled(world.workspace), PATIENCE_MS)).toBe(true);

      // Nobody else fell: what was started again is what was killed.
      for (const victim of victims)
        expect([victim, system.comebacks(victim)]).toEqual([victim, ROUNDS]);
      for (const tier of tiers) expect(load.count[tier]).toBeGreaterThan(0);
      expect(load.retries).toBeGreaterThan(0);

      const books = await readBooks(world.workspace);
      expect(brokenPromises(books, tool.seen, load.accepted)).toEqual([]);
      expect(books.trail.map(({ idx }) => Number(idx))).toEqual([...books.trail.keys()]);
      expect(new Set(books.trail.map(({ id }) => id)).size).toBe(books.trail.length);
      expect(books.checkpoint?.size).toBe(books.trail.length);
      expect(books.checkpoint?.root.toString('hex')).toBe(
        treeHash(books.trail.map(({ body }) => body)).toString('hex'),
      );
      expect(await verifyTrail(world.workspace)).toMatchObject({ status: 'ok', detail: '' });
      expect(load.surprises).toEqual([]);
    },
  );
});
