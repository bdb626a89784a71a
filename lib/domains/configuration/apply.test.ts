import { beforeAll, describe, expect, it } from 'vitest';
import { createRole, updateRole } from '@/lib/domains/access/server';
import { updateWorkspace } from '@/lib/domains/workspaces/server';
import { eventTypes, eventsOf, mintWorkspace } from '@/lib/domains/workspaces/test/workspace';
import { inWorkspace } from '@/lib/infra/db';
import { applyConfiguration } from './service/apply';
import { exportConfiguration } from './service/export';
import { planConfiguration } from './service/plan';
import {
  applied,
  as,
  edited,
  emptyWorld,
  filesOf,
  planOf,
  richWorld,
  type World,
} from './test/rich';

let world: World;

beforeAll(async () => {
  world = await richWorld();
});

const described = (files: Record<string, string>, description: string) =>
  edited(files, 'roles/refunds.json', (role) => ({ ...role, description }));

describe('who may', () => {
  it('exports as a member with any role, and as nobody else', async () => {
    for (const role of ['admin', 'approver', 'auditor']) {
      const { files } = await exportConfiguration(as(world, [role]), {});
      expect(files).toEqual(await filesOf(world));
    }
    await expect(exportConfiguration(as(world, []), {})).rejects.toMatchObject({ status: 403 });
  });

  it('plans and applies as an admin alone; nothing is written otherwise', async () => {
    const files = described(await filesOf(world), 'Other');
    const { digest } = await planOf(world, files);
    const before = await filesOf(world);
    const said = (await eventTypes(world.workspace)).length;
    for (const roles of [[], ['approver'], ['auditor'], ['approver', 'auditor']]) {
      const ctx = as(world, roles);
      await expect(planConfiguration(ctx, { files })).rejects.toMatchObject({ status: 403 });
      const refused = applyConfiguration(ctx, { files, digest });
      await expect(refused).rejects.toMatchObject({ status: 403 });
    }
    expect(await filesOf(world)).toEqual(before);
    const since = (await eventTypes(world.workspace)).slice(said);
    expect(new Set(since)).toEqual(new Set(['request.refused']));
  });

  it('needs more than an access token that reads', async () => {
    const ctx = as(world);
    const reading = {
      ...ctx,
      actor: { ...ctx.actor, scopes: ['read'] } as typeof ctx.actor,
    };
    const files = await filesOf(world);
    expect((await exportConfiguration(reading, {})).files).toEqual(files);
    await expect(planConfiguration(reading, { files })).rejects.toMatchObject({ status: 403 });
  });
});

describe('what is applied', () => {
  it('is what was seen: 409 when the workspace or the files have changed since', async () => {
    const files = described(await filesOf(world), 'As planned');
    const { digest } = await planOf(world, files);
    const other = described(files, 'Not as planned');
    const swapped = applyConfiguration(as(world), { files: other, digest });
    await expect(swapped).rejects.toMatchObject({ status: 409, code: 'plan_changed' });
    const { id } = await inWorkspace(world.workspace, (tx) =>
      tx.role.findFirstOrThrow({ where: { name: 'aux' } }),
    );
    await updateRole(as(world), { id, description: 'Changed meanwhile' });
    const stale = applyConfiguration(as(world), { files, digest });
    await expect(stale).rejects.toMatchObject({ status: 409, code: 'plan_changed' });
    expect((await filesOf(world))['roles/refunds.json']).not.toContain('As planned');
  });

  it('is the same workspace’s: another one’s plan is none of this', async () => {
    const other = await emptyWorld();
    const files = await filesOf(world);
    const { digest } = await planOf(other, files);
    const foreign = applyConfiguration(as(world), { files, digest });
    await expect(foreign).rejects.toMatchObject({ status: 409, code: 'plan_changed' });
    expect(Object.keys(await filesOf(other))).toEqual(['workspace.json']);
  });

  it('is one version with its reason, and each verb’s own event', async () => {
    const files = edited(
      described(await filesOf(world), 'Anew'),
      'agents/support.json',
      (agent) => ({
        ...agent,
        clearance: 'Restricted',
      }),
    );
    const count = () => inWorkspace(world.workspace, (tx) => tx.policyVersion.count());
    const before = await count();
    await applied(world, files);
    expect(await count()).toBe(before + 1);
    const last = await inWorkspace(world.workspace, (tx) =>
      tx.policyVersion.findFirstOrThrow({ orderBy: { number: 'desc' } }),
    );
    expect(last).toMatchObject({ why: 'for a test', origin: 'files', createdBy: world.admin });
    const said = (await eventsOf(world.workspace)).slice(-3);
    expect(said.map(({ type }) => type)).toEqual([
      'role.updated',
      'agent.updated',
      'configuration.applied',
    ]);
    expect(said.at(-1)).toMatchObject({
      actor: { type: 'member', id: world.admin },
      data: { reason: 'for a test', widens: true },
    });
  });

  it('leaves nothing of a plan but that it was asked for', async () => {
    const before = (await eventTypes(world.workspace)).length;
    await planOf(world, described(await filesOf(world), 'Only planned'));
    expect((await eventTypes(world.workspace)).slice(before)).toEqual(['configuration.planned']);
  });

  it('leaves the settings alone without workspace.json', async () => {
    const { 'workspace.json': settings, ...files } = await filesOf(world);
    const plan = await applied(world, described(files, 'Without settings'));
    expect(plan.changes.map(({ file }) => file)).toEqual(['roles/refunds.json']);
    expect((await filesOf(world))['workspace.json']).toBe(settings);
  });
});

