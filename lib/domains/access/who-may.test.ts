import { beforeAll, describe, expect, it } from 'vitest';
import { activateAgent, createAgent, retireAgent, suspendAgent } from '@/lib/domains/agents/server';
import { createActionType, createTool } from '@/lib/domains/catalog/server';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import type { WhoMay } from './schema';
import { agentPermissions, grantRole } from './service/agents';
import { createPermission } from './service/permissions';
import { createRole, retireRole } from './service/roles';
import { whoMay } from './service/who-may';

let world: World;
let type: string;
const agents = new Map<string, string>();

function as(roles: string[], where: World = world): Context {
  const actor = {
    ...{ type: 'member' as const, id: where.admin, name: 'Admin', roles, abilities: [] },
    ...{ method: 'password', authenticatedAt: 0 },
  };
  return { workspace: where.workspace, requestId: newId('req'), actor };
}
const admin = () => as(['admin']);

async function agent(name: string, roles: string[], over: object = {}, probation = false) {
  const { id } = await createAgent(admin(), {
    ...{ name, purpose: 'Works in tests.', sponsorId: world.admin, model: 'm' },
    ...{ environment: 'production', clearance: 'Confidential' },
    ...over,
  });
  agents.set(name, id);
  for (const roleId of roles) await grantRole(admin(), { id, roleId });
  if (name !== 'draft') await activateAgent(admin(), { id, probation });
}

beforeAll(async () => {
  world = await mintWorld();
  const tool = await createTool(admin(), {
    ...{ name: 'orders', baseUrl: 'http://127.0.0.1:9', auth: { type: 'none' } },
    environment: 'production',
  });
  const made = (key: string) =>
    createActionType(admin(), {
      ...{ key, toolId: tool.id, title: key, effects: ['financial'], method: 'POST' },
      ...{ reversibility: 'irreversible', classification: 'Confidential', pathTemplate: '/x' },
      parameters: {
        type: 'object',
        properties: { amount: { type: 'number' } },
        required: ['amount'],
      },
    });
  type = (await made('refunds.create')).id;
  const other = (await made('orders.read')).id;
  const role = async (name: string, actionTypeId: string, rule: object) => {
    const { id } = await createRole(admin(), { name });
    await createPermission(admin(), { roleId: id, actionTypeId, ...rule });
    return id;
  };
  const ladder = { parameter: 'amount', autonomous: 1, supervised: 2, gated: 3 };
  const refunds = await role('refunds', type, { ladder, limits: { perDay: 5 } });
  const more = await role('more', type, { tier: 1 });
  const reads = await role('reads', other, { tier: 1 });
  const retired = await role('retired', type, { tier: 1 });
  await agent('both', [refunds, more, reads]);
  await agent('cleared-too-low', [refunds], { clearance: 'Internal' });
  await agent('draft', [refunds]);
  await agent('elsewhere', [refunds], { environment: 'staging' });
  await agent('gone', [refunds]);
  await agent('none', [reads]);
  await agent('on-probation', [more], {}, true);
  await agent('once', [retired]);
  await agent('suspended', [refunds]);
  await suspendAgent(admin(), { id: agents.get('suspended'), reason: 'for a test' });
  await retireAgent(admin(), { id: agents.get('gone'), reason: 'for a test' });
  await retireRole(admin(), { id: retired });
});

const all = async (input: object = {}) =>
  (await whoMay(as(['auditor']), { id: type, ...input })).items;
const names = (items: WhoMay[]) => items.map((one) => one.agent.name);

describe('who may', () => {
  it('lists by name whom a role grants it, by which permission and how far', async () => {
    const items = await all();
    expect(names(items)).toEqual([
      ...['both', 'cleared-too-low', 'draft', 'elsewhere', 'on-probation', 'suspended'],
    ]);
    const [both] = items;
    const grants = both?.grants.toSorted((a, b) => a.role.name.localeCompare(b.role.name));
    expect(grants).toMatchObject([
      { role: { name: 'more' }, tier: 1, ladder: null, limits: {} },
      { role: { name: 'refunds' }, tier: null, ladder: { gated: 3 }, limits: { perDay: 5 } },
    ]);
    expect(items.every(({ floor }) => floor.tier === 3 && floor.reason !== null)).toBe(true);
  });

  it('says what stands against each', async () => {
    const blocked = Object.fromEntries((await all()).map((one) => [one.agent.name, one.blocked]));
    expect(blocked).toEqual({
      both: null,
      'cleared-too-low': "It touches Confidential data; the agent's clearance is Internal.",
      draft: 'The agent is draft.',
      elsewhere: 'The tool stands in production; the agent in staging.',
      'on-probation': null,
      suspended: 'The agent is suspended.',
    });
  });

  it('says of an agent what its effective permissions say', async () => {
    for (const { agent: of, grants, blocked, floor } of await all()) {
      const { items } = await agentPermissions(admin(), { id: of.id });
      const own = items.filter(({ actionType }) => actionType.id === type);
      expect(own.map(({ permission }) => permission).toSorted()).toEqual(
        grants.map(({ permission }) => permission).toSorted(),
      );
      expect(own.every((one) => one.blocked === blocked)).toBe(true);
      expect(own.every((one) => one.floor.tier === floor.tier)).toBe(true);
    }
  });

  it('is cut into pages, and into those that may and those that may not', async () => {
    const may = await all({ may: 'true' });
    expect(names(may)).toEqual(['both', 'on-probation']);
    const barred = await all({ may: 'false' });
    expect(names([...may, ...barred]).toSorted()).toEqual(names(await all()));
    expect(barred.every(({ blocked }) => blocked !== null)).toBe(true);
    const paged: WhoMay[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await whoMay(admin(), { id: type, limit: 4, ...(cursor ? { cursor } : {}) });
      paged.push(...page.items);
      cursor = page.next;
    } while (cursor);
    expect(paged).toEqual(await all());
    await expect(whoMay(admin(), { id: type, cursor: 'x' })).rejects.toMatchObject({ status: 422 });
  });

  it('is nothing of another workspace', async () => {
    const other = await mintWorld();
    await expect(whoMay(as(['admin'], other), { id: type })).rejects.toMatchObject({ status: 404 });
  });
});
