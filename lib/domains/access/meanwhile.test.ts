/** Who saves what others may change too saves over what they have seen, or not at all. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createActionType, createTool } from '@/lib/domains/catalog/server';
import { inWorkspace } from '@/lib/infra/db';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { listEntities, putEntity, removeEntity } from './cedar-policies/service/entities';
import {
  createCedarPolicy,
  getCedarPolicy,
  updateCedarPolicy,
} from './cedar-policies/service/policies';
import { getCedarSchema, putCedarSchema } from './cedar-policies/service/schema';
import { listVersions } from './policies/service/versions';
import { createPermission, getPermission, updatePermission } from './service/permissions';
import { createRole, updateRole } from './service/roles';

let world: World;
let ctx: Context;
const refused = { status: 409, code: 'changed_meanwhile' };
const version = async () => (await listVersions(ctx, {})).items[0]?.number;

beforeAll(async () => {
  world = await mintWorld();
  const actor = {
    type: 'member',
    ...{ id: world.admin, name: 'Somebody', roles: ['admin'], abilities: [] },
    ...{ method: 'password', authenticatedAt: 0 },
  } as const;
  ctx = { workspace: world.workspace, requestId: newId('req'), actor };
});

describe('a policy by hand', () => {
  const forbid = (when: string) => `forbid (principal, action, resource) when { ${when} };`;

  it('is not written over what somebody else has saved meanwhile', async () => {
    const made = await createCedarPolicy(ctx, { name: 'weekends', text: forbid('false') });
    const { id, digest } = made;
    await updateCedarPolicy(ctx, { id, text: forbid('true'), digest });
    const before = await version();
    const late = { id, name: 'weekdays', text: forbid('1 < 2'), digest };
    await expect(updateCedarPolicy(ctx, late)).rejects.toMatchObject(refused);
    const now = await getCedarPolicy(ctx, { id });
    expect(now).toMatchObject({ name: 'weekends', text: forbid('true') });
    expect(await version()).toBe(before);
    await updateCedarPolicy(ctx, { ...late, digest: now.digest });
    expect((await getCedarPolicy(ctx, { id })).name).toBe('weekdays');
    // Who does not say what they saw changes whatever is there.
    await updateCedarPolicy(ctx, { id, name: 'weekends' });
    expect((await getCedarPolicy(ctx, { id })).text).toBe(forbid('1 < 2'));
  });

  it('is written by one of two who save it at once', async () => {
    const { id, digest } = await createCedarPolicy(ctx, { name: 'at-once', text: forbid('false') });
    const texts = [forbid('1 < 3'), forbid('1 < 4')];
    const saved = await Promise.allSettled(
      texts.map((text) => updateCedarPolicy(ctx, { id, text, digest })),
    );
    expect(saved.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(saved.find(({ status }) => status === 'rejected')).toMatchObject({ reason: refused });
  });
});

it('the declared types are not written over what somebody else has saved meanwhile', async () => {
  const { digest } = await getCedarSchema(ctx, {});
  await putCedarSchema(ctx, { text: 'entity folder;', digest });
  const late = { text: 'entity user { level: Long };', digest };
  await expect(putCedarSchema(ctx, late)).rejects.toMatchObject(refused);
  const now = await getCedarSchema(ctx, {});
  expect(now.text).toBe('entity folder;');
  await putCedarSchema(ctx, { ...late, digest: now.digest });
  expect((await getCedarSchema(ctx, {})).text).toBe(late.text);
});

it('an entity is not written over what somebody else has saved, nor made anew once it is gone', async () => {
  const ada = { type: 'user', id: 'ada', properties: { level: 1 } };
  const { digest } = await putEntity(ctx, ada);
  const next = await putEntity(ctx, { ...ada, properties: { level: 2 }, digest });
  const late = { ...ada, properties: { level: 3 }, digest };
  const entities = async () =>
    (await listEntities(ctx, {})).items.map(({ properties }) => properties);
  await expect(putEntity(ctx, late)).rejects.toMatchObject(refused);
  expect(await entities()).toEqual([{ level: 2 }]);
  await removeEntity(ctx, { type: 'user', id: 'ada' });
  const again = putEntity(ctx, { ...late, digest: next.digest });
  await expect(again).rejects.toMatchObject(refused);
  expect(await entities()).toEqual([]);
});

it('a permission is not written over what somebody else has saved meanwhile', async () => {
  const tool = await createTool(ctx, {
    ...{ name: 'orders', baseUrl: 'http://127.0.0.1:9', auth: { type: 'none' } },
  });
  const type = await createActionType(ctx, {
    ...{ key: 'refunds.create', toolId: tool.id, title: 'Refund an order', method: 'POST' },
    ...{ pathTemplate: '/refunds', parameters: { type: 'object', properties: {} } },
    ...{ effects: ['financial'], reversibility: 'externally_reversible' },
    classification: 'Internal',
  });
  const role = await createRole(ctx, { name: 'refunds' });
  const made = { roleId: role.id, actionTypeId: type.id, tier: 2 } as const;
  const { id, digest } = await createPermission(ctx, { ...made, limits: { perDay: 100 } });
  await updatePermission(ctx, { id, tier: 3, limits: { perDay: 5 }, digest });
  const before = await version();
  const late = { id, tier: 1, digest } as const;
  await expect(updatePermission(ctx, late)).rejects.toMatchObject(refused);
  const now = await getPermission(ctx, { id });
  expect(now).toMatchObject({ tier: 3, limits: { perDay: 5 } });
  expect(await version()).toBe(before);
  // A role that is renamed grants the same.
  await updateRole(ctx, { id: role.id, name: 'refunders' });
  const saved = await Promise.allSettled(
    ([1, 2] as const).map((tier) => updatePermission(ctx, { id, tier, digest: now.digest })),
  );
  expect(saved.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const rows = await inWorkspace(world.workspace, (tx) => tx.permission.findMany());
  expect(rows).toMatchObject([{ limits: { perDay: 5 } }]);
});
