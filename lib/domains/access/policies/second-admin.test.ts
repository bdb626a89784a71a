/** What one admin alone must not reach where two are asked for, whichever way they try. */
import { beforeAll, describe, expect, it } from 'vitest';
import { activateAgent, createAgent, updateAgent } from '@/lib/domains/agents/server';
import { createActionType, createTool } from '@/lib/domains/catalog/server';
import { updateWorkspace } from '@/lib/domains/workspaces/server';
import { inWorkspace } from '@/lib/infra/db';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { createCedarPolicy, createPermission, createRole, grantRole, retireRole } from '../server';
import { createDraft, editDraft, getDraft, publishDraft } from './service/drafts';
import { listVersions, rollbackVersion } from './service/versions';

let world: World;
let toolId: string;
let typeId: string;
const [one, two, three] = [newId('mbr'), newId('mbr'), newId('mbr')];

function as(id: string): Context {
  const actor = {
    type: 'member',
    ...{ id, name: 'Somebody', roles: ['admin'], abilities: [] },
    ...{ method: 'password', authenticatedAt: 0 },
  } as const;
  return { workspace: world.workspace, requestId: newId('req'), actor };
}

/** Asks for a second admin, or no longer, as a workspace's own admins do. */
async function wanted(second: boolean): Promise<void> {
  if (second) {
    await updateWorkspace(as(one), { settings: { secondAdminWidens: true } });
    return;
  }
  const { id } = await createDraft(as(one), { title: 'One is enough' });
  await editDraft(as(one), { id, edit: { do: 'set_second_admin', wanted: false } });
  await publishDraft(as(two), { id, why: 'For a while' });
}
const actionTypeOf = (key: string) =>
  createActionType(as(one), {
    ...{ key, toolId, title: 'Refund an order', method: 'POST', pathTemplate: '/refunds' },
    parameters: { type: 'object', properties: { amount: { type: 'number' } } },
    ...{ effects: ['financial'], reversibility: 'externally_reversible' },
    classification: 'Internal',
  });
const agentOf = (name: string) =>
  createAgent(as(one), {
    ...{ name, purpose: 'Refunds what came broken.', sponsorId: world.admin },
    ...{ environment: 'production', model: 'scripted', clearance: 'Internal' },
  });
const policies = () =>
  inWorkspace(world.workspace, (tx) => tx.cedarPolicy.findMany({ select: { name: true } }));
const grant = (tier: number) => ({
  ...{ do: 'set_permission', role: 'refunds', action: 'refunds.create' },
  tier,
});
const refused = { code: 'second_admin_needed' };
const roleOf = async (name: string) => createRole(as(one), { name });

beforeAll(async () => {
  world = await mintWorld();
  const tool = await createTool(as(one), {
    ...{ name: 'orders', baseUrl: 'http://127.0.0.1:9', auth: { type: 'none' } },
  });
  toolId = tool.id;
  typeId = (await actionTypeOf('refunds.create')).id;
  const role = await roleOf('refunds');
  await createPermission(as(one), { roleId: role.id, actionTypeId: typeId, tier: 3 });
  await wanted(true);
});

describe('a policy by hand', () => {
  const forbid = 'forbid (principal, action, resource) when { false };';
  const permit = '@tier("1") permit (principal, action, resource);';

  it('is seen to permit where it hides that behind a comment', async () => {
    const text = `${forbid} // note\r${permit}`;
    const made = createCedarPolicy(as(one), { name: 'hidden', text });
    await expect(made).rejects.toMatchObject(refused);
    expect(await policies()).toEqual([]);
  });

  it('that names no action type permits each that is added, and none that names them', async () => {
    await wanted(false);
    const named = `@tier("1") permit (principal, action == Action::"refunds.create", resource);`;
    await createCedarPolicy(as(one), { name: 'named', text: named });
    await wanted(true);
    await actionTypeOf('refunds.harmless');
    const agent = agentOf('newcomer');
    await expect(agent).rejects.toMatchObject(refused);

    await wanted(false);
    await createCedarPolicy(as(one), { name: 'open', text: permit });
    await wanted(true);
    await expect(actionTypeOf('refunds.any')).rejects.toMatchObject(refused);
    const keys = await inWorkspace(world.workspace, (tx) =>
      tx.actionType.findMany({ select: { key: true }, orderBy: { key: 'asc' } }),
    );
    expect(keys.map(({ key }) => key)).toEqual(['refunds.create', 'refunds.harmless']);
  });

  it('may read an agent’s model, so that another one may let it do more', async () => {
    const text = 'forbid (principal, action, resource) when { principal.model != "approved" };';
    await createCedarPolicy(as(one), { name: 'models', text });
    const change = updateAgent(as(one), { id: world.agent, model: 'approved' });
    await expect(change).rejects.toMatchObject(refused);
    const agent = await inWorkspace(world.workspace, (tx) =>
      tx.agent.findUniqueOrThrow({ where: { id: world.agent } }),
    );
    expect(agent.model).toBe('scripted');
    await inWorkspace(world.workspace, (tx) => tx.cedarPolicy.deleteMany());
  });
});

