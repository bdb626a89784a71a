import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createAgent,
  activateAgent,
  getAgent,
  listAgents,
  retireAgent,
  suspendAgent,
  updateAgent,
} from '@/lib/domains/agents/server';
import {
  createActionType,
  createTool,
  retireActionType,
  retireTool,
  updateActionType,
} from '@/lib/domains/catalog/server';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { createCedarPolicy, removeCedarPolicy } from './cedar-policies/service/policies';
import { Ladder } from './schema';
import { agentPermissions, grantRole, removeRole } from './service/agents';
import {
  createPermission,
  listPermissions,
  removePermission,
  updatePermission,
} from './service/permissions';
import { createRole, listRoles, retireRole } from './service/roles';
import { ladderTier } from './tier';

let world: World;

beforeAll(async () => {
  world = await mintWorld();
});

function as(roles: string[], where: World = world): Context {
  const actor = {
    type: 'member',
    id: where.admin,
    name: 'Admin',
    roles,
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  } as const;
  return { workspace: where.workspace, requestId: newId('req'), actor };
}

const admin = () => as(['admin']);

const refund = {
  key: 'refunds.create',
  title: 'Refund an order',
  parameters: {
    type: 'object',
    properties: {
      order_id: { type: 'string' },
      amount: { type: 'number' },
      note: { type: 'string' },
    },
    required: ['order_id', 'amount'],
  },
  effects: ['financial'],
  reversibility: 'externally_reversible',
  classification: 'Internal',
  method: 'POST',
  pathTemplate: '/orders/{order_id}/refunds',
  sentence: 'Refund {amount} for order {order_id}',
};

async function catalogued(over: object = {}) {
  const tool = await createTool(admin(), {
    name: `tool-${Date.now() % 1e6}-${Math.floor(Math.random() * 1e6)}`,
    baseUrl: 'http://127.0.0.1:9/',
    auth: { type: 'none' },
  });
  const type = await createActionType(admin(), {
    ...refund,
    key: `refunds.k${Math.floor(Math.random() * 1e9)}`,
    toolId: tool.id,
    ...over,
  });
  return { tool, type };
}

const newRole = () => createRole(admin(), { name: `role-${Math.floor(Math.random() * 1e9)}` });

describe('agents', () => {
  const draft = {
    purpose: 'Answers customers about orders.',
    environment: 'production',
    model: 'm',
    clearance: 'Internal',
  };

  it('go through their lifecycle, each step an event with before and after', async () => {
    const agent = await createAgent(admin(), {
      ...draft,
      name: 'lifecycle-agent',
      sponsorId: null,
    });
    await expect(activateAgent(admin(), { id: agent.id })).rejects.toMatchObject({ status: 422 });
    await updateAgent(admin(), { id: agent.id, sponsorId: world.admin });
    await activateAgent(admin(), { id: agent.id, probation: true });
    await suspendAgent(admin(), { id: agent.id, reason: 'It misbehaved' });
    await activateAgent(admin(), { id: agent.id });
    await retireAgent(admin(), { id: agent.id, reason: 'No longer needed' });
    await expect(activateAgent(admin(), { id: agent.id })).rejects.toMatchObject({
      code: 'wrong_state',
    });
    await expect(updateAgent(admin(), { id: agent.id, model: 'n' })).rejects.toMatchObject({
      status: 403,
    });
    const events = (await eventsOf(world.workspace)).filter((event) => event['agent'] === agent.id);
    expect(events.map((event) => event['type'])).toEqual([
      'agent.created',
      'agent.updated',
      'agent.activated',
      'agent.suspended',
      'agent.activated',
      'agent.retired',
    ]);
    expect(events[1]?.['data']).toMatchObject({
      before: { sponsorId: null },
      after: { sponsorId: world.admin },
    });
  });

  it('are found by name, state and cursor', async () => {
    for (const name of ['finder-a', 'finder-b', 'finder-c']) {
      await createAgent(admin(), { ...draft, name, sponsorId: null });
    }
    const names: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await listAgents(admin(), {
        q: 'FINDER',
        limit: 2,
        ...(cursor ? { cursor } : {}),
      });
      names.push(...page.items.map(({ name }) => name));
      cursor = page.next;
    } while (cursor);
    expect(names).toEqual(['finder-c', 'finder-b', 'finder-a']);
    expect((await listAgents(admin(), { q: 'finder', state: 'active' })).items).toEqual([]);
  });

  it('refuse a name that is taken, an unknown sponsor and unknown fields', async () => {
    await createAgent(admin(), { ...draft, name: 'taken', sponsorId: null });
    await expect(
      createAgent(admin(), { ...draft, name: 'taken', sponsorId: null }),
    ).rejects.toMatchObject({ status: 409 });
    await expect(
      createAgent(admin(), { ...draft, name: 'orphan', sponsorId: newId('mbr') }),
    ).rejects.toMatchObject({ status: 422, errors: [{ field: 'sponsorId' }] });
    await expect(
      createAgent(admin(), { ...draft, name: 'extra', sponsorId: null, state: 'active' }),
    ).rejects.toMatchObject({ errors: [{ field: 'state' }] });
  });

  it('say what a member may do, and why not', async () => {
    const seen = await getAgent(as(['auditor']), { id: world.agent });
    expect(seen.can.suspend).toEqual({ allowed: false, reason: 'Only an admin changes agents.' });
    expect((await getAgent(admin(), { id: world.agent })).can.suspend).toEqual({ allowed: true });
  });
});

