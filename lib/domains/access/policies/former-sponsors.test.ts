/** Who answers for an agent publishes nothing that widens it, also once somebody else is put in their place. */
import { beforeAll, expect, it } from 'vitest';
import { updateAgent } from '@/lib/domains/agents/server';
import { createActionType, createTool } from '@/lib/domains/catalog/server';
import { updateWorkspace } from '@/lib/domains/workspaces/server';
import { inWorkspace } from '@/lib/infra/db';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { createPermission, createRole, grantRole } from '../server';
import { createDraft, editDraft, getDraft, publishDraft } from './service/drafts';
import { listVersions } from './service/versions';

let world: World;
const drafter = newId('mbr');

function as(id: string): Context {
  const actor = {
    type: 'member',
    ...{ id, name: 'Somebody', roles: ['admin'], abilities: [] },
    ...{ method: 'password', authenticatedAt: 0 },
  } as const;
  return { workspace: world.workspace, requestId: newId('req'), actor };
}
const sponsoredBy = (sponsorId: string) => updateAgent(as(drafter), { id: world.agent, sponsorId });
const tiers = () =>
  inWorkspace(world.workspace, async (tx) =>
    (await tx.permission.findMany()).map(({ tier }) => tier),
  );
async function draftTier(tier: 1 | 2): Promise<string> {
  const { id } = await createDraft(as(drafter), { title: 'Sooner' });
  const edit = { do: 'set_permission', role: 'refunds', action: 'refunds.create', tier } as const;
  await editDraft(as(drafter), { id, edit });
  return id;
}

/** Neither shown as theirs to publish nor published, and nothing is written. */
async function refusedTo(member: string, id: string): Promise<void> {
  const before = [await tiers(), (await listVersions(as(member), {})).items[0]?.number];
  const { can } = await getDraft(as(member), { id });
  expect(can.publish).toMatchObject({ allowed: false, reason: expect.stringContaining('sponsor') });
  const publish = publishDraft(as(member), { id, why: 'I do not sponsor it' });
  await expect(publish).rejects.toMatchObject({ status: 403 });
  expect([await tiers(), (await listVersions(as(member), {})).items[0]?.number]).toEqual(before);
  expect((await getDraft(as(member), { id })).state).toBe('open');
}

beforeAll(async () => {
  world = await mintWorld();
  const tool = await createTool(as(drafter), {
    ...{ name: 'orders', baseUrl: 'http://127.0.0.1:9', auth: { type: 'none' } },
  });
  const type = await createActionType(as(drafter), {
    ...{ key: 'refunds.create', toolId: tool.id, title: 'Refund an order', method: 'POST' },
    ...{ pathTemplate: '/refunds', parameters: { type: 'object', properties: {} } },
    ...{ effects: ['financial'], reversibility: 'externally_reversible' },
    classification: 'Internal',
  });
  const role = await createRole(as(drafter), { name: 'refunds' });
  await createPermission(as(drafter), { roleId: role.id, actionTypeId: type.id, tier: 3 });
  await grantRole(as(drafter), { id: world.agent, roleId: role.id });
  await updateWorkspace(as(drafter), { settings: { secondAdminWidens: true } });
});

it('not once somebody else is put there for a draft that is open', async () => {
  const id = await draftTier(2);
  await sponsoredBy(world.auditor);
  await refusedTo(world.admin, id);
  // Nor whom they put there in between, who is out again.
  await sponsoredBy(world.admin);
  await refusedTo(world.auditor, id);
  expect(await tiers()).toEqual([3]);
});

it('not for a draft that is begun after somebody else was put there', async () => {
  await sponsoredBy(world.auditor);
  await refusedTo(world.admin, await draftTier(2));
  expect(await tiers()).toEqual([3]);
});

it('but some days after they have given it up, for what is drafted then', async () => {
  const day = 86_400_000;
  const old = await draftTier(1);
  await inWorkspace(world.workspace, async (tx) => {
    const until = (days: number) => new Date(clock.now().getTime() - days * day);
    await tx.formerSponsor.updateMany({ data: { until: until(8) } });
    await tx.policyDraft.update({ where: { id: old }, data: { createdAt: until(9) } });
  });
  await refusedTo(world.admin, old);
  await publishDraft(as(world.admin), { id: await draftTier(2), why: 'Given up long since' });
  expect(await tiers()).toEqual([2]);
});
