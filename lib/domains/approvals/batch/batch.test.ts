import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeGatewayJobs,
  executeApproved,
  type RunningGateway,
  startGateway,
} from '@/lib/domains/gateway/server';
import { clientOf, makeWorld, type World } from '@/lib/domains/gateway/test/world';
import { startTool, type TestTool } from '@/lib/domains/gateway/test/tool';
import { closeDb } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { getApproval } from '../service/read';
import { rejectAction } from '../service/decide';
import { shapeOf } from './alike';
import { batchDecide } from './decide';

let gateway: RunningGateway;
let tool: TestTool;
let world: World;
let agent: { id: string; credential: string };
let approver: string;
let other: string;

beforeAll(async () => {
  tool = await startTool();
  world = await makeWorld();
  const member = (roles: string[]) => {
    const id = newId('mbr');
    return world.insert('members', {
      ...{ id, workspace_id: world.workspace, email: `${id}@example.test`, name: id, roles },
      updated_at: new Date(),
    });
  };
  [approver, other] = [await member(['approver']), await member(['approver'])];
  agent = await world.agent();
  const type = await world.actionType(await world.tool(tool.url));
  await world.permission(await world.role(agent.id), type, { tier: 3 });
  gateway = await startGateway({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await gateway.stop();
  await tool.close();
  await world.close();
  await closeGatewayJobs();
  await closeQueue();
  await closeDb();
});

function as(id: string, roles = ['approver'], { workspace } = world): Context {
  return {
    workspace,
    requestId: newId('req'),
    actor: {
      type: 'member',
      ...{ id, name: id, roles, abilities: [] },
      ...{ method: 'password', authenticatedAt: Date.now() },
    },
  };
}

async function hold(parameters: Record<string, unknown>, initiator: object = { type: 'customer' }) {
  const client = clientOf(gateway.url, world, agent);
  const session = await client.send('POST', '/v1/sessions', {
    initiator,
    auth_context: {},
    attributes: {},
  });
  const answer = await client.propose(String(session.body['id']), parameters);
  expect(answer.status).toBe(202);
  const { id, display_digest } = await getApproval(as(other), { id: String(answer.body['id']) });
  return { id, display_digest };
}

const several = (count: number) =>
  Promise.all(Array.from({ length: count }, (_, at) => hold({ order_id: '1', amount: at + 1 })));

async function eventsOf(id: string): Promise<unknown[]> {
  return (await world.events()).filter((event) => event['action'] === id).map(({ type }) => type);
}

describe('a batch', () => {
  it('gives each its own signature over its own digests', async () => {
    const items = await several(3);
    const answer = await batchDecide(as(approver), { decision: 'approved', items });
    expect(answer).toEqual({
      items: items.map(({ id }) => ({ id, ok: true, status: 'approved' })),
      signed: 3,
    });
    for (const { id, display_digest } of items) {
      const card = await getApproval(as(other), { id });
      expect(card.signatures).toMatchObject([{ member: { id: approver }, counts: true }]);
      expect(card.display_digest).toBe(display_digest);
      expect(await eventsOf(id)).toEqual(['action.decided', 'approval.approved']);
      const before = tool.seen.length;
      await executeApproved.perform(world.workspace, { action: id });
      expect(tool.seen.length).toBe(before + 1);
    }
    const opened = (await world.events()).filter(({ type }) => type === 'approval.batch_opened');
    expect(opened).toMatchObject([{ actor: { id: approver }, data: { count: 3, items } }]);
  });

  it('refuses alone what changed, was decided, or may not be decided by them', async () => {
    const [good, changed, decided, gone] = (await several(4)) as [Item, Item, Item, Item];
    const own = await hold({ order_id: '1', amount: 5 }, { type: 'member', id: approver });
    const passkey = await hold({ order_id: '1', amount: 6 });
    await rejectAction(as(other), { id: decided.id, reason: 'Not this one' });
    await world.owner.query(
      `UPDATE actions SET parameters = '{"order_id":"1","amount":99}' WHERE id = $1`,
      [changed.id],
    );
    const missing = { ...gone, id: newId('act') };
    const stale = { ...gone, display_digest: 'sha256:other' };
    const items = [changed, decided, own, missing, stale, good];
    const { items: answers, signed } = await batchDecide(as(approver), {
      decision: 'rejected',
      reason: 'Not today',
      items,
    });
    expect(answers.map(({ ok, problem }) => problem?.code ?? ok)).toEqual([
      'changed_since_shown',
      'already_decided',
      'forbidden',
      'not_found',
      'changed_since_shown',
      true,
    ]);
    expect(answers.every(({ ok, problem }) => ok || problem?.message)).toBe(true);
    expect(signed).toBe(1);
    await world.owner.query(`UPDATE approvals SET signing = 'passkey' WHERE action_id = $1`, [
      passkey.id,
    ]);
    const kept = await batchDecide(as(approver), { decision: 'approved', items: [passkey] });
    expect(kept.items).toMatchObject([{ ok: false, problem: { code: 'own_signature_needed' } }]);
    const rows = await world.actions();
    const statuses = [changed, gone, own, passkey, good].map(
      ({ id }) => rows.find((row) => row['id'] === id)?.['status'],
    );
    expect(statuses).toEqual(['pending', 'pending', 'pending', 'pending', 'rejected']);
  });

  it('is refused as a whole when it is not of alike ones, and nothing is written', async () => {
    const [one, more] = [await hold({ order_id: '1' }), await hold({ order_id: '1', amount: 5 })];
    const before = (await world.events()).length;
    const attempts: [number, Context, unknown][] = [
      [422, as(approver), { decision: 'approved', items: [one, more] }],
      [422, as(approver), { decision: 'approved', items: [one, one] }],
      [422, as(approver), { decision: 'approved', items: [{ id: one.id }] }],
      [422, as(approver), { decision: 'rejected', items: [one] }],
      [422, as(approver), { decision: 'approved', items: [] }],
      [422, as(approver), { decision: 'approved', items: Array(101).fill(one) }],
    ];
    for (const [status, ctx, input] of attempts)
      await expect(batchDecide(ctx, input)).rejects.toMatchObject({ status });
    expect((await world.events()).length).toBe(before);
    await expect(
      batchDecide(as(approver, ['admin', 'auditor']), { decision: 'approved', items: [one] }),
    ).rejects.toMatchObject({ status: 403 });
    const elsewhere = await makeWorld();
    const foreign = await batchDecide(as(approver, ['approver'], elsewhere), {
      decision: 'approved',
      items: [one],
    });
    expect(foreign.items).toMatchObject([{ ok: false, problem: { code: 'not_found' } }]);
    await elsewhere.close();
    const { rows } = await world.owner.query(
      'SELECT count(*)::int FROM approval_openings WHERE action_id = ANY ($1)',
      [[one.id, more.id]],
    );
    expect(rows).toEqual([{ count: 0 }]);
    expect(await eventsOf(one.id)).toEqual(['action.decided']);
  });
});

type Item = { id: string; display_digest: string };

describe('what is alike', () => {
  const shaped = {
    ...{ agent: 'agt_1', type: 'notes.pay', needs: [{ count: 1 }], signing: 'session' },
    parameters: { a: 1, b: 2 },
  };

  it('has the same agent, type, names of parameters, needs and signing, in any order', () => {
    expect(shapeOf({ ...shaped, parameters: { b: 9, a: 'x' } })).toBe(shapeOf(shaped));
    for (const over of [
      { agent: 'agt_2' },
      { type: 'notes.send' },
      { parameters: { a: 1 } },
      { parameters: { 'a,b': 1 } },
      { needs: [{ count: 2 }] },
      { signing: 'passkey' },
    ])
      expect(shapeOf({ ...shaped, ...over })).not.toBe(shapeOf(shaped));
  });
});
