import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { type RunningGateway, serveGateway } from '../http/serve';
import { startTool, type TestTool } from '../test/tool';
import { clientOf, makeWorld, type World } from '../test/world';

let gateway: RunningGateway;
let tool: TestTool;
let world: World;
let agent: { id: string; credential: string };
let client: ReturnType<typeof clientOf>;
/** The action type `once.do`. */
let once: string;

beforeAll(async () => {
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  tool = await startTool();
  world = await makeWorld();
  agent = await world.agent();
  client = clientOf(gateway.url, world, agent);
  const role = await world.role(agent.id);
  const secret = await world.secret('tool-secret-value');
  const toolId = await world.tool(tool.url, { auth: { type: 'bearer' }, secret_id: secret.id });
  const refunds = await world.actionType(toolId, {
    rules: [{ parameter: 'customer_id', rule: 'equals_session', attribute: 'customer_id' }],
  });
  await world.permission(role, refunds, {
    tier: null,
    ladder: { parameter: 'amount', autonomous: 100, supervised: 300, gated: 500 },
  });
  const any = { type: 'object', properties: { amount: { type: 'number' } } };
  const simple = { parameters: any, path_template: '/x' };
  const mail = await world.actionType(toolId, {
    ...simple,
    key: 'mail.send',
    effects: ['external_communication'],
  });
  await world.permission(role, mail);
  const wipe = await world.actionType(toolId, {
    ...simple,
    key: 'data.wipe',
    reversibility: 'irreversible',
  });
  await world.permission(role, wipe);
  const secretData = await world.actionType(toolId, {
    ...simple,
    key: 'secret.read',
    classification: 'Restricted',
  });
  await world.permission(role, secretData);
  await world.actionType(toolId, { ...simple, key: 'nobody.may' });
  const rated = await world.actionType(toolId, { ...simple, key: 'rated.do' });
  await world.permission(role, rated, { limits: { perDay: 2 } });
  once = await world.actionType(toolId, { ...simple, key: 'once.do' });
  await world.permission(role, once, { limits: { perDay: 1 } });
  const summed = await world.actionType(toolId, { ...simple, key: 'summed.do' });
  await world.permission(role, summed, {
    limits: { amountPerDay: { parameter: 'amount', max: 10 } },
  });
});

afterAll(async () => {
  await gateway.stop();
  await tool.close();
  await world.close();
});

const refund = (amount?: number) => ({
  order_id: 'a b/1',
  customer_id: 'cus_1',
  ...(amount === undefined ? {} : { amount }),
});

