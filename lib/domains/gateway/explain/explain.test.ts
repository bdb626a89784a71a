import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCedarPolicy, removeCedarPolicy } from '@/lib/domains/access/server';
import { createPool, type Pool } from '@/lib/infra/pg';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { serveGateway, type RunningGateway } from '../http/serve';
import type { Agent } from '../snapshot/snapshot';
import { clientOf, makeWorld, type World } from '../test/world';
import { runExplanation } from './run';
import type { Explained } from './schema';
import { askExplanation, getExplanation } from './service';

const ladder = { parameter: 'amount', autonomous: 100, supervised: 300, gated: 500 };

let pool: Pool;
let world: World;
let running: RunningGateway;
let tool: Server;
let role: string;
let permission: string;

const as = (roles: string[], workspace = world.workspace): Context => ({
  workspace,
  requestId: newId('req'),
  actor: {
    ...{ type: 'member', id: newId('mbr'), name: 'Somebody', roles, abilities: [] },
    ...{ method: 'password', authenticatedAt: 0 },
  },
});

beforeAll(async () => {
  tool = createServer((request, response) => {
    request.resume().on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => tool.listen(0, '127.0.0.1', resolve));
  pool = createPool('countersign_app', 2);
  world = await makeWorld({
    tierFloors: {
      ...{ irreversible: 3, external_communication: 2 },
      environments: { staging: { external_communication: 3 } },
    },
  });
  role = await world.role();
  const at = await world.tool(`http://127.0.0.1:${(tool.address() as AddressInfo).port}`);
  const refunds = await world.actionType(at);
  permission = await world.permission(role, refunds, { tier: null, ladder });
  const more = (key: string, over: object) => world.actionType(at, { key, ...over });
  await world.permission(role, await more('mail.send', { effects: ['external_communication'] }));
  const secret = await more('secrets.read', { classification: 'Restricted' });
  await world.permission(role, secret);
  await world.permission(role, await more('orders.pay', {}), {
    limits: { amountPerDay: { parameter: 'amount', max: 250 } },
  });
  await world.permission(role, await more('orders.ping', {}), { limits: { perDay: 1 } });
  const rules = [{ parameter: 'customer_id', rule: 'equals_session', attribute: 'customer_id' }];
  await world.permission(role, await more('orders.own', { rules }));
  await more('orders.remove', {});
  running = await serveGateway({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await running.stop();
  await world.close();
  await pool.end();
  await new Promise((resolve) => tool.close(resolve));
});

async function inRole(over: Record<string, unknown> = {}) {
  const agent = await world.agent(over);
  await world.insert('agent_roles', {
    ...{ workspace_id: world.workspace, agent_id: agent.id, role_id: role },
    granted_by: 'mbr_test',
  });
  await heard(agent.id, (known) => known?.roles.has(role) === true);
  return agent;
}

/** Resolves once the gateway has heard of an agent as it is to be. */
async function heard(id: string, fits: (agent: Agent | undefined) => boolean): Promise<void> {
  const known = async () =>
    fits((await running.gateway.snapshots.get(world.workspace)).agents.get(id));
  await expect.poll(known).toBe(true);
}

async function explained(question: Record<string, unknown>, reader = as(['auditor'])) {
  const { id } = await askExplanation(reader, question);
  await runExplanation(pool, as([]), id);
  const { status, result } = await getExplanation(reader, { id });
  expect(status).toBe('done');
  if (!result) throw new Error('nothing was explained');
  return result;
}

interface Case {
  action?: string;
  parameters?: Record<string, unknown>;
  agent?: Record<string, unknown>;
  /** Done for real before anything is asked. */
  first?: Record<string, unknown>;
  stage: Explained['stage'];
  says: RegExp;
}

const order = { order_id: '1' };
const cases: Record<string, Case> = {
  'is allowed': {
    parameters: { ...order, amount: 50 },
    stage: 'classify',
    says: /^Allowed at tier 1: role rol_\S+ grants refunds\.create at tier 1\.$/,
  },
  'is supervised': {
    parameters: { ...order, amount: 250 },
    stage: 'classify',
    says: /^Allowed at tier 2: /,
  },
  'is held': {
    parameters: { ...order, amount: 400 },
    stage: 'classify',
    says: /^Held for a person at tier 3: role rol_\S+ grants refunds\.create at tier 3\.$/,
  },
  'is raised by a floor': {
    action: 'mail.send',
    stage: 'classify',
    says: /^Allowed at tier 2: .*grants mail\.send at tier 1, raised to tier 2: it speaks to someone outside/,
  },
  'is raised by the floor of its environment': {
    action: 'mail.send',
    agent: { environment: 'staging' },
    stage: 'classify',
    says: /raised to tier 3: it speaks to someone outside, and such an action is never below this tier in staging\.$/,
  },
  'is raised by probation': {
    parameters: { ...order, amount: 50 },
    agent: { state: 'probation' },
    stage: 'classify',
    says: /raised to tier 2: the agent is on probation/,
  },
  'has no permission': {
    action: 'orders.remove',
    stage: 'authorize',
    says: /^Denied by stage authorize: agt_\S+ holds no permission for orders\.remove\.$/,
  },
  'is above the ladder': {
    parameters: { ...order, amount: 750 },
    stage: 'authorize',
    says: /^Denied by stage authorize: agt_\S+ holds no permission for refunds\.create with amount 750; role rol_\S+ grants up to 500 at tier 3\.$/,
  },
  'is above the clearance': {
    action: 'secrets.read',
    stage: 'authorize',
    says: /^Denied by stage authorize: It touches Restricted data and the agent is cleared for Internal/,
  },
  'is above the amount of a day': {
    action: 'orders.pay',
    parameters: { ...order, amount: 200 },
    first: { ...order, amount: 100 },
    stage: 'limit',
    says: /^Denied by stage limit: The permission allows 250 of amount a day, of which 150 is left/,
  },
  'is more often than may be': {
    action: 'orders.ping',
    first: order,
    stage: 'limit',
    says: /^Refused by stage limit: The permission allows 1 a day/,
  },
  'breaks a rule': {
    action: 'orders.own',
    parameters: { ...order, customer_id: 'cus_2' },
    stage: 'inspect',
    says: /^Denied by stage inspect: The parameter customer_id must equal/,
  },
  'has wrong parameters': {
    parameters: { ...order, amount: 'many' },
    stage: 'resolve',
    says: /^Refused by stage resolve: parameters\.amount /,
  },
  'is of an unknown type': {
    action: 'orders.unheard',
    stage: 'resolve',
    says: /^Refused by stage resolve: There is no such action type/,
  },
  'is of a suspended agent': {
    parameters: { ...order, amount: 50 },
    agent: { state: 'suspended' },
    stage: 'authenticate',
    says: /^Denied by stage authenticate: The agent is suspended/,
  },
};

describe('what is explained before it is proposed', () => {
  it.each(Object.entries(cases))('is what the gateway decides when it %s', async (_, one) => {
    const { action = 'refunds.create', parameters = order, agent: over = {}, first } = one;
    const agent = await inRole({ ...over, state: 'active' });
    const client = clientOf(running.url, world, agent);
    const attributes = { customer_id: 'cus_1' };
    const session = await client.session(attributes);
    if (first) await client.propose(session, first, { action });
    if (over['state']) {
      await world.owner.query('UPDATE agents SET state = $2 WHERE id = $1', [
        agent.id,
        over['state'],
      ]);
      await heard(agent.id, (known) => known?.state === over['state']);
    }
    const asked = { agent: agent.id, actionType: action, parameters, session: attributes };
    const { now, recorded: none } = await explained(asked);
    const { status, body } = await client.propose(session, parameters, { action });
    const decided =
      status === 404 || status === 422 || status === 429 ? 'refused' : body['decision'];
    expect(now).toMatchObject({ decision: decided, stage: one.stage });
    expect(now?.tier ?? undefined).toBe(body['tier']);
    expect(none).toBeNull();
    if (now?.decision === 'deny' || now?.decision === 'allow') {
      expect(now.reasons).toEqual(body['reasons'] ?? []);
    }
    expect(now?.sentence).toMatch(one.says);
    const reached = now?.stages.filter(({ outcome }) => outcome !== 'not_reached') ?? [];
    expect(reached.at(-1)?.stage).toBe(one.stage);
    const refusing = now?.decision === 'deny' || now?.decision === 'refused';
    expect(reached.at(-1)?.outcome).toBe(refusing ? 'refused' : 'passed');
    if (refusing) return;
    expect(now?.policyVersion).toBe(body['policy_version']);
    // Recorded, it is explained alike.
    const recorded = await explained({ action: body['id'] });
    expect(recorded.now?.sentence).toBe(now?.sentence);
    expect(recorded).toMatchObject({ same: true, versions: [], recorded: { action: body['id'] } });
  });

  it('says the amount of a protected payload to those alone who are shown that', async () => {
    const agent = await inRole();
    const client = clientOf(running.url, world, agent);
    const session = await client.session({ customer_id: 'cus_1' });
    const { body } = await client.propose(session, { ...order, amount: 750 });
    const of = { action: body['id'] };
    await world.owner.query('UPDATE actions SET classification = $2 WHERE id = $1', [
      body['id'],
      'Restricted',
    ]);
    const withheld = await explained(of);
    expect(withheld.now?.sentence).toMatch(/holds no permission for \S+ with its amount; role/);
    expect(JSON.stringify(withheld)).not.toContain('750');
    const { now } = await explained(of, as(['approver']));
    expect(now?.sentence).toContain('with amount 750; role');
    expect(now).not.toHaveProperty('withheld');
  });

  it('names permits by hand, their limits, and which of them it is counted against', async () => {
    const agent = await inRole();
    const text = `@tier("2") @rate_per_day("1")
permit (principal, action == Action::"orders.remove", resource);
permit (principal in Role::"nobody", action, resource);`;
    const { id } = await createCedarPolicy(as(['admin']), { name: 'removals', text });
    running.gateway.snapshots.clear();
    const asked = { agent: agent.id, actionType: 'orders.remove', parameters: order };
    const { now } = await explained(asked);
    expect(now?.permissions).toEqual([
      expect.objectContaining({
        ...{ permission: 'cedar:removals#1', role: null, by: 'the Cedar policy removals#1' },
        ...{ words: 'tier 2, at most 1 a day', tier: 2, counted: true },
      }),
    ]);
    expect(now?.sentence).toBe(
      'Allowed at tier 2: the Cedar policy removals#1 grants orders.remove at tier 2.',
    );
    const client = clientOf(running.url, world, agent);
    const session = await client.session({});
    const first = await client.propose(session, order, { action: 'orders.remove' });
    expect(first.status).toBe(200);
    const recorded = await explained({ action: first.body['id'] });
    expect(recorded.recorded?.permissions).toEqual([
      { id: 'cedar:removals#1', role: null, words: 'the Cedar policy removals#1' },
    ]);
    expect((await explained(asked)).now?.sentence).toMatch(
      /^Refused by stage limit: The permission allows 1 a day/,
    );
    await removeCedarPolicy(as(['admin']), { id });
    running.gateway.snapshots.clear();
  });

  it('names the permits that would have permitted and the forbid that stood above them', async () => {
    const { id } = await inRole();
    const { now } = await explained({ agent: id, actionType: 'secrets.read', parameters: order });
    expect(now?.permissions).toEqual([
      expect.objectContaining({ tier: 1, counted: false, words: 'tier 1' }),
    ]);
    expect(now?.permissions[0]?.cedar[0]).toContain('action == Action::"secrets.read"');
    expect(now?.forbids).toEqual([
      expect.objectContaining({ id: 'clearance', cedar: expect.stringContaining('forbid') }),
    ]);
  });
});

describe('a recorded action', () => {
  it('is told as it was decided and as it would be, with the version between', async () => {
    const agent = await inRole();
    const client = clientOf(running.url, world, agent);
    const session = await client.session();
    const { body } = await client.propose(session, { ...order, amount: 250 });
    const narrower = { ...ladder, supervised: 200, gated: 200 };
    await world.owner.query('UPDATE permissions SET ladder = $2 WHERE id = $1', [
      permission,
      JSON.stringify(narrower),
    ]);
    const path = `roles/${role}/refunds.create`;
    const change = { path, kind: 'changed', words: 'narrower', widens: false };
    const other = { ...change, path: 'roles/others/orders.read', words: 'something else' };
    await world.insert('policy_versions', {
      ...{ id: newId('pvr'), workspace_id: world.workspace, number: 7, document: '{}' },
      ...{ changes: JSON.stringify([change, other]), origin: 'edit', created_by: 'mbr_test' },
    });
    const told = await explained({ action: body['id'] });
    expect(told.recorded).toMatchObject({
      decision: 'allow',
      tier: 2,
      policyVersion: body['policy_version'],
    });
    expect(told.recorded?.version?.number).toBeLessThan(7);
    // What is decided from now on is decided by the version of now.
    const { body: later } = await client.propose(session, { ...order, amount: 20 });
    expect((await explained({ action: later['id'] })).recorded).toMatchObject({
      version: { number: 7 },
    });
    expect(told.recorded?.permissions).toMatchObject([{ id: permission, role: { id: role } }]);
    expect(told.now).toMatchObject({ decision: 'deny', stage: 'authorize' });
    expect(told.now?.policyVersion).not.toBe(told.recorded?.policyVersion);
    expect(told.same).toBe(false);
    expect(told.versions).toMatchObject([{ number: 7, changes: ['narrower'] }]);
    await world.owner.query('UPDATE permissions SET ladder = $2 WHERE id = $1', [
      permission,
      JSON.stringify(ladder),
    ]);
  });

  it('cannot be decided anew once its parameters are erased', async () => {
    const agent = await inRole();
    const client = clientOf(running.url, world, agent);
    const { body } = await client.propose(await client.session(), { ...order, amount: 1 });
    await world.owner.query(`UPDATE actions SET parameters = '{"erased":true}' WHERE id = $1`, [
      body['id'],
    ]);
    const told = await explained({ action: body['id'] });
    expect(told).toMatchObject({ now: null, same: null, recorded: { decision: 'allow' } });
    expect(told.unavailable).toContain('erased');
  });
});

describe('asking', () => {
  it('writes its event and nothing of the parameters into it', async () => {
    const { id } = await inRole();
    await explained({ agent: id, actionType: 'mail.send', parameters: { order_id: 'private-1' } });
    const events = await world.events();
    const said = events.filter(
      (one) => one['type'] === 'decision.explained' && one['agent'] === id,
    );
    expect(said).toMatchObject([{ object: { type: 'action_type', id: 'mail.send' } }]);
    expect(JSON.stringify(said)).not.toContain('private-1');
    expect(await world.actions()).not.toContainEqual(expect.objectContaining({ agent_id: id }));
  });

  it('is for members with a role, about what is in their workspace', async () => {
    const { id } = await inRole();
    const ask = { agent: id, actionType: 'mail.send' };
    await expect(askExplanation(as([]), ask)).rejects.toMatchObject({ status: 403 });
    const other = await makeWorld();
    const stranger = as(['admin'], other.workspace);
    await expect(askExplanation(stranger, ask)).rejects.toMatchObject({ status: 404 });
    const [action] = await world.actions();
    await expect(askExplanation(stranger, { action: action?.['id'] })).rejects.toMatchObject({
      status: 404,
    });
    const made = await askExplanation(as(['approver']), ask);
    await expect(getExplanation(stranger, { id: made.id })).rejects.toMatchObject({ status: 404 });
    await other.close();
    for (const wrong of [{}, { agent: id }, { ...ask, parameters: 1 }, { ...ask, at: 'noon' }]) {
      await expect(askExplanation(as(['admin']), wrong)).rejects.toMatchObject({ status: 422 });
    }
  });
});
