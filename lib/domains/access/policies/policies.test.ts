import { beforeAll, describe, expect, it } from 'vitest';
import { activateAgent, createAgent, updateAgent } from '@/lib/domains/agents/server';
import { createActionType, createTool, updateActionType } from '@/lib/domains/catalog/server';
import { updateWorkspace } from '@/lib/domains/workspaces/server';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import {
  createPermission,
  createRole,
  grantRole,
  listPermissions,
  updatePermission,
} from '../server';
import type { Draft } from './schema';
import { createDraft, discardDraft, editDraft, getDraft, publishDraft } from './service/drafts';
import { getVersion, listVersions, rollbackVersion } from './service/versions';

let world: World;
let role: string;
let actionType: string;
let agent: string;
let permission: string;

function as(roles: string[], id = world.admin, workspace = world.workspace): Context {
  const actor = {
    type: 'member',
    id,
    name: 'Somebody',
    roles,
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  } as const;
  return { workspace, requestId: newId('req'), actor };
}
const admin = () => as(['admin']);
const second = () => as(['admin'], newId('mbr'));

const ladder = (gated: number) => ({ parameter: 'amount', autonomous: 10, supervised: 50, gated });
const versions = async () => (await listVersions(admin(), {})).items;
const rule = async () => (await listPermissions(admin(), { role })).items[0];

async function draft(gated: number, title = 'Refunds'): Promise<Draft> {
  const { id } = await createDraft(admin(), { title });
  const edit = {
    do: 'set_permission',
    role: 'refunds',
    action: 'refunds.create',
    ladder: ladder(gated),
  };
  return editDraft(admin(), { id, edit });
}

beforeAll(async () => {
  world = await mintWorld();
  const tool = await createTool(admin(), {
    name: 'orders',
    baseUrl: 'http://127.0.0.1:9',
    auth: { type: 'none' },
  });
  const type = await createActionType(admin(), {
    key: 'refunds.create',
    toolId: tool.id,
    title: 'Refund an order',
    parameters: {
      type: 'object',
      properties: { amount: { type: 'number' } },
      required: ['amount'],
    },
    effects: ['financial'],
    reversibility: 'externally_reversible',
    classification: 'Internal',
    method: 'POST',
    pathTemplate: '/refunds',
  });
  actionType = type.id;
  role = (await createRole(admin(), { name: 'refunds' })).id;
  permission = (
    await createPermission(admin(), { roleId: role, actionTypeId: type.id, ladder: ladder(100) })
  ).id;
  agent = (
    await createAgent(admin(), {
      name: 'refund-handler',
      purpose: 'Refunds what came broken.',
      sponsorId: world.admin,
      environment: 'production',
      model: 'scripted',
      clearance: 'Internal',
    })
  ).id;
  await activateAgent(admin(), { id: agent });
  await grantRole(admin(), { id: agent, roleId: role });
});

