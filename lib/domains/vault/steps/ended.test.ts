import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { createPool, type Pool } from '@/lib/infra/pg';
import { closeQueue } from '@/lib/infra/queue';
import { bundle } from '@/lib/infra/testing/bundle';
import { eventsOf as saidIn, type Said } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { clock } from '@/lib/kernel/clock';
import { jobContext } from '@/lib/kernel/context';
import { vaultJobs } from '../jobs';
import { finishRotation } from '../service/end';
import { getSecret } from '../service/read';
import { rotateSecret } from '../service/rotate-secret';
import { getRotation, listRotations } from '../service/rotations';
import { createSecret, revokeSecret, updateSecret } from '../service/secrets';
import { dieWhile } from '../test/die';
import { as, currentValue, eventsOf, everythingWritten } from '../test/support';
import { startUpstream, type Upstream } from '../test/upstream';
import { runRotation } from './run';

const MINUTE = 60_000;

let world: World;
let upstream: Upstream;
let gateway: Pool;
let rotator: string;
const realNow = clock.now;

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

/** A secret whose key the upstream knows, and a rotation of it that has come so many steps far. */
async function begin(steps: number) {
  const oldValue = await upstream.makeKey();
  const { secret } = await createSecret(as('admin', world), {
    name: `key-${crypto.randomUUID()}`,
    value: oldValue,
    rotator: { kind: 'http_api_keys', baseUrl: upstream.baseUrl, graceSeconds: 0 },
  });
  const keys = (await upstream.liveKeys()).length;
  const { id } = await rotateSecret(as('admin', world), { id: secret.id });
  for (let n = 0; n < steps; n++) await runRotation(job(), id, { onlyOne: true });
  return { secretId: secret.id, rotationId: id, oldValue, keys };
}

