/** Policies by hand beside an agent's permissions, through a started gateway. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  compilePolicySet,
  createCedarPolicy,
  EntityStore,
  listCedarPolicies,
  removeCedarPolicy,
} from '@/lib/domains/access/server';
import { cedar, type PolicyJson } from '@/lib/infra/cedar';
import { adminOf } from '../authzen/test/world';
import { type RunningGateway, serveGateway } from '../http/serve';
import { startTool, type TestTool } from '../test/tool';
import { clientOf, makeWorld, type Reply, type World } from '../test/world';
import { authorizeByHand, decideByHand } from './by-hand';

let gateway: RunningGateway;
let tool: TestTool;
let world: World;
let agent: { id: string; credential: string };
let client: ReturnType<typeof clientOf>;
let session: string;
let role: string;

beforeAll(async () => {
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  tool = await startTool();
  world = await makeWorld();
  agent = await world.agent({ model: 'scripted' });
  client = clientOf(gateway.url, world, agent);
  role = await world.role(agent.id);
  const toolId = await world.tool(tool.url);
  const properties = {
    order_id: { type: 'string' },
    amount: { type: 'number' },
    pieces: { type: 'integer' },
  };
  const parameters = { type: 'object', required: ['order_id'], properties };
  const type = await world.actionType(toolId, { parameters });
  await world.permission(role, type, { tier: 1 });
  await world.actionType(toolId, { key: 'notes.write', parameters });
  await world.actionType(toolId, {
    key: 'orders.pay',
    parameters: { ...parameters, required: ['order_id', 'amount'] },
  });
  await world.actionType(toolId, {
    key: 'vault.read',
    parameters,
    classification: 'Restricted',
  });
  session = await client.session({ customer_id: 'cus_1', trusted: true, level: 2 });
});
afterAll(async () => {
  await gateway.stop();
  await tool.close();
  await world.close();
});

function policyOf(text: string): PolicyJson {
  const parsed = cedar().policyToJson(text);
  if (parsed.type === 'failure') throw new Error(parsed.errors[0]?.message);
  return parsed.json;
}

const order = { order_id: '1' };

/** Has these policies hold alone, and asks once the gateway decides by them. */
async function under(text: string | null, ask: () => Promise<Reply>): Promise<Reply> {
  const ctx = adminOf(world);
  for (const { id } of (await listCedarPolicies(ctx, {})).items)
    await removeCedarPolicy(ctx, { id });
  if (text !== null) await createCedarPolicy(ctx, { name: 'by-hand', text });
  gateway.gateway.snapshots.clear();
  return ask();
}
const refund = (parameters: object = order) => client.propose(session, { ...parameters });
const note = (parameters: object = order) =>
  client.propose(session, { ...parameters }, { action: 'notes.write' });

const reasons = (reply: Reply) =>
  (reply.body['reasons'] as { code: string; message: string }[] | undefined)?.map(
    ({ code }) => code,
  );

const onRefunds = 'principal, action == Action::"refunds.create", resource';
const onNotes = 'principal, action == Action::"notes.write", resource';

