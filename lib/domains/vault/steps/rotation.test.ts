import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { createPool, type Pool } from '@/lib/infra/pg';
import { closeQueue } from '@/lib/infra/queue';
import { bundle } from '@/lib/infra/testing/bundle';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { clock } from '@/lib/kernel/clock';
import { jobContext } from '@/lib/kernel/context';
import { loadRotation } from '../repo';
import { MAX_ATTEMPTS } from '../rotation';
import { createSecret } from '../service/secrets';
import { rotateSecret } from '../service/rotate-secret';
import { getRotation } from '../service/rotations';
import { dieWhile } from '../test/die';
import { as, currentValue, eventsOf, everythingWritten } from '../test/support';
import { startUpstream, type Upstream } from '../test/upstream';
import { runRotation } from './run';
import { giveUpNewKey } from './secret';

const FULL = ['requested', 'created', 'tested', 'switched', 'finished'].map(
  (step) => `rotation.${step}`,
);

let world: World;
let upstream: Upstream;
let gateway: Pool;
let rotator: string;
const realNow = clock.now;

// The grace has a test of its own; elsewhere the old key goes at once.
beforeAll(async () => {
  world = await mintWorld();
  rotator = await bundle('lib/domains/vault/test/rotate-child.ts');
  upstream = await startUpstream();
  gateway = createPool('countersign_gateway', 2);
});
afterAll(async () => {
  await upstream.close();
  await gateway.end();
  await closeQueue();
  await closeDb();
});
afterEach(() => {
  clock.now = realNow;
  upstream.watch(undefined);
});

/** A secret whose key the upstream knows, and a rotation of it that nothing carries on yet. */
async function begin(graceSeconds = 0) {
  const oldValue = await upstream.makeKey();
  const { secret } = await createSecret(as('admin', world), {
    name: `key-${crypto.randomUUID()}`,
    value: oldValue,
    rotator: { kind: 'http_api_keys', baseUrl: upstream.baseUrl, graceSeconds },
  });
  const rotation = await rotateSecret(as('admin', world), { id: secret.id });
  const keys = (await upstream.liveKeys()).length;
  return { secretId: secret.id, rotationId: rotation.id, oldValue, keys };
}

async function expectReachable(secretId: string): Promise<string> {
  const value = await currentValue(gateway, world.workspace, secretId);
  expect(await upstream.ask(value)).toBe(200);
  return value;
}

async function finish(rotationId: string) {
  const ctx = jobContext(world.workspace, 'vault.rotate');
  const { step, waitMs } = await runRotation(ctx, rotationId);
  expect(waitMs).toBeUndefined();
  return step;
}

describe('killed -9', () => {
  const points = [
    ['before the upstream makes the key', 0, { call: 'POST api-keys', phase: 'before' }],
    [
      'after the upstream made the key, before that is recorded',
      0,
      { call: 'POST api-keys', phase: 'after' },
    ],
    ['once created', 1, undefined],
    ['while the new key is tested', 1, { call: 'GET whoami', phase: 'after' }],
    ['once tested', 2, undefined],
    ['once switched', 3, undefined],
    ['before the old key is withdrawn', 3, { call: 'DELETE api-keys', phase: 'before' }],
    [
      'after the old key was withdrawn, before that is recorded',
      3,
      { call: 'DELETE api-keys', phase: 'after' },
    ],
    ['once done', 4, undefined],
  ] as const;

  test.each(points)(
    '%s, it goes on, with a valid key throughout',
    async (_name, done, kill) => {
      const { secretId, rotationId, oldValue, keys } = await begin();
      const ctx = jobContext(world.workspace, 'vault.rotate');
      if (kill && done > 0) {
        // Up to the step before in this process, so that the child dies in exactly this one.
        for (let n = 0; n < done; n++) await runRotation(ctx, rotationId, { onlyOne: true });
      }
      const { workspace } = world;
      const dying = { rotator, workspace, rotationId, steps: kill ? 1 : done, kill };
      const died = await dieWhile(upstream, dying);
      expect(died).toBe('SIGKILL');
      await expectReachable(secretId);
      upstream.watch(async () => {
        await expectReachable(secretId);
      });
      expect(await finish(rotationId)).toBe('revoked');
      const newValue = await expectReachable(secretId);
      expect(newValue).not.toBe(oldValue);
      expect(await upstream.ask(oldValue)).toBe(401);
      // One key in place of one: nothing was left behind, and each step is told once.
      expect(await upstream.liveKeys()).toHaveLength(keys);
      expect(await eventsOf(world.workspace, rotationId)).toEqual(FULL);
      const written = await everythingWritten(world.workspace);
      for (const value of [oldValue, newValue]) expect(written).not.toContain(value);
    },
    180_000,
  );
});