describe('a draft', () => {
  it('is published by none of those who have changed it', async () => {
    const { id } = await createDraft(as(two), { title: 'Left open' });
    await editDraft(as(one), { id, edit: grant(1) });
    for (const author of [one, two]) {
      const { can } = await getDraft(as(author), { id });
      expect(can.publish).toMatchObject({ allowed: false });
      const publish = publishDraft(as(author), { id, why: 'Me alone' });
      await expect(publish).rejects.toMatchObject({ status: 403 });
    }
    const row = () =>
      inWorkspace(world.workspace, (tx) =>
        tx.permission.findFirstOrThrow({ where: { actionTypeId: typeId } }),
      );
    expect(await row()).toMatchObject({ tier: 3 });
    const seen = await getDraft(as(three), { id });
    expect(seen.editors).toMatchObject([{ id: one }]);
    await publishDraft(as(three), { id, why: 'Looked at', digest: seen.digest });
    // Who drafted what is allowed now is known, so that they do not sign it.
    expect(await row()).toMatchObject({ tier: 1, updatedBy: three });
    expect((await row()).draftedBy.toSorted()).toEqual([one, two].toSorted());
  });

  it('is published as it was looked at, or not at all', async () => {
    const { id } = await createDraft(as(one), { title: 'Harmless' });
    await editDraft(as(one), { id, edit: grant(2) });
    const { digest } = await getDraft(as(two), { id });
    await editDraft(as(one), {
      id,
      edit: { do: 'set_cedar_policy', name: 'any', text: 'permit (principal, action, resource);' },
    });
    const before = (await listVersions(as(one), {})).items[0]?.number;
    const publish = publishDraft(as(two), { id, why: 'As I saw it', digest });
    await expect(publish).rejects.toMatchObject({ status: 409, code: 'changed_meanwhile' });
    expect((await listVersions(as(one), {})).items[0]?.number).toBe(before);
    expect(await policies()).toEqual([]);
    const again = await getDraft(as(two), { id });
    await publishDraft(as(two), { id, why: 'As it is now', digest: again.digest });
    expect(await policies()).toEqual([{ name: 'any' }]);
    await inWorkspace(world.workspace, (tx) => tx.cedarPolicy.deleteMany());
  });
});

describe('with one admin again', () => {
  beforeAll(() => wanted(false));

  it('going back puts nobody into a role who was not in it then', async () => {
    const { id: roleId } = await roleOf('emptied');
    const { id } = await agentOf('latecomer');
    await activateAgent(as(one), { id });
    const [then] = (await listVersions(as(one), {})).items;
    await grantRole(as(one), { id, roleId });
    await retireRole(as(one), { id: roleId });
    await rollbackVersion(as(one), { version: then?.id ?? '', why: 'As it was' });
    const held = await inWorkspace(world.workspace, (tx) =>
      tx.agentRole.findMany({ where: { agentId: id } }),
    );
    expect(held).toEqual([]);
  });

  it('two settings that are changed at once are both kept', async () => {
    const settings = [{ requireSecondFactor: true }, { secretMaxAgeDays: 41 }];
    for (let round = 0; round < 10; round += 1) {
      await updateWorkspace(as(one), {
        settings: { requireSecondFactor: false, secretMaxAgeDays: 90 },
      });
      await Promise.all(settings.map((change) => updateWorkspace(as(one), { settings: change })));
      const row = await inWorkspace(world.workspace, (tx) => tx.workspace.findFirstOrThrow());
      expect(row.settings).toMatchObject({ requireSecondFactor: true, secretMaxAgeDays: 41 });
    }
  });
});