describe('the catalog', () => {
  it('refuses an action type that contradicts itself, naming each field', async () => {
    const { tool } = await catalogued();
    const attempt = createActionType(admin(), {
      ...refund,
      toolId: tool.id,
      key: 'refunds.broken',
      pathTemplate: '/orders/{order_id}/{nowhere}',
      sentence: 'Refund {who}',
      reversibility: 'read_only',
      rules: [{ parameter: 'absent', rule: 'equals_session', attribute: 'customer_id' }],
    });
    await expect(attempt).rejects.toMatchObject({
      status: 422,
      errors: [
        { field: 'pathTemplate' },
        { field: 'sentence' },
        { field: 'rules.0.parameter' },
        { field: 'reversibility' },
      ],
    });
    await expect(
      createActionType(admin(), {
        ...refund,
        toolId: tool.id,
        key: 'refunds.schema',
        parameters: { type: 'object', properties: { order_id: { type: 'strange' } }, required: [] },
      }),
    ).rejects.toMatchObject({ status: 422 });
  });

  it('closes the schema against unknown parameters unless told otherwise', async () => {
    const { type } = await catalogued();
    expect(type.parameters.additionalProperties).toBe(false);
    const changed = await updateActionType(admin(), { id: type.id, title: 'Another title' });
    expect(changed.parameters.additionalProperties).toBe(false);
  });

  it('keeps a tool while action types use it', async () => {
    const { tool, type } = await catalogued();
    await expect(retireTool(admin(), { id: tool.id })).rejects.toMatchObject({ code: 'in_use' });
    await retireActionType(admin(), { id: type.id });
    expect((await retireTool(admin(), { id: tool.id })).state).toBe('retired');
  });
});

