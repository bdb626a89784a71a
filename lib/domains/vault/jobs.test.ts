import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createCredential, oauthRoutes, revokeCredential } from '@/lib/domains/identity/server';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { createPool, type Pool } from '@/lib/infra/pg';
import { closeQueue } from '@/lib/infra/queue';
import { mintAgent, mintWorld, type World } from '@/lib/infra/testing/world';
import { jobContext } from '@/lib/kernel/context';
import { defineJob, startJobs } from '@/lib/kernel/job';
import { listDue } from './due/list';
import { vaultJobs } from './jobs';
import { vaultRotate } from './rotate-job';
import { collectSuccessor, getRotation, listRotations } from './service/rotations';
import { createSecret } from './service/secrets';
import { rotateCredential, scheduleCredentialRotation } from './service/rotate-credential';
import { rotateSecret } from './service/rotate-secret';
import { as, currentValue, eventsOf, everythingWritten } from './test/support';
import { startUpstream, type Upstream } from './test/upstream';

const ISSUER = 'http://gateway.test';
const jobs = new Map(vaultJobs.map((job) => [job.name, job]));

let world: World;
let upstream: Upstream;
let gateway: Pool;
let worker: { close: () => Promise<void> } | undefined;

beforeAll(async () => {
  world = await mintWorld();
  upstream = await startUpstream();
  gateway = createPool('countersign_gateway', 4);
});
afterAll(async () => {
  await upstream.close();
  await gateway.end();
  await worker?.close();
  await closeQueue();
  await closeDb();
});

const perform = (name: string, input: object = {}) =>
  jobs.get(name)?.perform(world.workspace, input);

