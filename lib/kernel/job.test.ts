import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { resetEnv, setEnv } from '@/lib/infra/env';
import { closeQueue } from '@/lib/infra/queue';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { defineJob, startJobs } from './job';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

let worlds: World[];

beforeAll(async () => {
  worlds = [await mintWorld(), await mintWorld()];
});

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
