import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createSecret,
  declareSecret,
  revokeSecret,
  rotateSecret,
  updateSecret,
} from '@/lib/domains/vault/server';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { createTool, getTool, restoreTool, retireTool, updateTool } from './service/tools';

const ORDERS = 'https://orders.example';
const LISTENER = 'https://listener.example';

let ctx: Context;

beforeAll(async () => {
  const { workspace, admin } = await mintWorld();
  const actor = {
    type: 'member',
    id: admin,
    name: 'Admin',
    roles: ['admin'],
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  } as const;
  ctx = { workspace, requestId: newId('req'), actor };
});
afterAll(async () => {
  await closeQueue();
  await closeDb();
});

const name = () => `made-${newId('x').slice(-12)}`;
const keep = async (over: object = {}) =>
  (await createSecret(ctx, { name: name(), value: 'upstream-credential', ...over })).secret;
const made = (baseUrl: string, secretId: string | null, over: object = {}) =>
  createTool(ctx, { name: name(), baseUrl, secretId, auth: { type: 'bearer' }, ...over });
const originOf = (id: string) =>
  inWorkspace(
    ctx.workspace,
    async (tx) => (await tx.secret.findUniqueOrThrow({ where: { id } })).origin,
  );
const declared = { description: '', rotator: { kind: 'manual' }, rotateEveryDays: null };

/** A refusal by its field, in words, after which everything stands as it did. */
async function refused(field: string, words: string, attempt: () => Promise<unknown>) {
  const read = () =>
    inWorkspace(ctx.workspace, async (tx) => [
      await tx.tool.findMany({ orderBy: { id: 'asc' } }),
      await tx.secret.findMany({ orderBy: { id: 'asc' } }),
      await tx.secretVersion.count(),
    ]);
  const [before, said] = [await read(), (await eventsOf(ctx.workspace)).length];
  await expect(attempt()).rejects.toMatchObject({
    status: 422,
    errors: [{ field, message: expect.stringContaining(words) }],
  });
  expect(await read()).toEqual(before);
  const since = (await eventsOf(ctx.workspace)).slice(said);
  expect(since.filter(({ type }) => type !== 'request.refused')).toEqual([]);
}

describe('a secret with a value', () => {
  it('is bound by the first tool and goes to no other origin, by whatever field', async () => {
    const secret = await keep();
    expect(secret.origin).toBe(null);
    const tool = await made(`${ORDERS}/v1`, secret.id);
    expect(await originOf(secret.id)).toBe(ORDERS);
    const bound = (await eventsOf(ctx.workspace)).find(({ type }) => type === 'secret.bound');
    expect(bound).toMatchObject({
      object: { type: 'secret', id: secret.id },
      data: { before: { origin: null }, after: { origin: ORDERS } },
    });
    const words = `The secret ${secret.name} was entered for ${ORDERS}. Enter it as a new secret`;
    for (const baseUrl of [
      LISTENER,
      'http://orders.example',
      `${ORDERS}:8443`,
      'https://orders.example.listener.example',
      'https://orders.example.',
    ]) {
      await refused('baseUrl', words, () => updateTool(ctx, { id: tool.id, baseUrl }));
    }
    await refused('secretId', words, () => made(LISTENER, secret.id));
    const other = await made(LISTENER, null);
    await refused('secretId', words, () => updateTool(ctx, { id: other.id, secretId: secret.id }));
    const rotator = { kind: 'http_api_keys', baseUrl: LISTENER };
    await refused('rotator.baseUrl', words, () => updateSecret(ctx, { id: secret.id, rotator }));
  });

  it('goes to another path, and to another way of writing the same origin', async () => {
    const secret = await keep();
    const { id } = await made(ORDERS, secret.id);
    await updateTool(ctx, { id, baseUrl: `${ORDERS}/v2/` });
    await updateTool(ctx, { id, baseUrl: 'HTTPS://Orders.Example:443/v3' });
    await made(`${ORDERS}/other`, secret.id);
    await updateSecret(ctx, {
      ...{ id: secret.id, rotator: { kind: 'http_api_keys', baseUrl: `${ORDERS}/keys` } },
    });
    expect(await originOf(secret.id)).toBe(ORDERS);
  });

  it('stays bound when nothing uses it any more; the tool goes elsewhere without it', async () => {
    const secret = await keep();
    const tool = await made(ORDERS, secret.id);
    const words = 'was entered for';
    await updateTool(ctx, { id: tool.id, baseUrl: LISTENER, secretId: null });
    await refused('secretId', words, () => made(LISTENER, secret.id));
    const retired = await made(ORDERS, secret.id);
    await retireTool(ctx, { id: retired.id });
    const { name: named } = retired;
    const fields = { name: named, auth: { type: 'bearer' }, secretId: secret.id };
    await refused('baseUrl', words, () =>
      restoreTool(ctx, { id: retired.id, ...fields, baseUrl: LISTENER }),
    );
    const restored = await restoreTool(ctx, { id: retired.id, ...fields, baseUrl: ORDERS });
    expect(restored.state).toBe('active');
  });

  it('can say at once what it is for', async () => {
    const secret = await keep({ origin: `${ORDERS}/v1?x=1` });
    expect(secret.origin).toBe(ORDERS);
    await refused('secretId', 'was entered for', () => made(LISTENER, secret.id));
    await made(ORDERS, secret.id);
    const rotator = { kind: 'http_api_keys', baseUrl: LISTENER };
    await refused('rotator.baseUrl', 'must be at', () => keep({ origin: ORDERS, rotator }));
  });

  it('is no connection string for a tool', async () => {
    const secret = await keep({ value: 'postgresql://reader:hunter2@db.internal:5432/orders' });
    expect(secret.origin).toBe('postgres:');
    await refused('secretId', 'the database that it names', () => made(ORDERS, secret.id));
  });

  it('kept from before, used at several: settles at one of them and at no other', async () => {
    const secret = await keep();
    const [one, two] = [await made(ORDERS, secret.id), await made('https://two.example', null)];
    await inWorkspace(ctx.workspace, async (tx) => {
      await tx.tool.update({ where: { id: two.id }, data: { secretId: secret.id } });
      await tx.secret.update({ where: { id: secret.id }, data: { origin: null } });
    });
    const id = one.id;
    await refused('baseUrl', 'is used at', () => updateTool(ctx, { id, baseUrl: LISTENER }));
    await updateTool(ctx, { id: two.id, description: 'Two' });
    expect(await originOf(secret.id)).toBe('https://two.example');
    await refused('baseUrl', 'was entered for', () => updateTool(ctx, { id, description: 'One' }));
    await updateTool(ctx, { id, secretId: null });
  });
});