describe('versions', () => {
  it('are made of every change to what decisions rest on, in words, and of nothing else', async () => {
    const [last] = await versions();
    await updatePermission(admin(), { id: permission, ladder: ladder(80) });
    const [narrowed] = await versions();
    expect(narrowed).toMatchObject({
      number: (last?.number ?? 0) + 1,
      origin: 'edit',
      current: true,
    });
    expect(narrowed?.changes).toMatchObject([
      {
        path: 'roles/refunds/refunds.create',
        kind: 'changed',
        widens: false,
        words: expect.stringContaining('gated to 80 (was'),
      },
    ]);
    await updateActionType(admin(), { id: actionType, classification: 'Confidential' });
    await updateAgent(admin(), { id: agent, clearance: 'Confidential' });
    await updateWorkspace(admin(), {
      settings: { tierFloors: { irreversible: 3, external_communication: 3 } },
    });
    const [floor, clearance, classification] = await versions();
    expect(classification?.changes).toMatchObject([
      { path: 'action types/refunds.create', widens: false },
    ]);
    expect(clearance?.changes).toMatchObject([{ path: 'agents/refund-handler', widens: true }]);
    expect(floor?.changes).toMatchObject([
      { path: 'floors/external_communication', widens: false },
    ]);
    // A new description of an action type decides nothing.
    await updateActionType(admin(), { id: actionType, description: 'Other words' });
    expect((await versions())[0]?.number).toBe(floor?.number);
  });

  it('can be gone back to, as a new version, with a reason', async () => {
    const before = await versions();
    const old = before.find(({ changes }) => changes.some(({ kind }) => kind === 'added'));
    const target = before.find((one) => one.number === 6) ?? old;
    const detail = await getVersion(admin(), { version: target?.id });
    expect(detail.undo.length).toBeGreaterThan(0);
    await rollbackVersion(admin(), { version: target?.id, why: 'It was better before' });
    const [now] = await versions();
    expect(now).toMatchObject({ origin: 'rollback', why: 'It was better before' });
    expect(now?.changes.map(({ words }) => words)).toEqual(detail.undo.map(({ words }) => words));
    expect((await getVersion(admin(), { version: target?.id })).undo).toEqual([]);
    const said = await eventsOf(world.workspace);
    expect(said.at(-1)).toMatchObject({
      type: 'policy.rolled_back',
      data: { reason: 'It was better before', before: expect.anything(), after: expect.anything() },
    });
    await expect(
      rollbackVersion(admin(), { version: target?.id, why: 'once more' }),
    ).rejects.toMatchObject({ code: 'changes_nothing' });
  });
});

describe('a draft', () => {
  it('decides nothing until it is published, and then all of it at once', async () => {
    const was = await rule();
    const made = await draft(60);
    expect(made.changes).toMatchObject([{ widens: false, path: 'roles/refunds/refunds.create' }]);
    expect(await rule()).toEqual(was);
    const published = await publishDraft(admin(), { id: made.id, why: 'Nobody needs more' });
    expect(published).toMatchObject({ state: 'published' });
    expect((await rule())?.ladder).toEqual(ladder(60));
    // The row keeps its id: what it was used for stays told.
    expect((await rule())?.id).toBe(was?.id);
    const [version] = await versions();
    expect(version).toMatchObject({
      number: published.publishedAs,
      origin: 'draft',
      why: 'Nobody needs more',
    });
    await expect(publishDraft(admin(), { id: made.id, why: 'again' })).rejects.toMatchObject({
      status: 403,
    });
  });

  it('takes changes of others along, and does not overwrite them', async () => {
    const made = await draft(55);
    await updateWorkspace(admin(), {
      settings: { tierFloors: { irreversible: 2, external_communication: 3 } },
    });
    expect(await getDraft(admin(), { id: made.id })).toMatchObject({
      changes: [{ path: 'roles/refunds/refunds.create' }],
      conflicts: [],
    });
    await updatePermission(admin(), { id: permission, ladder: ladder(70) });
    const seen = await getDraft(admin(), { id: made.id });
    expect(seen).toMatchObject({
      conflicts: ['roles/refunds/refunds.create'],
      can: { publish: { allowed: false } },
    });
    const before = await versions();
    await expect(publishDraft(admin(), { id: made.id, why: 'anyway' })).rejects.toMatchObject({
      status: 403,
    });
    expect(await versions()).toEqual(before);
    const mended = await editDraft(admin(), {
      id: made.id,
      edit: { do: 'revert', path: 'roles/refunds/refunds.create' },
    });
    expect(mended).toMatchObject({ conflicts: [], changes: [] });
    expect((await discardDraft(admin(), { id: made.id })).state).toBe('discarded');
  });

  it('is published once by twenty who try at the same time', async () => {
    const made = await draft(65);
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => publishDraft(admin(), { id: made.id, why: 'at once' })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await versions()).filter(({ why }) => why === 'at once')).toHaveLength(1);
  });

  it('refuses what the workspace does not have, and writes nothing', async () => {
    const made = await draft(65);
    const edits = [
      { do: 'set_permission', role: 'nobody', action: 'refunds.create', tier: 1 },
      { do: 'set_permission', role: 'refunds', action: 'nothing.here', tier: 1 },
      { do: 'set_permission', role: 'refunds', action: 'refunds.create' },
      { do: 'grant_role', role: 'refunds', agent: 'nobody' },
      { do: 'revert', path: 'roles/none/none' },
    ];
    const before = await getDraft(admin(), { id: made.id });
    for (const edit of edits) {
      await expect(editDraft(admin(), { id: made.id, edit })).rejects.toMatchObject({
        status: 422,
      });
    }
    expect(await getDraft(admin(), { id: made.id })).toEqual(before);
  });

  it('is an admin’s to make, and another workspace’s is not there', async () => {
    const made = await draft(65);
    const before = await versions();
    for (const roles of [['approver'], ['auditor'], []]) {
      const attempts = [
        () => createDraft(as(roles), { title: 'Mine' }),
        () => editDraft(as(roles), { id: made.id, edit: { do: 'revert', path: 'floors' } }),
        () =>
          editDraft(as(roles), {
            id: made.id,
            edit: {
              do: 'set_floors',
              floors: { irreversible: 1, external_communication: 1, environments: {} },
            },
          }),
        () => publishDraft(as(roles), { id: made.id, why: 'me too' }),
        () => discardDraft(as(roles), { id: made.id }),
        () => rollbackVersion(as(roles), { version: before[1]?.id, why: 'me too' }),
      ];
      for (const attempt of attempts)
        await expect(attempt()).rejects.toMatchObject({ status: 403 });
    }
    const other = await mintWorld();
    await expect(
      getDraft(as(['admin'], other.admin, other.workspace), { id: made.id }),
    ).rejects.toMatchObject({ status: 404 });
    expect(await versions()).toEqual(before);
  });
});