describe('decisions', () => {
  it('runs tier 1 at the tool with a credential that the agent never sees', async () => {
    const session = await client.session({ customer_id: 'cus_1' });
    const reply = await client.propose(session, refund(50));
    expect(reply).toMatchObject({
      status: 200,
      body: { status: 'succeeded', decision: 'allow', tier: 1, result: { ok: true } },
    });
    const call = tool.seen.at(-1);
    expect(call).toMatchObject({ method: 'POST', url: '/orders/a%20b%2F1/refunds' });
    expect(call?.headers.authorization).toBe('Bearer tool-secret-value');
    expect(call?.headers['idempotency-key']).toBe(reply.body['id']);
    expect(JSON.parse(call?.body ?? '')).toEqual({ customer_id: 'cus_1', amount: 50 });
    const told = async () =>
      (await world.events()).filter((event) => event['action'] === reply.body['id']);
    // The agent is answered while the outcome commits.
    await expect
      .poll(async () => (await told()).map((event) => event['type']))
      .toEqual(['action.decided', 'action.succeeded']);
    const story = await told();
    expect(story[0]).toMatchObject({
      actor: { type: 'agent', id: agent.id },
      outcome: 'allow',
      tier: 1,
      session,
      policy_version: reply.body['policy_version'],
      digest: reply.body['digest'],
      classification: 'Internal',
    });
    expect(JSON.stringify(await world.events())).not.toContain('tool-secret-value');
  });

  it('climbs the ladder: supervised, gated, denied above and below', async () => {
    const session = await client.session({ customer_id: 'cus_1' });
    expect(await client.propose(session, refund(100.01))).toMatchObject({
      status: 200,
      body: { tier: 2 },
    });
    const held = await client.propose(session, refund(300.5));
    expect(held).toMatchObject({
      status: 202,
      body: { status: 'pending', decision: 'hold', tier: 3, expires_at: expect.any(String) },
    });
    const before = tool.seen.length;
    for (const amount of [500.01, -1]) {
      const denied = await client.propose(session, refund(amount));
      expect(denied).toMatchObject({
        status: 403,
        body: { decision: 'deny', status: 403, reasons: [{ code: 'above_limit' }] },
      });
    }
    expect(await client.propose(session, refund())).toMatchObject({
      status: 403,
      body: { code: 'amount_missing' },
    });
    expect(await client.propose(session, refund(1.00001))).toMatchObject({
      status: 403,
      body: { code: 'parameter_precision' },
    });
    expect(tool.seen.length).toBe(before);
  });

  it('freezes what the approver will see', async () => {
    const session = await client.session({ customer_id: 'cus_1' });
    const { body } = await client.propose(session, refund(400), {
      evidence: [{ title: 'Order', content: { total: 400 } }],
    });
    const { rows } = await world.owner.query('SELECT * FROM approvals WHERE action_id = $1', [
      body['id'],
    ]);
    expect(rows[0].display).toMatchObject({
      sentence: 'Refund 400 for order a b/1',
      why: 'It came broken',
      amount: { parameter: 'amount', value: 400 },
      ladder: { gated: 500 },
      agent: { id: agent.id },
      session: { attributes: { customer_id: 'cus_1' } },
      evidence: [{ title: 'Order', content: { total: 400 } }],
      digest: body['digest'],
    });
  });

  it("denies another customer's data and what clearance, roles or paths forbid", async () => {
    const session = await client.session({ customer_id: 'cus_1' });
    const before = tool.seen.length;
    const cases: [Promise<{ status: number; body: Record<string, unknown> }>, string][] = [
      [client.propose(session, { ...refund(5), customer_id: 'cus_2' }), 'rule_equals_session'],
      [client.propose(await client.session(), refund(5)), 'rule_equals_session'],
      [client.propose(session, { ...refund(5), order_id: '..' }), 'parameter_unsafe'],
      [client.propose(session, {}, { action: 'secret.read' }), 'clearance'],
      [client.propose(session, {}, { action: 'nobody.may' }), 'no_permission'],
    ];
    for (const [reply, code] of cases) {
      expect(await reply).toMatchObject({
        status: 403,
        body: { code, decision: 'deny', reasons: [{ code }] },
      });
    }
    expect(tool.seen.length).toBe(before);
    const denied = (await world.actions()).filter((row) => row['status'] === 'denied');
    expect(denied.every((row) => row['started_at'] === null)).toBe(true);
  });

  it('raises to the floors', async () => {
    const session = await client.session();
    expect(await client.propose(session, {}, { action: 'mail.send' })).toMatchObject({
      status: 200,
      body: { tier: 2 },
    });
    expect(await client.propose(session, {}, { action: 'data.wipe' })).toMatchObject({
      status: 202,
      body: { tier: 3 },
    });
  });

  it('raises by the floors of the agent’s own environment', async () => {
    const floors = { irreversible: 2, external_communication: 1 };
    const elsewhere = await makeWorld({
      tierFloors: { ...floors, environments: { staging: { irreversible: 3 } } },
    });
    const staging = await elsewhere.agent({ environment: 'staging' });
    const production = await elsewhere.agent();
    const type = await elsewhere.actionType(await elsewhere.tool(tool.url), {
      ...{ key: 'data.wipe', reversibility: 'irreversible', path_template: '/x' },
      parameters: { type: 'object' },
    });
    await elsewhere.permission(await elsewhere.role(staging.id, production.id), type);
    const wipe = async (of: typeof agent) => {
      const own = clientOf(gateway.url, elsewhere, of);
      return own.propose(await own.session(), {}, { action: 'data.wipe' });
    };
    const before = tool.seen.length;
    expect(await wipe(staging)).toMatchObject({
      status: 202,
      body: { tier: 3, decision: 'hold' },
    });
    expect(tool.seen.length).toBe(before);
    expect(await wipe(production)).toMatchObject({ status: 200, body: { tier: 2 } });
    await elsewhere.close();
  });

  it('limits rates and amounts, and a restart forgives nothing', async () => {
    const session = await client.session();
    const rated = (to = client) => to.propose(session, {}, { action: 'rated.do' });
    expect((await rated()).status).toBe(200);
    expect((await rated()).status).toBe(200);
    const over = await rated();
    expect(over).toMatchObject({ status: 429, body: { code: 'limit_rate' } });
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
    const summed = (amount: number, to = client) =>
      to.propose(session, { amount }, { action: 'summed.do' });
    expect((await summed(7)).status).toBe(200);
    expect(await summed(4)).toMatchObject({ status: 403, body: { code: 'limit_amount' } });
    const restarted = await serveGateway({ host: '127.0.0.1', port: 0 });
    const again = clientOf(restarted.url, world, agent);
    expect((await rated(again)).status).toBe(429);
    expect(await summed(4, again)).toMatchObject({ status: 403, body: { code: 'limit_amount' } });
    expect((await summed(3, again)).status).toBe(200);
    await restarted.stop();
  });

  it('gives an answer again whatever would refuse it by now', async () => {
    const session = await client.session();
    const key = newId('key');
    const propose = (as = key, amount = 1) =>
      client.propose(session, { amount }, { action: 'once.do' }, as);
    const first = await propose();
    expect(first.status).toBe(200);
    const repeated = { status: 200, body: { id: first.body['id'], status: 'succeeded' } };
    const calls = tool.seen.length;
    const refusedThenRepeated = async (status: number) => {
      while ((await propose(newId('key'))).status !== status);
      expect(await propose()).toMatchObject(repeated);
      expect(await propose(key, 2)).toMatchObject({
        status: 409,
        body: { code: 'idempotency_conflict' },
      });
    };
    await refusedThenRepeated(429);
    const set = (what: string, value: unknown) =>
      world.owner.query(`UPDATE action_types SET ${what} = $2 WHERE id = $1`, [once, value]);
    await set('parameters', { type: 'object', required: ['reason'] });
    await refusedThenRepeated(422);
    await set('state', 'retired');
    await refusedThenRepeated(404);
    expect((await client.send('DELETE', `/v1/sessions/${session}`)).status).toBe(204);
    await refusedThenRepeated(409);
    expect(tool.seen.length).toBe(calls);
    expect(
      (await world.actions()).filter((row) => row['type'] === 'once.do').map((row) => row['id']),
    ).toEqual([first.body['id']]);
  });
});