describe('at once', () => {
  const outcome = async (attempts: Promise<unknown>[]) => {
    const settled = await Promise.allSettled(attempts);
    return settled
      .map((one) =>
        one.status === 'fulfilled' ? 'done' : (one.reason as { status: number }).status,
      )
      .toSorted();
  };

  it('of two origins one wins, and the other is refused', async () => {
    for (let n = 0; n < 5; n++) {
      const secret = await keep();
      const attempts = [made(ORDERS, secret.id), made(LISTENER, secret.id)];
      expect(await outcome(attempts)).toEqual([422, 'done']);
      const tools = await inWorkspace(ctx.workspace, (tx) =>
        tx.tool.findMany({ where: { secretId: secret.id } }),
      );
      expect(tools.map(({ baseUrl }) => baseUrl)).toEqual([await originOf(secret.id)]);
    }
  });

  it('an address and a secret that are changed apart do not meet', async () => {
    for (let n = 0; n < 5; n++) {
      const secret = await keep({ origin: ORDERS });
      const { id } = await made(ORDERS, null);
      const attempts = [
        updateTool(ctx, { id, secretId: secret.id }),
        updateTool(ctx, { id, baseUrl: LISTENER }),
      ];
      expect(await outcome(attempts)).toEqual([422, 'done']);
      const tool = await getTool(ctx, { id });
      expect([tool.baseUrl, tool.secret?.id]).not.toEqual([LISTENER, secret.id]);
    }
  });

  it('a value that is entered for one origin does not go to another', async () => {
    for (let n = 0; n < 5; n++) {
      const { id: secretId } = await declareSecret(ctx, { ...declared, name: name() });
      const { id } = await made(ORDERS, secretId);
      const attempts = [
        rotateSecret(ctx, { id: secretId, value: 'first', origin: ORDERS }),
        updateTool(ctx, { id, baseUrl: LISTENER }),
      ];
      expect(await outcome(attempts)).toEqual([422, 'done']);
      const tool = await getTool(ctx, { id });
      expect(await originOf(secretId)).toBe(tool.baseUrl);
    }
  });
});

describe('a secret without a value', () => {
  it('moves with its one tool, and not away from a second', async () => {
    const { id: secretId } = await declareSecret(ctx, { ...declared, name: name() });
    const { id } = await made(LISTENER, secretId);
    await updateTool(ctx, { id, baseUrl: ORDERS });
    expect(await originOf(secretId)).toBe(ORDERS);
    await made(`${ORDERS}/2`, secretId);
    await refused('baseUrl', `is used at ${ORDERS}`, () =>
      updateTool(ctx, { id, baseUrl: LISTENER }),
    );
  });

  it('is held from when it is entered, also after it was revoked', async () => {
    const named = name();
    const { id: secretId } = await declareSecret(ctx, { ...declared, name: named });
    const { id } = await made(ORDERS, secretId);
    await refused('origin', `is used at ${ORDERS}`, () =>
      rotateSecret(ctx, { id: secretId, value: 'first', origin: LISTENER }),
    );
    await rotateSecret(ctx, { id: secretId, value: 'first', origin: `${ORDERS}/v1` });
    await refused('baseUrl', 'was entered for', () => updateTool(ctx, { id, baseUrl: LISTENER }));

    const kept = await keep();
    const tool = await made(ORDERS, kept.id);
    await revokeSecret(ctx, { id: kept.id });
    await declareSecret(ctx, { ...declared, name: kept.name });
    await refused('secretId', `is used at ${ORDERS}`, () => made(LISTENER, kept.id));
    await updateTool(ctx, { id: tool.id, baseUrl: 'https://new.example' });
    expect(await originOf(kept.id)).toBe('https://new.example');
  });
});
