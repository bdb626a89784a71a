import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { listEntities, putEntity, removeEntity } from './service/entities';
import { getCedarSchema, putCedarSchema } from './service/schema';

let world: World;
let ctx: Context;

beforeAll(async () => {
  world = await mintWorld();
  ctx = {
    workspace: world.workspace,
    requestId: newId('req'),
    actor: {
      type: 'member',
      id: world.admin,
      name: 'Admin',
      roles: ['admin'],
      abilities: [],
      method: 'password',
      authenticatedAt: 0,
    },
  };
  await putCedarSchema(ctx, {
    text: `entity folder;
entity user in [folder] { role?: String, level: Long, boss?: user, from?: ipaddr };`,
  });
});
afterAll(() => closeDb());

describe('entities', () => {
  const alice = { type: 'user', id: 'alice', properties: { level: 3 } };
  it('are made, changed, listed in their order and removed, each with before and after', async () => {
    await putEntity(ctx, alice);
    const changed = {
      ...alice,
      properties: { level: 4, from: '10.0.0.0/8' },
      parents: [{ type: 'folder', id: 'f' }],
    };
    await putEntity(ctx, changed);
    for (const id of ['Zoe', 'bob', 'carl']) await putEntity(ctx, { ...alice, id });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listEntities(ctx, { type: 'user', limit: 2, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['Zoe', 'alice', 'bob', 'carl']);
    await removeEntity(ctx, { type: 'user', id: 'alice' });
    const events = (await eventsOf(world.workspace)).filter(
      ({ object }) => (object as { id?: string } | undefined)?.id === 'user::alice',
    );
    const first = { ...alice, parents: [] };
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['entity.created', { before: null, after: first }],
      ['entity.updated', { before: first, after: changed }],
      ['entity.removed', { before: changed, after: null }],
    ]);
  });

  it('are found by a part of their id, within a type', async () => {
    for (const id of ['Dora-1', 'dora_2', 'eve%']) await putEntity(ctx, { ...alice, id });
    await putEntity(ctx, { type: 'folder', id: 'doras' });
    const found = async (input: object) =>
      (await listEntities(ctx, input)).items.map(({ type, id }) => `${type} ${id}`);
    expect(await found({ q: 'DORA' })).toEqual(['folder doras', 'user Dora-1', 'user dora_2']);
    expect(await found({ q: 'dora', type: 'user', limit: 1 })).toEqual(['user Dora-1']);
    expect(await found({ q: '%' })).toEqual(['user eve%']);
    expect(await found({ q: 'nobody' })).toEqual([]);
  });

  it('that are new do not take the place of others', async () => {
    const made = { ...alice, id: 'frank', isNew: true };
    await putEntity(ctx, made);
    const again = putEntity(ctx, { ...made, properties: { level: 9 } });
    await expect(again).rejects.toMatchObject({ status: 422, errors: [{ field: 'id' }] });
    const [frank] = (await listEntities(ctx, { q: 'frank' })).items;
    expect(frank?.properties).toEqual(alice.properties);
  });

  it('are asked for as their types are declared', async () => {
    const { declared } = await getCedarSchema(ctx, {});
    expect(declared).toContainEqual({
      name: 'user',
      memberOf: ['folder'],
      attributes: expect.arrayContaining([
        { name: 'role', kind: 'string', required: false, words: 'text' },
        { name: 'level', kind: 'long', required: true, words: 'a whole number' },
        { name: 'boss', kind: 'string', required: false, words: 'the id of a user' },
        { name: 'from', kind: 'string', required: false, words: 'an IP address or range' },
      ]),
    });
    expect(declared.map(({ name }) => name)).not.toContain('Agent');
  });

  it.each([
    ['type', { ...alice, type: 'bird' }],
    ['properties.wings', { ...alice, properties: { level: 1, wings: 2 } }],
    ['properties.level', { ...alice, properties: {} }],
    ['properties.level', { ...alice, properties: { level: 'high' } }],
    ['properties.boss', { ...alice, properties: { level: 1, boss: { type: 'record', id: 'r' } } }],
    ['properties.from', { ...alice, properties: { level: 1, from: 'home' } }],
    ['parents.0.type', { ...alice, parents: [{ type: 'record', id: 'r' }] }],
    ['properties', { ...alice, properties: { level: 1, role: 'x'.repeat(20_000) } }],
  ])('are refused where %s is not as declared', async (field, entity) => {
    const all = () => inWorkspace(world.workspace, (tx) => tx.entity.findMany());
    const before = await all();
    await expect(putEntity(ctx, entity)).rejects.toMatchObject({
      status: 422,
      errors: [{ field }],
    });
    expect(await all()).toEqual(before);
  });
});