/** Gets a token with a client secret, as an agent does. */
async function useSecret(agent: string, secret: string): Promise<number> {
  const basic = Buffer.from(`${agent}:${encodeURIComponent(secret)}`).toString('base64');
  const answer = await oauthRoutes({ pool: gateway, issuer: ISSUER }).request('/oauth/token', {
    method: 'POST',
    headers: {
      authorization: `Basic ${basic}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  return answer.status;
}

async function age(table: 'credentials' | 'secretVersion', id: string, days: number) {
  const then = new Date(Date.now() - days * 86_400_000);
  await inWorkspace(world.workspace, async (tx) => {
    if (table === 'credentials') {
      await tx.credential.update({ where: { id }, data: { createdAt: then } });
    } else {
      await tx.secretVersion.updateMany({ where: { secretId: id }, data: { activatedAt: then } });
    }
  });
}

/** So that the sweep looks at it now. */
const rest = (id: string) =>
  inWorkspace(world.workspace, (tx) =>
    tx.rotation.update({ where: { id }, data: { updatedAt: new Date(Date.now() - 3_600_000) } }),
  );

test('a due secret is rotated through the queue, once, and one that is not due is left', async () => {
  const [dueValue, freshValue] = [await upstream.makeKey(), await upstream.makeKey()];
  const rotator = { kind: 'http_api_keys', baseUrl: upstream.baseUrl, graceSeconds: 0 };
  const ctx = as('admin', world);
  const due = await createSecret(ctx, {
    name: 'due',
    value: dueValue,
    rotator,
    rotateEveryDays: 30,
  });
  const fresh = await createSecret(ctx, { name: 'fresh', value: freshValue, rotator });
  await age('secretVersion', due.secret.id, 31);
  await Promise.all([perform('vault.rotations_due'), perform('vault.rotations_due')]);
  const { items } = await listRotations(ctx, {});
  expect(items.map((item) => item.subjectId)).toEqual([due.secret.id]);
  expect(items[0]).toMatchObject({ trigger: 'schedule', subjectName: 'due' });

  // The queue's own worker runs it; its end is what the test waits for.
  await new Promise<void>((resolve, reject) => {
    const watched = defineJob({
      name: vaultRotate.name,
      input: z.looseObject({}),
      run: (ctx, input) => vaultRotate.perform(ctx.workspace, input).then(resolve, reject),
    });
    startJobs([watched]).then((running) => {
      worker = running;
    }, reject);
  });
  expect(await eventsOf(world.workspace, items[0]?.id ?? '')).toContain('rotation.finished');
  const value = await currentValue(gateway, world.workspace, due.secret.id);
  expect(await upstream.ask(value)).toBe(200);
  expect(await upstream.ask(dueValue)).toBe(401);
  expect(await currentValue(gateway, world.workspace, fresh.secret.id)).toBe(freshValue);
  // It is no longer due.
  await perform('vault.rotations_due');
  expect((await listRotations(ctx, {})).items).toHaveLength(1);
});

test('what has failed is left alone for a day, unless a person starts it', async () => {
  const ctx = as('admin', world);
  const rotator = { kind: 'http_api_keys', baseUrl: upstream.baseUrl, graceSeconds: 0 };
  const value = await upstream.makeKey();
  const { secret } = await createSecret(ctx, { name: 'failing', value, rotator });
  await age('secretVersion', secret.id, 400);
  upstream.watch(async (_call, phase) =>
    phase === 'before' ? new Response('{}', { status: 403 }) : undefined,
  );
  const begun = async () => (await listRotations(ctx, { subject: secret.id })).items;
  const fail = async () => {
    const [last] = await begun();
    await perform('vault.rotate', { rotationId: last?.id });
    return (await begun()).map(({ step, trigger }) => `${step} ${trigger}`);
  };
  await perform('vault.rotations_due');
  expect(await fail()).toEqual(['failed schedule']);
  await perform('vault.rotations_due');
  expect(await begun()).toHaveLength(1);
  await rotateSecret(ctx, { id: secret.id });
  expect(await fail()).toEqual(['failed hand', 'failed schedule']);
  await perform('vault.rotations_due');
  expect(await begun()).toHaveLength(2);
  const finishedAt = new Date(Date.now() - 25 * 3_600_000);
  await inWorkspace(world.workspace, (tx) =>
    tx.rotation.updateMany({ where: { subjectId: secret.id }, data: { finishedAt } }),
  );
  await perform('vault.rotations_due');
  expect(await fail()).toHaveLength(3);
  upstream.watch(undefined);
});

describe("an agent's credential", () => {
  test('rotated by hand: either works until the new one was used, then the old is revoked', async () => {
    const agent = await mintAgent(world);
    const ctx = as('admin', world);
    const old = await createCredential(ctx, { kind: 'secret', agentId: agent });
    const made = await rotateCredential(ctx, { id: old.credential.id });
    expect(made.rotation.step).toBe('created');
    expect(await useSecret(agent, old.secret ?? '')).toBe(200);
    await rest(made.rotation.id);
    await perform('vault.rotations_resumed');
    expect(await useSecret(agent, old.secret ?? '')).toBe(200);
    await expect(rotateCredential(ctx, { id: old.credential.id })).rejects.toMatchObject({
      code: 'already_rotating',
    });
    expect(await useSecret(agent, made.secret ?? '')).toBe(200);
    await rest(made.rotation.id);
    await perform('vault.rotations_resumed');
    await perform('vault.rotations_resumed');
    expect(await useSecret(agent, old.secret ?? '')).toBe(401);
    expect(await useSecret(agent, made.secret ?? '')).toBe(200);
    expect(await eventsOf(world.workspace, made.rotation.id)).toEqual(
      ['requested', 'created', 'tested', 'switched', 'finished'].map((s) => `rotation.${s}`),
    );
    const written = await everythingWritten(world.workspace);
    expect(written).not.toContain(made.secret);
    expect(written).not.toContain(old.secret);
  });

  test('by hand, never taken up: the old one is revoked when the overlap ends', async () => {
    const agent = await mintAgent(world);
    const ctx = as('admin', world);
    const old = await createCredential(ctx, { kind: 'secret', agentId: agent });
    const made = await rotateCredential(ctx, { id: old.credential.id, overlapHours: 1 });
    await endOverlap(made.rotation.id);
    await perform('vault.rotations_resumed');
    expect(await useSecret(agent, old.secret ?? '')).toBe(401);
    expect(await useSecret(agent, made.secret ?? '')).toBe(200);
  });

  test('by schedule: collected once, and the old one stays if nobody takes it up', async () => {
    const agent = await mintAgent(world);
    const ctx = as('admin', world);
    const old = await createCredential(ctx, { kind: 'secret', agentId: agent });
    await age('credentials', old.credential.id, 85);
    await perform('vault.rotations_due');
    const { items } = await listRotations(ctx, { subject: old.credential.id });
    const rotation = items[0]?.id ?? '';
    await perform('vault.rotate', { rotationId: rotation });
    await perform('vault.rotate', { rotationId: rotation });
    await expect(collectSuccessor(as('auditor', world), { id: rotation })).rejects.toMatchObject({
      status: 403,
    });
    const both = await Promise.allSettled(
      [1, 2].map(() => collectSuccessor(ctx, { id: rotation })),
    );
    const got = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(got).toHaveLength(1);
    await endOverlap(rotation);
    await perform('vault.rotations_resumed');
    expect(await useSecret(agent, old.secret ?? '')).toBe(200);
    expect(await useSecret(agent, got[0]?.secret ?? '')).toBe(401);
    const [shown] = (await listRotations(ctx, { subject: old.credential.id })).items;
    expect(shown?.step).toBe('failed');
  });

  test('by schedule, with the old one revoked: the new one waits until it is collected', async () => {
    const agent = await mintAgent(world);
    const ctx = as('admin', world);
    const old = await createCredential(ctx, { kind: 'secret', agentId: agent });
    await age('credentials', old.credential.id, 85);
    await perform('vault.rotations_due');
    const { items } = await listRotations(ctx, { subject: old.credential.id });
    const id = items[0]?.id ?? '';
    await perform('vault.rotate', { rotationId: id });
    await revokeCredential(ctx, { id: old.credential.id });
    for (const wait of [rest, endOverlap]) {
      await wait(id);
      await perform('vault.rotations_resumed');
      expect(await getRotation(ctx, { id })).toMatchObject({
        step: 'created',
        waiting: expect.stringContaining('to be collected'),
        can: { collect: { allowed: true } },
      });
    }
    const { secret = '' } = await collectSuccessor(ctx, { id });
    expect(await useSecret(agent, secret)).toBe(200);
    await rest(id);
    await perform('vault.rotations_resumed');
    expect(await getRotation(ctx, { id })).toMatchObject({ step: 'revoked', waiting: null });
    expect(await useSecret(agent, secret)).toBe(200);
  });

  test('by schedule, with the old one revoked once it was collected: it is over', async () => {
    const agent = await mintAgent(world);
    const ctx = as('admin', world);
    const old = await createCredential(ctx, { kind: 'secret', agentId: agent });
    const job = jobContext(world.workspace, 'vault.rotations_due');
    const { id } = await scheduleCredentialRotation(job, { id: old.credential.id });
    const due = (await listDue(ctx, { limit: 200 })).items;
    expect(due.find((item) => item.id === old.credential.id)).toMatchObject({
      rotation: { id, step: 'requested' },
      can: { rotate: { allowed: false, reason: 'A rotation of it is under way.' } },
    });
    await perform('vault.rotate', { rotationId: id });
    await collectSuccessor(ctx, { id });
    await revokeCredential(ctx, { id: old.credential.id });
    await perform('vault.rotate', { rotationId: id });
    expect(await getRotation(ctx, { id })).toMatchObject({ step: 'revoked' });
  });

  test('that takes over from another is not rotated before it has', async () => {
    const agent = await mintAgent(world);
    const ctx = as('admin', world);
    const first = await createCredential(ctx, { kind: 'secret', agentId: agent });
    const second = await rotateCredential(ctx, { id: first.credential.id });
    const { id } = second.rotation;
    const refused = { code: 'takes_over', message: expect.stringContaining(id) };
    const again = { id: second.credential.id };
    await expect(rotateCredential(ctx, again)).rejects.toMatchObject(refused);
    const job = jobContext(world.workspace, 'vault.rotations_due');
    await expect(scheduleCredentialRotation(job, again)).rejects.toMatchObject(refused);
    // Nor does the list of what is due offer it.
    const mayRotate = async () =>
      (await listDue(ctx, { limit: 200 })).items
        .filter(({ agentId }) => agentId === agent)
        .map((item) => [item.id, item.can.rotate.allowed]);
    expect(await mayRotate()).toEqual([
      [first.credential.id, false],
      [again.id, false],
    ]);
    const held = await inWorkspace(world.workspace, (tx) =>
      tx.credential.count({ where: { agentId: agent } }),
    );
    expect(held).toBe(2);
    expect((await listRotations(ctx, { subject: again.id })).items).toEqual([]);
    // Once used it may be, and the first one stays revoked.
    expect(await useSecret(agent, second.secret ?? '')).toBe(200);
    await perform('vault.rotate', { rotationId: id });
    expect(await mayRotate()).toEqual([[again.id, true]]);
    const third = await rotateCredential(ctx, again);
    expect(await useSecret(agent, third.secret ?? '')).toBe(200);
    await perform('vault.rotate', { rotationId: third.rotation.id });
    const working = [first, second, third].map(({ secret }) => useSecret(agent, secret ?? ''));
    expect(await Promise.all(working)).toEqual([401, 401, 200]);
  });

  async function endOverlap(id: string) {
    await rest(id);
    await inWorkspace(world.workspace, async (tx) => {
      const { state } = await tx.rotation.findUniqueOrThrow({ where: { id } });
      const overlapUntil = new Date(Date.now() - 1_000).toISOString();
      await tx.rotation.update({
        where: { id },
        data: { state: { ...(state as object), overlapUntil }, updatedAt: new Date(0) },
      });
    });
  }
});
