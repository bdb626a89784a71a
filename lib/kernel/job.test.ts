import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { resetEnv, setEnv } from '@/lib/infra/env';
import { closeQueue } from '@/lib/infra/queue';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { clock } from './clock';
import { newId } from './ids';
import { defineJob, LONG_AT_ONCE, startJobs } from './job';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

let worlds: World[];

beforeAll(async () => {
  worlds = [await mintWorld(), await mintWorld()];
});

/** Something that is waited for until it is let go. */
function held() {
  let letGo = () => {};
  const over = new Promise<void>((resolve) => (letGo = resolve));
  return { over, letGo };
}

/** Resolves with what was seen once `done` says so; woken by each run, never by a timer. */
function watch<T>() {
  const seen: T[] = [];
  let wake = () => {};
  return {
    seen,
    add: (value: T) => {
      seen.push(value);
      wake();
    },
    until: async (done: (seen: T[]) => boolean) => {
      while (!done(seen)) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

function behaves() {
  it('runs what is enqueued, as the job in its workspace, and tries again after a failure', async () => {
    const runs = watch<string>();
    let failures = 2;
    const job = defineJob({
      name: 'test.enqueued',
      input: z.object({ value: z.string() }),
      run: async (ctx, { value }) => {
        runs.add(`${ctx.workspace} ${ctx.actor.type} ${ctx.actor.id} ${value}`);
        failures -= 1;
        if (failures >= 0) throw new Error('not yet');
      },
    });
    const worker = await startJobs([job]);
    const [world] = worlds;
    await job.enqueue(world?.workspace ?? '', { value: 'v' });
    await runs.until((seen) => seen.length === 3);
    expect(new Set(runs.seen)).toEqual(new Set([`${world?.workspace} job test.enqueued v`]));
    await worker.close();
  });

  it('runs a tick once a workspace, and one that fails keeps no other waiting', async () => {
    const runs = watch<string>();
    const [first, second] = worlds.map(({ workspace }) => workspace);
    const job = defineJob({
      name: 'test.tick',
      input: z.object({}),
      schedule: { every: 200 },
      run: async (ctx) => {
        if (ctx.workspace === first) throw new Error('this one fails');
        runs.add(ctx.workspace);
      },
    });
    const worker = await startJobs([job]);
    await runs.until((seen) => seen.filter((workspace) => workspace === second).length >= 2);
    expect(runs.seen).not.toContain(first);
    await worker.close();
    // A schedule that is no longer declared ends.
    await (await startJobs([])).close();
  });

  it('lets no tick begin while one of its kind runs, in whatever process, and keeps no slot', async () => {
    const slow = watch<string>();
    const quick = watch<string>();
    const { over, letGo } = held();
    const [first = ''] = worlds.map(({ workspace }) => workspace);
    const one = { input: z.object({}), workspaces: async () => [first] };
    const jobs = [
      defineJob({
        ...{ ...one, name: 'test.slow', schedule: { every: 50 } },
        run: async (ctx) => {
          slow.add(ctx.workspace);
          await over;
        },
      }),
      defineJob({
        ...{ ...one, name: 'test.quick', schedule: { every: 50 } },
        run: async (ctx) => quick.add(ctx.workspace),
      }),
    ];
    // Each with locks of its own, as two processes have them.
    const workers = [await startJobs(jobs), await startJobs(jobs)];
    await slow.until((seen) => seen.length > 0);
    const before = quick.seen.length;
    // Many more than there are slots, had each tick of the slow one taken one.
    await quick.until((seen) => seen.length >= before + 30);
    expect(slow.seen).toHaveLength(1);
    letGo();
    await slow.until((seen) => seen.length > 1);
    await (await startJobs([])).close();
    for (const worker of workers) await worker.close();
  });

  it.each([
    ['long ones', { long: true }, LONG_AT_ONCE],
    ['of a kind that says how many', { atOnce: 3 }, 3],
  ])('runs so many %s at once, and what a person asked for beside them', async (_, how, most) => {
    const long = watch<number>();
    const short = watch<string>();
    const { over, letGo } = held();
    let ended = 0;
    const slow = defineJob({
      ...{ name: 'test.slow', input: z.object({ nth: z.number() }), ...how },
      run: async (_, { nth }) => {
        long.add(nth);
        await over;
        ended += 1;
      },
    });
    const asked = defineJob({
      ...{ name: 'test.asked', input: z.object({}) },
      run: async (ctx) => short.add(ctx.workspace),
    });
    const worker = await startJobs([slow, asked]);
    const [workspace = ''] = worlds.map((world) => world.workspace);
    const numbers = Array.from({ length: 12 }, (_, nth) => nth);
    for (const nth of numbers) await slow.enqueue(workspace, { nth });
    await long.until((seen) => seen.length === most);
    for (let n = 1; n <= 10; n += 1) {
      await asked.enqueue(workspace, {});
      await short.until((seen) => seen.length === n);
    }
    expect(long.seen).toHaveLength(most);
    letGo();
    await long.until((seen) => seen.length === numbers.length);
    expect(long.seen.toSorted((a, b) => a - b)).toEqual(numbers);
    await worker.close();
    expect(ended).toBe(numbers.length);
  });

  it('makes up what is daily where it was missed, once, and leaves what is new to its time', async () => {
    const runs = watch<string>();
    const [first = '', second = ''] = worlds.map(({ workspace }) => workspace);
    const now = new Date();
    const days = (count: number) => new Date(now.getTime() + count * 86_400_000);
    const made = (workspace: string, createdAt: Date) =>
      inWorkspace(workspace, (tx) =>
        tx.workspace.update({ where: { id: workspace }, data: { createdAt } }),
      );
    const job = defineJob({
      ...{ name: newId('test'), input: z.object({}), workspaces: async () => [first, second] },
      // An hour from now, and so 23 hours ago.
      schedule: {
        daily: days(1 / 24)
          .toISOString()
          .slice(11, 16),
      },
      run: async (ctx) => runs.add(ctx.workspace),
    });
    /** All that one start of a jobs process makes up, of which so much is known. */
    const start = async (count: number) => {
      const worker = await startJobs([job]);
      await runs.until((seen) => seen.length >= count);
      await worker.close();
      await (await startJobs([])).close();
      return runs.seen.splice(0);
    };
    await made(first, days(-0.5));
    await made(second, days(-30));
    expect(await start(1)).toEqual([second]);
    await made(first, days(-1));
    expect(await start(1)).toEqual([first]);
    vi.spyOn(clock, 'now').mockImplementation(() => days(1));
    expect(await start(2)).toEqual([first, second]);
    // What it dated so is in the future now, and no reason to be idle until then.
    vi.mocked(clock.now).mockRestore();
    expect(await start(2)).toEqual([first, second]);
  });

  it('plans a tick anew that a clock which was ahead has put off', async () => {
    const ticks = watch<string>();
    const [first = ''] = worlds.map(({ workspace }) => workspace);
    const job = defineJob({
      ...{ name: 'test.late', input: z.object({}), workspaces: async () => [first] },
      schedule: { every: 1_000 },
      run: async (ctx) => ticks.add(ctx.workspace),
    });
    const now = Date.now;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000);
    const ahead = await startJobs([job]);
    await ticks.until((seen) => seen.length > 0);
    await ahead.close();
    clock.mockRestore();
    const before = ticks.seen.length;
    const worker = await startJobs([job]);
    await ticks.until((seen) => seen.length > before);
    expect(new Set(ticks.seen)).toEqual(new Set([first]));
    await (await startJobs([])).close();
    await worker.close();
  });
}

describe('jobs on PostgreSQL', () => {
  afterAll(closeQueue);
  behaves();
});

describe.runIf(hasRedis)('jobs on Redis', () => {
  let redis: ChildProcess;

  beforeAll(async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '']);
    for await (const chunk of redis.stdout ?? []) {
      if (String(chunk).includes('Ready to accept connections')) break;
    }
    setEnv({ REDIS_URL: `redis://127.0.0.1:${port}` });
  });

  afterAll(async () => {
    await closeQueue();
    setEnv({ REDIS_URL: '' });
    resetEnv();
    redis.kill();
  });

  behaves();
});