const job = () => jobContext(world.workspace, 'vault.rotate');
const shown = (id: string) => getRotation(as('auditor', world), { id });
const idOf = async (key: string): Promise<string> => {
  const answer = await fetch(`${upstream.baseUrl}/whoami`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return ((await answer.json()) as { key: { id: string } }).key.id;
};
const refuse = (call: string, status: number) =>
  upstream.watch(async (asked, phase) =>
    asked === call && phase === 'before' ? new Response('{}', { status }) : undefined,
  );
async function saidOf(id: string, type: string) {
  const said = await saidIn<Said & { object?: { id: string }; data: Record<string, unknown> }>(
    world.workspace,
  );
  return said.filter((event) => event.object?.id === id && event.type === type);
}

describe('a secret that is revoked ends its rotation', () => {
  test.each([
    ['requested', 0],
    ['created', 1],
    ['tested', 2],
    ['switched', 3],
  ] as const)('at %s, and its record names the keys that stay', async (step, steps) => {
    const { secretId, rotationId, oldValue } = await begin(steps);
    expect((await shown(rotationId)).step).toBe(step);
    const oldId = await idOf(oldValue);
    const revoked = await revokeSecret(as('admin', world), { id: secretId, reason: 'leaked' });
    expect(revoked).toMatchObject({ state: 'revoked', rotation: null, version: null });
    const { ended, ...after } = await shown(rotationId);
    expect(after).toMatchObject({ step: 'cancelled', finishedAt: expect.any(String) });
    expect(after.can.finish.allowed).toBe(false);
    const keys =
      steps === 0
        ? [
            { key: 'old', upstreamId: null },
            { key: 'unrecorded', upstreamId: null },
          ]
        : [
            { key: 'old', upstreamId: oldId },
            { key: 'new', upstreamId: expect.any(String) },
          ];
    expect(ended).toMatchObject({ by: world.admin, reason: 'leaked', notWithdrawn: keys });
    for (const word of [upstream.baseUrl, steps === 0 ? rotationId : oldId]) {
      expect(ended?.toDo).toContain(word);
    }
    const [said] = await saidOf(rotationId, 'rotation.cancelled');
    expect(said).toMatchObject({
      outcome: 'cancelled',
      data: { from: step, not_withdrawn: keys, to_do: ended?.toDo },
    });
    expect(await saidOf(secretId, 'secret.revoked')).toMatchObject([
      { data: { reason: 'leaked', rotation: rotationId } },
    ]);
    // Nothing goes on, nothing is asked, and nothing is left of the values.
    const asked: string[] = [];
    upstream.watch(async (call) => void asked.push(call));
    expect(await runRotation(job(), rotationId)).toEqual({ step: 'cancelled' });
    expect(asked).toEqual([]);
    const versions = await inWorkspace(world.workspace, (tx) =>
      tx.secretVersion.findMany({ where: { secretId } }),
    );
    expect(versions.filter((v) => v.state !== 'revoked' || v.ciphertext !== null)).toEqual([]);
    expect(await everythingWritten(world.workspace)).not.toContain(oldValue);
  });

  test.each([
    ['POST api-keys', 0, 'after', []],
    ['GET whoami', 1, 'after', ['old', 'new']],
    ['DELETE api-keys', 3, 'before', ['new']],
    ['DELETE api-keys', 3, 'after', ['new']],
  ] as const)('while %s is under way (%i steps, %s)', async (call, steps, at, left) => {
    const { secretId, rotationId, keys } = await begin(steps);
    let done = false;
    upstream.watch(async (asked, phase) => {
      if (done || asked !== call || phase !== at) return;
      done = true;
      await revokeSecret(as('admin', world), { id: secretId });
    });
    expect(await runRotation(job(), rotationId)).toEqual({ step: 'cancelled' });
    expect(done).toBe(true);
    const { ended } = await shown(rotationId);
    // A key that was made for nothing is withdrawn by who had it made; one withdrawn is not named.
    const named = ended?.notWithdrawn.map(({ key }) => key);
    expect(named).toEqual(steps === 0 ? ['old'] : [...left]);
    const live = await upstream.liveKeys();
    expect(live).toHaveLength(steps === 1 ? keys + 1 : keys);
    for (const { upstreamId } of ended?.notWithdrawn ?? []) {
      if (upstreamId !== null) expect(live).toContain(upstreamId);
    }
    const events = await eventsOf(world.workspace, rotationId);
    expect(events).toContain('rotation.cancelled');
    expect(events).not.toContain('rotation.step_failed');
    expect(events.filter((type) => type === 'rotation.left_changed')).toHaveLength(
      steps === 1 ? 0 : 1,
    );
  });

  test('whose worker died once the upstream had made a key: the record says to look for it', async () => {
    const { secretId, rotationId, keys } = await begin(0);
    const kill = { call: 'POST api-keys', phase: 'after' };
    const { workspace } = world;
    expect(await dieWhile(upstream, { rotator, workspace, rotationId, steps: 1, kill })).toBe(
      'SIGKILL',
    );
    expect(await upstream.liveKeys()).toHaveLength(keys + 1);
    await revokeSecret(as('admin', world), { id: secretId });
    expect(await runRotation(job(), rotationId)).toEqual({ step: 'cancelled' });
    const { ended } = await shown(rotationId);
    expect(ended?.toDo).toContain(`idempotency key ${rotationId}`);
  });

  test('of a revocation and a rotation at once, one goes before the other', async () => {
    for (let n = 0; n < 5; n++) {
      const { secret } = await createSecret(as('admin', world), {
        name: `both-${crypto.randomUUID()}`,
        value: await upstream.makeKey(),
        rotator: { kind: 'http_api_keys', baseUrl: upstream.baseUrl },
      });
      const [revoked] = await Promise.allSettled([
        revokeSecret(as('admin', world), { id: secret.id }),
        rotateSecret(as('admin', world), { id: secret.id }),
      ]);
      expect(revoked.status).toBe('fulfilled');
      expect(await getSecret(as('admin', world), { id: secret.id })).toMatchObject({
        state: 'revoked',
        rotation: null,
        version: null,
      });
    }
  });
});

describe('stuck after the switch', () => {
  test.each([401, 403, 410])(
    'at %i, it is tried ever later and told once a day, or when the answer changes',
    async (status) => {
      const { secretId, rotationId } = await begin(3);
      refuse('DELETE api-keys', status);
      let now = Date.now();
      const start = now;
      clock.now = () => new Date(now);
      const waits: number[] = [];
      while (now < start + 3 * 1_440 * MINUTE) {
        const { step, waitMs = 0 } = await runRotation(job(), rotationId);
        expect(step).toBe('switched');
        waits.push(waitMs / MINUTE);
        now += waitMs;
      }
      expect(waits.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
      expect(new Set(waits.slice(6))).toEqual(new Set([60]));
      const told = await saidOf(rotationId, 'rotation.step_failed');
      expect(told.map(({ data }) => data['attempts'])[0]).toBe(1);
      expect(told).toHaveLength(3);
      refuse('DELETE api-keys', 418);
      await runRotation(job(), rotationId);
      const more = await saidOf(rotationId, 'rotation.step_failed');
      expect(more.slice(3)).toMatchObject([{ data: { reason: expect.stringContaining('418') } }]);
      // The new value serves throughout, and the sweep leaves alone what rests.
      expect(await upstream.ask(await currentValue(gateway, world.workspace, secretId))).toBe(200);
      const { attempts } = await shown(rotationId);
      const sweep = vaultJobs.find(({ name }) => name === 'vault.rotations_resumed');
      await sweep?.perform(world.workspace, {});
      expect((await shown(rotationId)).attempts).toBe(attempts);
      now += 60 * MINUTE;
      await sweep?.perform(world.workspace, {});
      expect((await shown(rotationId)).attempts).toBe(attempts + 1);
    },
  );

  test('the rotator may be changed within its origin, and is tried again at once', async () => {
    const { secretId, rotationId, oldValue } = await begin(3);
    const ctx = as('admin', world);
    refuse('DELETE api-keys', 410);
    expect((await runRotation(job(), rotationId)).waitMs).toBeGreaterThan(0);
    const settings = { kind: 'http_api_keys', graceSeconds: 0 };
    for (const [to, status] of [
      [{ ...settings, baseUrl: 'http://127.0.0.1:9' }, 422],
      [{ kind: 'manual' }, 409],
    ] as const) {
      await expect(updateSecret(ctx, { id: secretId, rotator: to })).rejects.toMatchObject({
        status,
      });
    }
    expect(await runRotation(job(), rotationId)).toMatchObject({ step: 'switched' });
    const moved = { ...settings, baseUrl: `${upstream.baseUrl}/` };
    await updateSecret(ctx, { id: secretId, rotator: moved });
    upstream.watch(undefined);
    expect(await runRotation(job(), rotationId)).toEqual({ step: 'revoked' });
    expect(await upstream.ask(oldValue)).toBe(401);
  });

  test('before the switch the rotator stays as it is', async () => {
    const { secretId, rotationId } = await begin(2);
    const to = { kind: 'http_api_keys', baseUrl: `${upstream.baseUrl}/v2`, graceSeconds: 0 };
    const changed = updateSecret(as('admin', world), { id: secretId, rotator: to });
    await expect(changed).rejects.toMatchObject({ status: 409, code: 'rotating' });
    expect((await shown(rotationId)).step).toBe('tested');
  });

  test('a person finishes it with a reason, is told what to withdraw, and it can be rotated again', async () => {
    const { secretId, rotationId, oldValue } = await begin(3);
    const ctx = as('admin', world);
    const oldId = await idOf(oldValue);
    refuse('DELETE api-keys', 403);
    await runRotation(job(), rotationId);
    await expect(
      finishRotation(as('auditor', world), { id: rotationId, reason: 'no' }),
    ).rejects.toMatchObject({ status: 403 });
    await expect(finishRotation(ctx, { id: rotationId, reason: ' ' })).rejects.toMatchObject({
      status: 422,
    });
    expect((await shown(rotationId)).step).toBe('switched');
    const done = await finishRotation(ctx, { id: rotationId, reason: 'The upstream is gone.' });
    expect(done).toMatchObject({
      step: 'by_hand',
      nextTryAt: null,
      ended: {
        reason: 'The upstream is gone.',
        notWithdrawn: [{ key: 'old', upstreamId: oldId }],
        toDo: expect.stringContaining(`${oldId} at ${upstream.baseUrl}`),
      },
    });
    expect(await saidOf(rotationId, 'rotation.finished_by_hand')).toMatchObject([
      { outcome: 'succeeded', data: { reason: 'The upstream is gone.', to_do: done.ended?.toDo } },
    ]);
    await expect(finishRotation(ctx, { id: rotationId, reason: 'again' })).rejects.toMatchObject({
      status: 409,
    });
    const finished = await listRotations(ctx, { subject: secretId, state: 'finished' });
    expect(finished.items.map(({ id }) => id)).toEqual([rotationId]);
    expect(await everythingWritten(world.workspace)).not.toContain(oldValue);
    upstream.watch(undefined);
    const current = await currentValue(gateway, world.workspace, secretId);
    expect(await upstream.ask(current)).toBe(200);
    const again = await rotateSecret(ctx, { id: secretId });
    expect(await runRotation(job(), again.id)).toEqual({ step: 'revoked' });
  });

  test('before the switch nobody finishes it, and whoever withdraws meanwhile is heard', async () => {
    const ctx = as('admin', world);
    const early = await begin(1);
    await expect(
      finishRotation(ctx, { id: early.rotationId, reason: 'early' }),
    ).rejects.toMatchObject({ status: 409, code: 'not_to_finish' });
    const { rotationId } = await begin(3);
    upstream.watch(async (asked, phase) => {
      if (asked !== 'DELETE api-keys' || phase !== 'after') return;
      await finishRotation(ctx, { id: rotationId, reason: 'slow' });
    });
    expect(await runRotation(job(), rotationId)).toEqual({ step: 'by_hand' });
    expect((await shown(rotationId)).ended).toMatchObject({
      notWithdrawn: [],
      toDo: 'Nothing is left to withdraw.',
    });
  });
});