describe('floors in workspace.json', () => {
  const withFloors = async (tierFloors: object) =>
    edited(await filesOf(world), 'workspace.json', (workspace) => ({
      ...workspace,
      settings: { ...(workspace['settings'] as unknown as object), tierFloors },
    }));
  const general = { irreversible: 3, external_communication: 3 };

  it('of an environment are planned in words and applied', async () => {
    const files = await withFloors({
      ...general,
      environments: { production: { irreversible: 1 } },
    });
    const plan = await applied(world, files);
    expect(plan).toMatchObject({
      widens: true,
      effects: [
        { words: expect.stringMatching(/in staging is the workspace's, tier 3/), widens: false },
        { words: expect.stringMatching(/in production is tier 1/), widens: true },
      ],
    });
    expect(await filesOf(world)).toEqual(files);
  });

  it('from before environments had any are read as none', async () => {
    await applied(world, await withFloors(general));
    expect(JSON.parse((await filesOf(world))['workspace.json'] ?? '')).toMatchObject({
      settings: { tierFloors: { ...general, environments: {} } },
    });
  });

  it('of a place that there is not are refused by file and field', async () => {
    const files = await withFloors({ ...general, environments: { moon: { irreversible: 1 } } });
    await expect(planOf(world, files)).rejects.toMatchObject({
      status: 422,
      extra: { problems: [expect.objectContaining({ file: 'workspace.json' })] },
    });
  });
});

describe('where what widens needs a second admin', () => {
  it('applies what narrows, and refuses what widens, itself included', async () => {
    const { id, admin } = await mintWorkspace();
    const careful: World = { workspace: id, admin: admin.id };
    await applied(careful, await filesOf(world));
    await updateWorkspace(as(careful), { settings: { secondAdminWidens: true } });
    const files = await filesOf(careful);
    const clearance = (level: string) =>
      edited(files, 'agents/support.json', (agent) => ({ ...agent, clearance: level }));
    const narrow = await applied(careful, clearance('Public'));
    expect(narrow).toMatchObject({ widens: false, needsSecondAdmin: false });
    // The setting cannot be taken off by the way.
    const sneaky = edited(files, 'workspace.json', (workspace) => ({
      ...workspace,
      settings: { ...(workspace['settings'] as unknown as object), secondAdminWidens: false },
    }));
    for (const wide of [files, sneaky]) {
      const plan = await planOf(careful, wide);
      expect(plan).toMatchObject({ widens: true, needsSecondAdmin: true });
      const alone = applyConfiguration(as(careful), { files: wide, digest: plan.digest });
      await expect(alone).rejects.toMatchObject({ status: 409, code: 'second_admin_needed' });
    }
    expect(await filesOf(careful)).toEqual(clearance('Public'));
    await createRole(as(careful), { name: 'unused' });
  });
});
