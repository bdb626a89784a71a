import { beforeAll, describe, expect, it } from 'vitest';
import { getWorkspace, updateWorkspace } from '@/lib/domains/workspaces/server';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
// What makes a version of a change of settings.
import '../server';
import { createDraft, editDraft, publishDraft } from './service/drafts';
import { listVersions, rollbackVersion } from './service/versions';

let world: World;

function admin(): Context {
  const actor = {
    type: 'member',
    id: world.admin,
    name: 'Somebody',
    roles: ['admin'],
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  } as const;
  return { workspace: world.workspace, requestId: newId('req'), actor };
}
const versions = async () => (await listVersions(admin(), {})).items;

beforeAll(async () => {
  world = await mintWorld();
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
});
