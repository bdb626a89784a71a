/** AuthZEN about agents: what the pipeline would say of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { type RunningGateway, serveGateway } from '../http/serve';
import { clientOf, makeWorld, type World } from '../test/world';
import { asking, type Post, tokenOf } from './test/world';

let gateway: RunningGateway;
let world: World;
let post: Post;
let agent: { id: string; credential: string };
let second: { id: string; credential: string };
let tool: string;

beforeAll(async () => {
  world = await makeWorld();
  agent = await world.agent();
  second = await world.agent({ state: 'suspended' });
  const role = await world.role(agent.id, second.id);
  tool = await world.tool('http://127.0.0.1:9', { name: 'orders' });
  const refunds = await world.actionType(tool);
  const ladder = { parameter: 'amount', autonomous: 100, supervised: 200, gated: 500 };
  await world.permission(role, refunds, { tier: null, ladder });
  const rule = { parameter: 'customer_id', rule: 'equals_session', attribute: 'customer_id' };
  const cancel = await world.actionType(tool, { key: 'orders.cancel', rules: [rule] });
  await world.permission(role, cancel, { tier: 1 });
  const notes = await world.actionType(tool, { key: 'notes.write' });
  await world.permission(role, notes, { tier: 2 });
  await world.permission(role, await world.actionType(tool, { key: 'notes.erase' }), { tier: 3 });
  await world.permission(
    role,
    await world.actionType(tool, { key: 'vault.read', classification: 'Restricted' }),
    { tier: 1 },
  );
  const inside = JSON.stringify([{ on: 'network', ranges: ['10.0.0.0/8', 'fe80::/16'] }]);
  const near = await world.actionType(tool, { key: 'notes.near' });
  await world.permission(role, near, { tier: 1, condition: inside });
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  post = asking(gateway.url, await tokenOf(world));
});
afterAll(async () => {
  await gateway.stop();
  await world.close();
});

const question = (
  id: string,
  name: string,
  properties?: object,
  resource: object = { type: 'tool', id: 'orders' },
) => ({
  subject: { type: 'agent', id },
  action: properties ? { name, properties } : { name },
  resource,
});

describe('agents', () => {
  const order = { order_id: '1' };
  it.each([
    ['a fixed tier', 'notes.write', undefined, true, { tier: 2 }],
    ['what is held', 'notes.erase', undefined, false, { tier: 3, held: true }],
    ['the lowest rung', 'refunds.create', { ...order, amount: 50 }, true, { tier: 1 }],
    ['the middle rung', 'refunds.create', { ...order, amount: 150 }, true, { tier: 2 }],
    ['the highest rung', 'refunds.create', { ...order, amount: 400 }, false, { held: true }],
    [
      'above it',
      'refunds.create',
      { ...order, amount: 501 },
      false,
      { reasons: [{ code: 'above_limit' }] },
    ],
    [
      'an amount that is not known',
      'refunds.create',
      undefined,
      false,
      { reasons: [{ code: 'amount_missing' }] },
    ],
    [
      'parameters that do not fit',
      'refunds.create',
      { amount: 5 },
      false,
      { error: { status: 422 } },
    ],
    [
      'a rule',
      'orders.cancel',
      { ...order, customer_id: 'cus_2' },
      false,
      { reasons: [{ code: expect.any(String) }] },
    ],
    ['clearance', 'vault.read', undefined, false, { reasons: [{ code: 'clearance' }] }],
    [
      'an action type that is not there',
      'notes.fly',
      undefined,
      false,
      { reason: expect.any(String) },
    ],
  ])('may by the pipeline: %s', async (_, name, properties, decision, context) => {
    const { status, body } = await post('evaluation', question(agent.id, name, properties));
    expect({ status, body }).toMatchObject({ status: 200, body: { decision, context } });
  });

  it('may by their session, which the context tells', async () => {
    const properties = { ...order, customer_id: 'cus_2' };
    const asked = {
      ...question(agent.id, 'orders.cancel', properties),
      context: { session: { customer_id: 'cus_2' } },
    };
    expect((await post('evaluation', asked)).body).toEqual({
      decision: true,
      context: { tier: 1 },
    });
  });

  it.each([
    ['10.0.0.1', true],
    ['::ffff:10.0.0.1', true],
    ['fe80::1%eth0', true],
    ['::ffff:11.0.0.1', false],
    ['::10.0.0.1', false],
    ['10.0.0.1%eth0', false],
    ['home', false],
  ])('may by where they are: %s', async (address, decision) => {
    const asked = { ...question(agent.id, 'notes.near'), context: { address } };
    const { status, body } = await post('evaluation', asked);
    expect([status, body.decision]).toEqual([200, decision]);
    if (decision) return;
    expect(body.context?.reasons).toMatchObject([{ code: 'condition_not_met' }]);
  });

  it('may nothing while suspended, nor where the resource is another', async () => {
    expect((await post('evaluation', question(second.id, 'notes.write'))).body.decision).toBe(
      false,
    );
    expect((await post('evaluation', question(newId('agt'), 'notes.write'))).body.decision).toBe(
      false,
    );
    for (const [resource, decision] of [
      [{ type: 'tool', id: tool }, true],
      [{ type: 'action_type', id: 'notes.write' }, true],
      [{ type: 'action_type', id: 'notes.erase' }, false],
      [{ type: 'tool', id: 'mail' }, false],
      [{ type: 'record', id: 'record-1' }, false],
    ] as const) {
      const { body } = await post(
        'evaluation',
        question(agent.id, 'notes.write', undefined, resource),
      );
      expect([resource, body.decision]).toEqual([resource, decision]);
    }
  });

  it('are found, and what they may', async () => {
    const asked = question(agent.id, 'notes.write');
    expect(
      (await post('search/subject', { ...asked, subject: { type: 'agent' } })).body.results,
    ).toEqual([{ type: 'agent', id: agent.id }]);
    expect((await post('search/action', asked)).body.results).toEqual([{ name: 'notes.write' }]);
    expect(
      (await post('search/resource', { ...asked, resource: { type: 'action_type' } })).body.results,
    ).toEqual([{ type: 'action_type', id: 'notes.write' }]);
    expect(
      (await post('search/resource', { ...asked, resource: { type: 'tool' } })).body.results,
    ).toEqual([{ type: 'tool', id: tool }]);
    const foreigners = { ...asked, resource: { type: 'record' } };
    expect((await post('search/resource', foreigners)).body.results).toEqual([]);
  });

  it('see themselves and no other agent', async () => {
    const third = await world.agent();
    const ask = asking(gateway.url, clientOf(gateway.url, world, third).token);
    expect((await ask('evaluation', question(agent.id, 'notes.write'))).body).toEqual({
      decision: false,
      context: { reason: 'the subject is not known' },
    });
    const all = { ...question(agent.id, 'notes.write'), subject: { type: 'agent' } };
    expect((await ask('search/subject', all)).body.results).toEqual([]);
    expect((await post('search/subject', all)).body.results).toHaveLength(1);
  });
});
