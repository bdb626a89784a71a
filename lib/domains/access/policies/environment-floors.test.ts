import { beforeAll, describe, expect, it } from 'vitest';
import { createAgent } from '@/lib/domains/agents/server';
import { getWorkspace, updateWorkspace } from '@/lib/domains/workspaces/server';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { createDraft, editDraft, getDraft, publishDraft } from '../server';
import { listVersions, rollbackVersion } from './service/versions';

let world: World;

function as(id: string): Context {
  const actor = {
    ...({ type: 'member', id, name: 'Somebody', roles: ['admin'] } as const),
    ...{ abilities: [], method: 'password', authenticatedAt: 0 },
  };
  return { workspace: world.workspace, requestId: newId('req'), actor };
}
const admin = () => as(world.admin);
const second = () => as(newId('mbr'));
const versions = async () => (await listVersions(admin(), {})).items;

beforeAll(async () => {
  world = await mintWorld();
  await createAgent(admin(), {
    ...{ name: 'refund-handler', purpose: 'Refunds what came broken.', sponsorId: world.admin },
    ...{ environment: 'production', model: 'scripted', clearance: 'Internal' },
  });
});

describe('floors of an environment', () => {
  const floors = { irreversible: 3, external_communication: 3 };
  const set = (environments: object) =>
    updateWorkspace(admin(), { settings: { tierFloors: { ...floors, environments } } });
  const now = async () => (await getWorkspace(admin(), {})).settings.tierFloors;

  it('are versions of their own, with what they mean for the environment', async () => {
    await set({});
    await set({ production: { irreversible: 2 }, staging: { irreversible: 3 } });
    const [made] = await versions();
    expect(made?.changes).toMatchObject([
      {
        ...{ path: 'floors/irreversible/staging', kind: 'added', widens: false },
        words: "The floor of irreversible actions in staging is tier 3 (was the workspace's, 3)",
      },
      {
        ...{ path: 'floors/irreversible/production', kind: 'added', widens: true },
        words: "The floor of irreversible actions in production is tier 2 (was the workspace's, 3)",
      },
    ]);
    // Staging has a floor of its own by now, and production is lower already.
    await updateWorkspace(admin(), {
      settings: { tierFloors: { irreversible: 1, external_communication: 3 } },
    });
    expect((await versions())[0]?.changes).toMatchObject([
      { path: 'floors/irreversible', widens: true },
    ]);
    await set({ production: { irreversible: 2 } });
    expect((await versions())[0]?.changes).toMatchObject([
      { path: 'floors/irreversible', widens: false },
      {
        ...{ path: 'floors/irreversible/staging', kind: 'removed', widens: false },
        words: "The floor of irreversible actions in staging is the workspace's, tier 3 (was 3)",
      },
    ]);
    // Going back brings them back.
    const target = (await versions()).find(({ number }) => number === made?.number);
    await rollbackVersion(admin(), { version: target?.id, why: 'As it was' });
    expect(await now()).toEqual({
      ...floors,
      environments: { production: { irreversible: 2 }, staging: { irreversible: 3 } },
    });
  });

  it('merge one by one, and each is reverted alone', async () => {
    await set({});
    const { id } = await createDraft(admin(), { title: 'Lower in staging' });
    const environments = { staging: { irreversible: 2, external_communication: 1 } };
    const edit = { do: 'set_floors', floors: { ...floors, environments } };
    expect(await editDraft(admin(), { id, edit })).toMatchObject({
      widens: true,
      changes: [
        { path: 'floors/irreversible/staging' },
        { path: 'floors/external_communication/staging' },
      ],
    });
    await set({ production: { irreversible: 2 } });
    const path = 'floors/external_communication/staging';
    const reverted = await editDraft(admin(), { id, edit: { do: 'revert', path } });
    expect(reverted).toMatchObject({
      conflicts: [],
      changes: [{ path: 'floors/irreversible/staging' }],
    });
    await publishDraft(admin(), { id, why: 'Both' });
    expect(await now()).toEqual({
      ...floors,
      environments: { production: { irreversible: 2 }, staging: { irreversible: 2 } },
    });
  });

  it('are lowered by a second admin, who sponsors none of its agents', async () => {
    const environments = { production: { irreversible: 1 } };
    const floors = { irreversible: 3, external_communication: 3 };
    await updateWorkspace(admin(), {
      settings: { secondAdminWidens: true, tierFloors: { ...floors, environments: {} } },
    });
    const was = await getWorkspace(admin(), {});
    await expect(
      updateWorkspace(admin(), { settings: { tierFloors: { ...floors, environments } } }),
    ).rejects.toMatchObject({ code: 'second_admin_needed' });
    expect(await getWorkspace(admin(), {})).toEqual(was);
    const of = async (by: Context, own: object) => {
      const { id } = await createDraft(by, { title: 'Lower' });
      const edit = { do: 'set_floors', floors: { ...floors, environments: own } };
      await editDraft(by, { id, edit });
      return id;
    };
    const mine = await of(admin(), environments);
    await expect(publishDraft(admin(), { id: mine, why: 'alone' })).rejects.toMatchObject({
      status: 403,
    });
    // The admin sponsors an agent of production, and none of staging.
    const production = await of(second(), environments);
    expect((await getDraft(admin(), { id: production })).can.publish.allowed).toBe(false);
    const staging = await of(second(), { staging: { irreversible: 1 } });
    await publishDraft(admin(), { id: staging, why: 'Seen by two' });
    const end = await createDraft(admin(), { title: 'One admin is enough' });
    await editDraft(admin(), { id: end.id, edit: { do: 'set_second_admin', wanted: false } });
    await publishDraft(second(), { id: end.id, why: 'together' });
  });
});
