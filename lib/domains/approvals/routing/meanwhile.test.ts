/** Who saves a group or a route saves over what they have seen, or not at all. */
import { beforeAll, describe, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { createGroup, getGroup, updateGroup } from './groups';
import { createRoute, getRoute, updateRoute } from './routes';

let world: World;
let ctx: Context;
const refused = { status: 409, code: 'changed_meanwhile' };

beforeAll(async () => {
  world = await mintWorld();
  const actor = {
    type: 'member',
    ...{ id: world.admin, name: 'Somebody', roles: ['admin'], abilities: [] },
    ...{ method: 'password', authenticatedAt: 0 },
  } as const;
  ctx = { workspace: world.workspace, requestId: newId('req'), actor };
});

const said = async (id: string) =>
  (await eventsOf(world.workspace)).filter(
    ({ object }) => (object as { id?: string } | undefined)?.id === id,
  ).length;

describe('a group', () => {
  const members = (id: string) =>
    inWorkspace(world.workspace, async (tx) =>
      (await tx.approverGroupMember.findMany({ where: { groupId: id } })).map(
        ({ memberId }) => memberId,
      ),
    );

  it('is not written over what somebody else has saved meanwhile', async () => {
    const { id, digest } = await createGroup(ctx, { name: 'finance', members: [world.admin] });
    await updateGroup(ctx, { id, members: [], digest });
    const before = await said(id);
    const late = { id, members: [world.admin, world.auditor], digest };
    await expect(updateGroup(ctx, late)).rejects.toMatchObject(refused);
    await expect(updateGroup(ctx, { id, name: 'money', digest })).rejects.toMatchObject(refused);
    expect(await members(id)).toEqual([]);
    expect(await getGroup(ctx, { id })).toMatchObject({ name: 'finance' });
    expect(await said(id)).toBe(before);
    // Once it is looked at, and for who does not say what they saw.
    await updateGroup(ctx, { ...late, digest: (await getGroup(ctx, { id })).digest });
    expect(await members(id)).toHaveLength(2);
    await updateGroup(ctx, { id, members: [] });
    expect(await members(id)).toEqual([]);
  });

  it('is written by one of two who save it at once', async () => {
    const { id } = await createGroup(ctx, { name: 'at once' });
    for (let round = 0; round < 10; round += 1) {
      await updateGroup(ctx, { id, members: [] });
      const { digest } = await getGroup(ctx, { id });
      const saved = await Promise.allSettled(
        [world.admin, world.auditor].map((one) => updateGroup(ctx, { id, members: [one], digest })),
      );
      expect(saved.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(saved.find(({ status }) => status === 'rejected')).toMatchObject({ reason: refused });
      expect(await members(id)).toHaveLength(1);
    }
  });
});

describe('a route', () => {
  const needs = (count: number) => [{ group: null, count, escalation: [] }];

  it('is not written over what somebody else has saved meanwhile', async () => {
    const { id, digest } = await createRoute(ctx, { name: 'large', fits: {}, needs: needs(1) });
    await updateRoute(ctx, { id, needs: needs(3), digest });
    const before = await said(id);
    const late = { id, needs: needs(2), digest };
    await expect(updateRoute(ctx, late)).rejects.toMatchObject(refused);
    expect((await getRoute(ctx, { id })).needs).toEqual(needs(3));
    expect(await said(id)).toBe(before);
    await updateRoute(ctx, { ...late, digest: (await getRoute(ctx, { id })).digest });
    expect((await getRoute(ctx, { id })).needs).toEqual(needs(2));
  });

  it('is the same wherever it is put', async () => {
    const { id, digest } = await createRoute(ctx, { name: 'moved', fits: {}, needs: needs(1) });
    await updateRoute(ctx, { id, position: 0 });
    await updateRoute(ctx, { id, name: 'renamed', digest });
    expect(await getRoute(ctx, { id })).toMatchObject({ name: 'renamed', position: 0 });
  });
});