describe('permissions', () => {
  const ladder = { parameter: 'amount', autonomous: 50, supervised: 500, gated: 1_000 };

  it('are granted to a role, shown as effective, changed and taken away', async () => {
    const { type } = await catalogued();
    const role = await newRole();
    const permission = await createPermission(admin(), {
      roleId: role.id,
      actionTypeId: type.id,
      ladder,
    });
    await grantRole(admin(), { id: world.agent, roleId: role.id });
    const mine = async () =>
      (await agentPermissions(admin(), { id: world.agent })).items.find(
        (item) => item.permission === permission.id,
      );
    expect(await mine()).toMatchObject({
      ladder,
      tier: null,
      role: { id: role.id },
      blocked: null,
    });
    await updatePermission(admin(), { id: permission.id, tier: 3, limits: { perDay: 5 } });
    expect(await mine()).toMatchObject({ ladder: null, tier: 3, limits: { perDay: 5 } });
    await retireRole(admin(), { id: role.id });
    expect((await mine())?.blocked).toMatch(/retired/);
    await expect(removePermission(admin(), { id: permission.id })).rejects.toMatchObject({
      status: 403,
    });
    await removeRole(admin(), { id: world.agent, roleId: role.id });
    expect(await mine()).toBeUndefined();
  });

  it('name the permits by hand that can be of the agent, with their limits', async () => {
    const { type } = await catalogued();
    const role = await newRole();
    await grantRole(admin(), { id: world.agent, roleId: role.id });
    const text = `@tier("1") @rate_per_hour("5")
permit (principal in Role::"${role.name}", action == Action::"${type.key}", resource);
permit (principal in Role::"of-others", action, resource);
forbid (principal, action, resource) when { principal.name == "nobody" };
permit (principal == Agent::"${world.agent}", action, resource) when { false };`;
    const { id } = await createCedarPolicy(admin(), { name: 'by-hand', text });
    const byHand = async () => (await agentPermissions(admin(), { id: world.agent })).byHand;
    expect(await byHand()).toMatchObject([
      { policy: 'by-hand#1', actions: [type.key], tier: 1, limits: { perHour: 5 } },
      { policy: 'by-hand#4', actions: null, tier: 3, limits: {} },
    ]);
    await retireRole(admin(), { id: role.id });
    expect((await byHand()).map(({ policy }) => policy)).toEqual(['by-hand#4']);
    await removeCedarPolicy(admin(), { id });
    expect(await byHand()).toEqual([]);
  });

  it('say why they are blocked: clearance, floor', async () => {
    const { type } = await catalogued({ classification: 'Restricted' });
    const irreversible = await catalogued({ reversibility: 'irreversible', effects: ['deletion'] });
    const role = await newRole();
    await createPermission(admin(), { roleId: role.id, actionTypeId: type.id, tier: 1 });
    await createPermission(admin(), {
      roleId: role.id,
      actionTypeId: irreversible.type.id,
      tier: 1,
    });
    await grantRole(admin(), { id: world.agent, roleId: role.id });
    const { items } = await agentPermissions(admin(), { id: world.agent });
    expect(items.find((item) => item.actionType.id === type.id)?.blocked).toMatch(/Restricted/);
    expect(items.find((item) => item.actionType.id === irreversible.type.id)?.floor.tier).toBe(3);
  });

  it('refuse a ladder that turns back, both tier and ladder, and one without a number', async () => {
    const { type } = await catalogued();
    const role = await newRole();
    const give = (over: object) =>
      createPermission(admin(), { roleId: role.id, actionTypeId: type.id, ...over });
    await expect(give({ ladder: { ...ladder, supervised: 10 } })).rejects.toMatchObject({
      errors: [{ field: 'ladder.supervised' }],
    });
    await expect(give({ tier: 1, ladder })).rejects.toMatchObject({ errors: [{ field: 'tier' }] });
    await expect(give({})).rejects.toMatchObject({ errors: [{ field: 'tier' }] });
    await expect(give({ ladder: { ...ladder, parameter: 'note' } })).rejects.toMatchObject({
      errors: [{ field: 'ladder.parameter' }],
    });
    expect((await listPermissions(admin(), { role: role.id })).items).toEqual([]);
  });

  it('are changed by admins alone, and nothing is written for others', async () => {
    const { type } = await catalogued();
    const role = await newRole();
    for (const roles of [['approver'], ['auditor'], []]) {
      const before = await eventsOf(world.workspace);
      await expect(
        createPermission(as(roles), { roleId: role.id, actionTypeId: type.id, tier: 1 }),
      ).rejects.toMatchObject({ status: 403 });
      const added = (await eventsOf(world.workspace)).slice(before.length);
      expect(added.map((event) => event['type'])).toEqual(['request.refused']);
    }
    expect((await listPermissions(admin(), { role: role.id })).items).toEqual([]);
  });

  it('of another workspace are not there', async () => {
    const other = await mintWorld();
    const role = await newRole();
    await expect(
      grantRole(as(['admin'], other), { id: other.agent, roleId: role.id }),
    ).rejects.toMatchObject({ status: 404 });
    expect((await listRoles(as(['admin'], other), {})).items).toEqual([]);
    expect((await eventsOf(other.workspace)).length).toBe(0);
  });
});

describe('the ladder', () => {
  const bound = fc.double({ min: 0, max: 1e9, noNaN: true });

  it('has exactly one answer for every value, and tiers never fall as it grows', () => {
    fc.assert(
      fc.property(bound, bound, bound, bound, bound, (a, b, c, x, y) => {
        const [autonomous = 0, supervised = 0, gated = 0] = [a, b, c].toSorted((p, q) => p - q);
        const ladder = Ladder.parse({ parameter: 'amount', autonomous, supervised, gated });
        const answers = [
          x <= autonomous ? 1 : undefined,
          x > autonomous && x <= supervised ? 2 : undefined,
          x > supervised && x <= gated ? 3 : undefined,
          x > gated ? null : undefined,
        ].filter((answer) => answer !== undefined);
        expect(answers).toEqual([ladderTier(ladder, x)]);
        const [low, high] = [Math.min(x, y), Math.max(x, y)];
        expect(ladderTier(ladder, high) ?? 4).toBeGreaterThanOrEqual(ladderTier(ladder, low) ?? 4);
      }),
    );
  });

  it('denies what is below zero or no number', () => {
    const ladder = { parameter: 'amount', autonomous: 1, supervised: 2, gated: 3 };
    for (const value of [-1, -0.01, Number.NaN]) expect(ladderTier(ladder, value)).toBeNull();
  });
});