describe('a forbid by hand', () => {
  it('stands above a permission, and says its name; without it the permission holds', async () => {
    const forbidden = await under(`forbid (${onRefunds});`, refund);
    expect(forbidden).toMatchObject({ status: 403, body: { decision: 'deny' } });
    expect(forbidden.body['reasons']).toMatchObject([
      { code: 'policy', message: expect.stringContaining('by-hand#1') },
    ]);
    expect((await under(null, refund)).status).toBe(200);
  });

  it.each([
    [
      'parameters',
      'context.parameters has amount && context.parameters.amount.greaterThan(decimal("99.5"))',
      { amount: 99.75 },
      { amount: 99.5 },
    ],
    [
      'whole parameters',
      'context.parameters has pieces && context.parameters.pieces > 3',
      { pieces: 4 },
      { pieces: 3 },
    ],
    [
      'what is required',
      'context.parameters.order_id like "9*"',
      { order_id: '91' },
      { order_id: '19' },
    ],
  ])('reads %s', async (_, condition, hit, miss) => {
    const text = `forbid (${onRefunds}) when { ${condition} };`;
    expect((await under(text, () => refund({ ...order, ...hit }))).status).toBe(403);
    expect((await under(text, () => refund({ ...order, ...miss }))).status).toBe(200);
  });

  it.each([
    [
      'a text of the session',
      'context.session has customer_id && context.session.customer_id == "cus_1"',
    ],
    ['a number of the session', 'context.session has level && context.session.level >= 2'],
    ['a truth of the session', 'context.session has trusted && context.session.trusted'],
    ['the clock of a zone', 'context.time["Europe/Berlin"].minute >= 0'],
    ['the address', 'context has address && context.address.isLoopback()'],
    ['the agent', 'principal.model == "scripted"'],
    ['the role, by its name', 'principal in Role::"ROLE"'],
    ['the action type', 'resource.environment == ""'],
  ])('reads %s', async (_, condition) => {
    const held = condition.replace('ROLE', role);
    const text = (is: string) =>
      `forbid (principal is Agent, action == Action::"refunds.create", resource) ${is} { ${held} };`;
    expect((await under(text('when'), refund)).status).toBe(403);
    expect((await under(text('unless'), refund)).status).toBe(200);
  });

  it('that errs denies', async () => {
    const text = `forbid (${onRefunds}) when { context.parameters has pieces && context.parameters.pieces * 9007199254740991 > 5 };`;
    const reply = await under(text, () => refund({ ...order, pieces: 9_007_199_254_740_991 }));
    expect([reply.status, reasons(reply)]).toEqual([403, ['policy_error']]);
    expect((await under(text, refund)).status).toBe(200);
  });

  it('that reads what Cedar cannot hold exactly denies, and does not overlook it', async () => {
    const text = `forbid (${onRefunds}) when { context.parameters has amount && context.parameters.amount.greaterThan(decimal("1.0")) };`;
    const reply = await under(text, () => refund({ ...order, amount: 1.000_01 }));
    expect([reply.status, reasons(reply)]).toEqual([403, ['policy_error']]);
  });

  it('that reads an address Cedar has no value for denies', async () => {
    const text = `permit (${onRefunds}); forbid (${onRefunds}) when { context has address && context.address.isMulticast() };`;
    expect((await under(text, refund)).status).toBe(200);
    const snapshot = await gateway.gateway.snapshots.get(world.workspace);
    const slice = snapshot.actionTypes.get('refunds.create')?.byHand;
    const who = snapshot.agents.get(agent.id);
    if (!slice || !who) throw new Error('not there');
    const from = (address: string) =>
      authorizeByHand(slice, who, { parameters: {}, session: {}, user: null, address, now: 0 });
    expect(from('10.0.0.1').allowed).toBe(true);
    for (const address of ['::ffff:10.0.0.1', 'fe80::1%eth0']) {
      expect(from(address)).toMatchObject({ allowed: false, error: expect.any(String) });
    }
  });

  it('that compares a session attribute as another type than it is denies', async () => {
    const text = `forbid (${onRefunds}) when { context.session has level && context.session.level == "2" };`;
    const reply = await under(text, refund);
    expect([reply.status, reasons(reply)]).toEqual([403, ['policy_error']]);
  });
});

describe('a permit by hand', () => {
  it('allows what no role grants, at its tier; without one it is held', async () => {
    expect(reasons(await under(null, note))).toEqual(['no_permission']);
    const one = await under(`@tier("1")\npermit (${onNotes});`, note);
    expect(one).toMatchObject({ status: 200, body: { decision: 'allow', tier: 1 } });
    const two = await under(`@tier("2")\npermit (${onNotes});`, note);
    expect(two).toMatchObject({ status: 200, body: { decision: 'allow', tier: 2 } });
    const held = await under(`permit (${onNotes});`, note);
    expect(held).toMatchObject({ status: 202, body: { decision: 'hold', tier: 3 } });
    const [row] = (await world.actions()).filter(({ id }) => id === held.body['id']);
    expect(row?.['permissions']).toEqual(['cedar:by-hand#1']);
  });

  it('lifts neither clearance nor what another forbids', async () => {
    const text = '@tier("1")\npermit (principal is Agent, action, resource);';
    const read = () => client.propose(session, order, { action: 'vault.read' });
    expect(reasons(await under(text, read))).toEqual(['clearance']);
    const both = `${text}\nforbid (${onNotes}) when { context.parameters has pieces };`;
    expect(reasons(await under(both, () => note({ ...order, pieces: 1 })))).toEqual(['policy']);
    expect((await under(both, note)).status).toBe(200);
  });
});

