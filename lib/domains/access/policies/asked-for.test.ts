import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { activateAgent, createAgent, suspendAgent } from '@/lib/domains/agents/server';
import {
  createActionType,
  createTool,
  updateActionType,
  updateTool,
} from '@/lib/domains/catalog/server';
import { updateWorkspace } from '@/lib/domains/workspaces/server';
import { ownerUrl } from '@/lib/infra/db-roles';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import '../server';
import type { Change } from './diff';
import { listVersions } from './service/versions';

interface Made {
  world: World;
  admin: () => Context;
  toolId: string;
  /** Changes the action type; the code of the problem, or done. */
  change: (over: object) => Promise<string | undefined>;
  versions: () => Promise<{ changes: Pick<Change, 'path'>[] }[]>;
  /** What the newest version says has changed. */
  said: () => Promise<unknown[]>;
}

/** A workspace of its own with refunds.create at a tool. */
async function makeType(): Promise<Made> {
  const world = await mintWorld();
  const admin = (): Context => ({
    workspace: world.workspace,
    requestId: newId('req'),
    actor: {
      ...{ type: 'member', id: world.admin, name: 'Somebody', roles: ['admin'], abilities: [] },
      ...{ method: 'password', authenticatedAt: 0 },
    },
  });
  const tool = await createTool(admin(), {
    ...{ name: 'orders', baseUrl: 'http://127.0.0.1:9', auth: { type: 'none' } },
  });
  const { id } = await createActionType(admin(), {
    ...{ key: 'refunds.create', toolId: tool.id, title: 'Refund an order' },
    parameters: {
      type: 'object',
      properties: { amount: { type: 'number' } },
      required: ['amount'],
    },
    ...{ effects: ['financial'], reversibility: 'externally_reversible' },
    ...{ classification: 'Internal', method: 'POST', pathTemplate: '/refunds' },
  });
  const versions = async () => (await listVersions(admin(), {})).items;
  return {
    ...{ world, admin, versions, toolId: tool.id },
    change: (over) =>
      updateActionType(admin(), { id, ...over }).then(
        () => 'done',
        (error: { code?: string }) => error.code,
      ),
    said: async () => (await versions())[0]?.changes ?? [],
  };
}

const rule = { parameter: 'amount', rule: 'range', max: 400 };
const looser = {
  type: 'object',
  properties: { amount: { type: 'number' }, note: { type: 'string' } },
  required: ['amount'],
};

describe('what an agent can ask for', () => {
  it('makes a version with each change of it, and says which widens', async () => {
    const { change, said, versions } = await makeType();
    const after = async (over: object) => {
      expect(await change(over)).toBe('done');
      return said();
    };
    expect(await after({ rules: [rule] })).toMatchObject([
      {
        path: 'action types/refunds.create',
        widens: false,
        words: expect.stringContaining('rules'),
      },
    ]);
    expect(await after({ rules: [{ ...rule, max: 500 }] })).toMatchObject([
      { widens: true, words: expect.stringContaining('"max":500') },
    ]);
    expect(await after({ pathTemplate: '/refunds/now' })).toMatchObject([
      { widens: true, words: expect.stringMatching(/request POST http.*\/now \(was POST/) },
    ]);
    expect(await after({ signing: 'passkey' })).toMatchObject([{ widens: false }]);
    expect(await after({ parameters: looser })).toMatchObject([{ widens: true }]);
    const count = (await versions()).length;
    expect(await change({ title: 'Another title' })).toBe('done');
    expect((await versions()).length).toBe(count);
  });

  it('takes two to widen where a second admin is asked for, and so does who looks at it', async () => {
    const { world, admin, change, toolId, versions } = await makeType();
    await updateWorkspace(admin(), { settings: { signing: 'step_up', requireSecondFactor: true } });
    expect(await change({ rules: [rule], signing: 'passkey' })).toBe('done');
    const tried = await createAgent(admin(), {
      ...{
        name: 'tried',
        purpose: 'Refunds what came broken.',
        sponsorId: world.admin,
        environment: 'production',
      },
      ...{ model: 'scripted', clearance: 'Internal' },
    });
    await activateAgent(admin(), { id: tried.id, probation: true });
    await updateWorkspace(admin(), { settings: { secondAdminWidens: true } });

    const before = [(await versions()).length, (await eventsOf(world.workspace)).length];
    for (const over of [
      { rules: [] },
      { rules: [{ ...rule, max: 401 }] },
      { parameters: looser },
      { pathTemplate: '/everything' },
      { method: 'DELETE' },
      { signing: null },
      { signing: 'session' },
    ]) {
      expect(await change(over)).toBe('second_admin_needed');
    }
    for (const attempt of [
      () => updateTool(admin(), { id: toolId, baseUrl: 'http://127.0.0.1:10' }),
      () => updateWorkspace(admin(), { settings: { signing: 'session' } }),
      () => updateWorkspace(admin(), { settings: { requireSecondFactor: false } }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'second_admin_needed',
        message: expect.stringContaining('no part of a draft'),
      });
    }
    await expect(activateAgent(admin(), { id: tried.id })).rejects.toMatchObject({
      code: 'second_admin_needed',
    });
    expect([(await versions()).length, (await eventsOf(world.workspace)).length]).toEqual(before);

    // What binds it more, or stops it, takes one; and to be tried again after a stop.
    expect(await change({ rules: [rule, { ...rule, max: 300 }] })).toBe('done');
    await suspendAgent(admin(), { id: tried.id, reason: 'It looks odd' });
    await expect(activateAgent(admin(), { id: tried.id })).rejects.toMatchObject({ status: 409 });
    await activateAgent(admin(), { id: tried.id, probation: true });
  });

  it('differs in nothing from versions that did not keep it yet, and is kept from the next on', async () => {
    const { world, change, said, versions } = await makeType();
    const owner = new pg.Client({ connectionString: ownerUrl('control') });
    await owner.connect();
    await owner.query(
      `UPDATE policy_versions SET document = document - 'signing' - 'secondFactor' ||
         jsonb_build_object('actionTypes', (
           SELECT coalesce(jsonb_object_agg(key, value - 'request' - 'credential' - 'parameters'
             - 'rules' - 'handling' - 'signing'), '{}') FROM jsonb_each(document -> 'actionTypes')))
       WHERE workspace_id = $1`,
      [world.workspace],
    );
    await owner.end();
    const count = (await versions()).length;
    expect(await change({ title: 'Another title' })).toBe('done');
    expect(await said()).toEqual([]);
    expect(await change({ pathTemplate: '/refunds/now' })).toBe('done');
    expect(await said()).toMatchObject([{ path: 'action types/refunds.create', widens: true }]);
    expect((await versions()).length).toBe(count + 2);
  });
});