describe('a second admin', () => {
  it('publishes what widens; nobody widens alone, whichever way they try', async () => {
    await updateWorkspace(admin(), { settings: { secondAdminWidens: true } });
    const before = await rule();
    const wide = ladder(500);
    for (const attempt of [
      () => updatePermission(admin(), { id: permission, ladder: wide }),
      () => updateAgent(admin(), { id: agent, clearance: 'Restricted' }),
      () => updateActionType(admin(), { id: actionType, classification: 'Public' }),
      () => updateWorkspace(admin(), { settings: { secondAdminWidens: false } }),
      () =>
        createPermission(admin(), {
          roleId: role,
          actionTypeId: actionType,
          tier: 3,
          condition: [{ on: 'has', left: 'session.vip' }],
        }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'second_admin_needed' });
    }
    expect(await rule()).toEqual(before);
    // Narrowing needs nobody.
    await updatePermission(admin(), { id: permission, ladder: ladder(52) });

    const made = await draft(500);
    expect(made).toMatchObject({ widens: true, can: { publish: { allowed: false } } });
    const unchanged = await rule();
    await expect(publishDraft(admin(), { id: made.id, why: 'me alone' })).rejects.toMatchObject({
      status: 403,
    });
    expect(await rule()).toEqual(unchanged);
    // The sponsor of an agent that it lets do more is not that second one.
    const mine = await createDraft(second(), { title: 'Of another' });
    await editDraft(second(), {
      id: mine.id,
      edit: { do: 'set_permission', role: 'refunds', action: 'refunds.create', ladder: wide },
    });
    const sponsors = await getDraft(admin(), { id: mine.id });
    expect(sponsors.can.publish).toMatchObject({
      allowed: false,
      reason: expect.stringContaining('sponsor'),
    });
    await publishDraft(second(), { id: made.id, why: 'Looked at by two' });
    expect((await rule())?.ladder).toEqual(wide);
    // Two end it as well.
    const end = await createDraft(admin(), { title: 'One admin is enough' });
    await editDraft(admin(), { id: end.id, edit: { do: 'set_second_admin', wanted: false } });
    await expect(publishDraft(admin(), { id: end.id, why: 'alone' })).rejects.toMatchObject({
      status: 403,
    });
    await publishDraft(second(), { id: end.id, why: 'together' });
    await updatePermission(admin(), { id: permission, ladder: ladder(600) });
  });
});