describe('limits of a permit by hand', () => {
  const paid = (amount: number) =>
    client.propose(session, { ...order, amount }, { action: 'orders.pay' });
  const onPay = 'principal, action == Action::"orders.pay", resource';
  /** Counters go by the policy's name, so each has its own. */
  const named = async (name: string, text: string) => {
    await under(null, refund);
    await createCedarPolicy(adminOf(world), { name, text });
    gateway.gateway.snapshots.clear();
  };

  it('answer 429 past a rate, of each agent, and after a restart', async () => {
    const text = `@tier("1") @rate_per_day("2")\npermit (${onPay});`;
    await named('rated-by-hand', text);
    expect((await paid(1)).status).toBe(200);
    expect((await paid(1)).status).toBe(200);
    const before = tool.seen.length;
    const over = await paid(1);
    expect(over).toMatchObject({ status: 429, body: { code: 'limit_rate' } });
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(tool.seen.length).toBe(before);
    const restarted = await serveGateway({ host: '127.0.0.1', port: 0 });
    const again = clientOf(restarted.url, world, agent);
    const reply = await again.propose(session, { ...order, amount: 1 }, { action: 'orders.pay' });
    await restarted.stop();
    expect(reply.status).toBe(429);
  });

  it('deny past the amount a day, and count what was allowed', async () => {
    await named('paid-by-hand', `@tier("1") @amount_per_day("amount 10.5")\npermit (${onPay});`);
    expect((await paid(7)).status).toBe(200);
    expect(await paid(4)).toMatchObject({ status: 403, body: { code: 'limit_amount' } });
    expect(reasons(await paid(4))).toEqual(['limit_amount']);
    const restarted = await serveGateway({ host: '127.0.0.1', port: 0 });
    const again = clientOf(restarted.url, world, agent);
    const after = (amount: number) =>
      again.propose(session, { ...order, amount }, { action: 'orders.pay' });
    expect(await after(4)).toMatchObject({ status: 403, body: { code: 'limit_amount' } });
    expect((await after(3.5)).status).toBe(200);
    await restarted.stop();
  });

  it('leave what a role grants to its own limits', async () => {
    const text = `@tier("1") @rate_per_day("1")\npermit (${onRefunds});`;
    expect((await under(text, refund)).status).toBe(200);
    expect((await refund()).status).toBe(200);
    expect((await refund()).status).toBe(200);
  });
});

describe('what is not compiled', () => {
  it('is evaluated all the same, such as a number that JavaScript would round', async () => {
    const text = `@tier("1")
permit (${onNotes}) when { context.parameters has pieces && context.parameters.pieces < 9223372036854775807 - 9223372036854775802 };`;
    expect((await under(text, () => note({ ...order, pieces: 4 }))).status).toBe(200);
    expect((await under(text, () => note({ ...order, pieces: 5 }))).status).toBe(403);
    const forbid = `${text}\nforbid (${onRefunds}) when { 9223372036854775807 > 3 };`;
    expect(reasons(await under(forbid, refund))).toEqual(['policy']);
  });

  const asked = {
    principal: { type: 'user', id: 'a' },
    action: { type: 'Action', id: 'read' },
    resource: { type: 'record', id: 'r' },
    context: { n: 3 },
  };
  const nothing = { json: [], store: new EntityStore([]) };
  const texts = {
    'all#1': 'permit (principal, action, resource);',
    'some#1': 'forbid (principal, action, resource) when { context.n > 3 };',
    'some#2':
      'forbid (principal, action, resource) when { context.n * 9007199254740991 * 1024 > 3 };',
  };
  const answer = (compiled: (keyof typeof texts)[], others: (keyof typeof texts)[], n: number) => {
    const policies = Object.fromEntries(compiled.map((id) => [id, policyOf(texts[id])]));
    const uncompiled = Object.fromEntries(others.map((id) => [id, texts[id]]));
    const { set } = compilePolicySet(policies);
    return decideByHand({ set, uncompiled }, { ...asked, context: { n } }, nothing);
  };

  it('is evaluated by Cedar, and decides as if it were', () => {
    for (const n of [3, 4]) {
      const decision = n === 3 ? 'allow' : 'deny';
      const reasons = [n === 3 ? 'all#1' : 'some#1'];
      const expected = { decision, reasons, errors: [] };
      expect(answer(['all#1', 'some#1'], [], n)).toEqual(expected);
      expect(answer(['all#1'], ['some#1'], n)).toEqual(expected);
      expect(answer(['some#1'], ['all#1'], n)).toEqual(expected);
      expect(answer([], ['all#1', 'some#1'], n)).toEqual(expected);
    }
  });

  it('errs as what is compiled does', () => {
    for (const [compiled, others] of [
      [['all#1', 'some#2'], []],
      [['all#1'], ['some#2']],
    ] as (keyof typeof texts)[][][]) {
      const { errors } = answer(compiled ?? [], others ?? [], 3);
      expect(errors.map(({ policyId }) => policyId)).toEqual(['some#2']);
    }
  });
});

it('what does not validate decides nothing: every action is denied', async () => {
  await under(null, refund);
  await world.insert('cedar_policies', {
    id: 'cpl_broken',
    workspace_id: world.workspace,
    name: 'broken',
    text: 'forbid (',
    created_by: 'x',
    updated_by: 'x',
    updated_at: new Date(),
  });
  gateway.gateway.snapshots.clear();
  expect(reasons(await refund())).toEqual(['policy_error']);
  await world.owner.query("DELETE FROM cedar_policies WHERE id = 'cpl_broken'");
});
