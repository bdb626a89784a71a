/** Many secrets of one upstream that hangs: others keep their room, and each has its turn. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { clock } from '@/lib/kernel/clock';
import { defineJob, startJobs } from '@/lib/kernel/job';
import { vaultJobs } from './jobs';
import { vaultRotate } from './rotate-job';
import { createSecret } from './service/secrets';
import { as } from './test/support';

const MANY = 14;
const HANGS_MS = 10_000;

let world: World;
let hanging: Server;
let baseUrl: string;
let passed = 0;
const realNow = clock.now;

beforeAll(async () => {
  world = await mintWorld();
  // Whoever asks it has waited, by the clock that the sweep reads, when it answers.
  hanging = createServer((_request, response) => {
    passed += HANGS_MS;
    response.writeHead(504).end();
  });
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`;
  clock.now = () => new Date(Date.now() + passed);
});
afterAll(async () => {
  clock.now = realNow;
  await new Promise((resolve) => hanging.close(resolve));
  await closeQueue();
  await closeDb();
});

const perform = (name: string) =>
  vaultJobs.find((job) => job.name === name)?.perform(world.workspace, {});
const rotations = () =>
  inWorkspace(world.workspace, (tx) => tx.rotation.findMany({ select: { attempts: true } }));

/** How many rotations wait in the queue now. */
async function countQueued(): Promise<number> {
  let queued = 0;
  let close: (() => Promise<void>) | undefined;
  await new Promise<void>((resolve, reject) => {
    const rotate = defineJob({
      name: vaultRotate.name,
      input: z.looseObject({}),
      run: async () => void (queued += 1),
    });
    // The queue is in order, so what is before this has begun when it runs.
    const last = defineJob({ name: 'test.last', input: z.object({}), run: async () => resolve() });
    last
      .enqueue(world.workspace, {})
      .then(() => startJobs([rotate, last]))
      .then((running) => {
        close = running.close;
      })
      .catch(reject);
  });
  await close?.();
  return queued;
}

test('a few are queued, and the sweep goes through the others within its time', async () => {
  const ctx = as('admin', world);
  for (let n = 0; n < MANY; n++) {
    const rotator = { kind: 'http_api_keys', baseUrl };
    await createSecret(ctx, { name: `many-${n}`, value: `value-${n}`, rotator });
  }
  await inWorkspace(world.workspace, (tx) =>
    tx.secretVersion.updateMany({ data: { activatedAt: new Date(0) } }),
  );
  await perform('vault.rotations_due');
  expect(await rotations()).toHaveLength(MANY);
  // These take their time, so they leave room, and there are not so many that they wait for each other.
  expect(vaultRotate.long).toBe(true);
  expect(await countQueued()).toBe(10);
  await perform('vault.rotations_due');
  expect(await countQueued()).toBe(0);

  for (let sweeps = 0; sweeps < Math.ceil(MANY / 3); sweeps++) {
    passed += 60_000;
    const before = passed;
    await perform('vault.rotations_resumed');
    expect(passed - before).toBeLessThanOrEqual(30_000);
  }
  // Each had its turn, although the first were due again before the last had theirs.
  expect((await rotations()).filter(({ attempts }) => attempts === 0)).toEqual([]);
});