test('run by several workers at once, each step happens once', async () => {
  const { secretId, rotationId, keys } = await begin();
  const ctx = jobContext(world.workspace, 'vault.rotate');
  const runs = Array.from({ length: 6 }, () => runRotation(ctx, rotationId));
  // A worker may hear a refusal for what another has just withdrawn; the rotation goes on.
  await Promise.allSettled(runs);
  expect(await finish(rotationId)).toBe('revoked');
  expect(await finish(rotationId)).toBe('revoked');
  await expectReachable(secretId);
  expect(await upstream.liveKeys()).toHaveLength(keys);
  const events = await eventsOf(world.workspace, rotationId);
  expect(events.filter((type) => type !== 'rotation.step_failed')).toEqual(FULL);
  const versions = await inWorkspace(world.workspace, (tx) =>
    tx.secretVersion.findMany({ where: { secretId }, orderBy: { version: 'asc' } }),
  );
  expect(versions.map(({ state }) => state)).toEqual(['revoked', 'current']);
  expect(versions[0]?.ciphertext).toBeNull();
});

test('both keys are valid between the switch and the end of the grace', async () => {
  const { secretId, rotationId, oldValue } = await begin(30);
  const ctx = jobContext(world.workspace, 'vault.rotate');
  const waiting = await runRotation(ctx, rotationId);
  expect(waiting.step).toBe('switched');
  expect(waiting.waitMs).toBeGreaterThan(0);
  expect(await expectReachable(secretId)).not.toBe(oldValue);
  expect(await upstream.ask(oldValue)).toBe(200);
  const shown = await getRotation(as('auditor', world), { id: rotationId });
  expect(shown.waiting).toContain('grace');
  clock.now = () => new Date(Date.now() + 60_000);
  expect(await finish(rotationId)).toBe('revoked');
});

test('a new key that does not work is withdrawn, and the old one stays', async () => {
  const { secretId, rotationId, oldValue, keys } = await begin();
  const ctx = jobContext(world.workspace, 'vault.rotate');
  await runRotation(ctx, rotationId, { onlyOne: true });
  expect(await upstream.liveKeys()).toHaveLength(keys + 1);
  upstream.watch(async (call, phase) =>
    call === 'GET whoami' && phase === 'before' ? new Response('{}', { status: 401 }) : undefined,
  );
  expect(await finish(rotationId)).toBe('failed');
  upstream.watch(undefined);
  expect(await expectReachable(secretId)).toBe(oldValue);
  expect(await upstream.liveKeys()).toHaveLength(keys);
  const shown = await getRotation(as('auditor', world), { id: rotationId });
  expect(shown).toMatchObject({
    step: 'failed',
    error: expect.stringContaining('401'),
    ended: { notWithdrawn: [] },
  });
  // It can be tried again at once.
  const again = await rotateSecret(as('admin', world), { id: secretId });
  expect(await finish(again.id)).toBe('revoked');
  expect(await expectReachable(secretId)).not.toBe(oldValue);
});

test('a new key that can be neither used nor withdrawn is named', async () => {
  const { secretId, rotationId, oldValue, keys } = await begin();
  const ctx = jobContext(world.workspace, 'vault.rotate');
  await runRotation(ctx, rotationId, { onlyOne: true });
  upstream.watch(async (_call, phase) =>
    phase === 'before' ? new Response('{}', { status: 403 }) : undefined,
  );
  expect(await finish(rotationId)).toBe('failed');
  upstream.watch(undefined);
  expect(await expectReachable(secretId)).toBe(oldValue);
  const live = await upstream.liveKeys();
  expect(live).toHaveLength(keys + 1);
  const { ended } = await getRotation(as('auditor', world), { id: rotationId });
  expect(ended?.notWithdrawn).toMatchObject([{ key: 'new' }]);
  expect(live).toContain(ended?.notWithdrawn[0]?.upstreamId);
});

test('who gives up late withdraws nothing that is in use', async () => {
  const { secretId, rotationId, oldValue } = await begin();
  const ctx = jobContext(world.workspace, 'vault.rotate');
  await runRotation(ctx, rotationId, { onlyOne: true });
  const stale = await inWorkspace(world.workspace, (tx) => loadRotation(tx, rotationId));
  expect(await finish(rotationId)).toBe('revoked');
  await giveUpNewKey(ctx, stale, 'late');
  expect(await expectReachable(secretId)).not.toBe(oldValue);
});

test('an upstream that is down is tried again, then given up on, with the old key in use', async () => {
  const { secretId, rotationId, oldValue } = await begin();
  const ctx = jobContext(world.workspace, 'vault.rotate');
  upstream.watch(async (_call, phase) =>
    phase === 'before' ? new Response('{}', { status: 503 }) : undefined,
  );
  let now = Date.now();
  clock.now = () => new Date(now);
  for (let n = 1; n < MAX_ATTEMPTS; n++) {
    const wait = Math.min(2 ** (n - 1), 60) * 60_000;
    expect(await runRotation(ctx, rotationId)).toEqual({ step: 'requested', waitMs: wait });
    // Before its time the upstream is left alone.
    now += wait - 1;
    expect(await runRotation(ctx, rotationId)).toEqual({ step: 'requested', waitMs: 1 });
    const shown = await getRotation(as('auditor', world), { id: rotationId });
    expect(shown).toMatchObject({ attempts: n, error: expect.stringContaining('503') });
    now += 1;
  }
  expect(await finish(rotationId)).toBe('failed');
  expect(await expectReachable(secretId)).toBe(oldValue);
  expect(await eventsOf(world.workspace, rotationId)).toEqual(
    ['requested', 'step_failed', 'failed'].map((type) => `rotation.${type}`),
  );
});
