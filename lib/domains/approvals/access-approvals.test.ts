/** What an approval of another gateway's request lets through: exactly what was asked for, by who asked, while it holds. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeGatewayJobs, digestWith } from '@/lib/domains/gateway/server';
import { clock } from '@/lib/kernel/clock';
import {
  actionsOf,
  again,
  approved,
  askFor,
  denialOf,
  makeScene,
  refund,
  type Scene,
} from './test/other-gateway';

let scene: Scene;
beforeAll(async () => {
  scene = await makeScene();
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await closeGatewayJobs();
  await scene.close();
});

type Question = Record<string, unknown>;
const later = (ms: number) => {
  const at = Date.now() + ms;
  vi.spyOn(clock, 'now').mockImplementation(() => new Date(at));
};
const uses = async () =>
  (await scene.world.events()).filter(({ type }) => type === 'action.permitted').length;

describe('an approval', () => {
  it('lets nothing through but what was asked for, member by member', async () => {
    const { id } = scene.agent;
    const question = {
      ...refund(id),
      subject: { type: 'agent', id, properties: { desk: 4, act: { sub: 'any' } } },
      context: { session: { customer_id: 'C-1' }, user: 'cy', time: 'now' },
    };
    const { approval } = await approved(scene, question);
    const before = await uses();
    const second = await scene.world.agent();
    const others: Question[] = [
      {
        ...question,
        action: { name: 'refunds.create', properties: { order_id: '4821', amount: 401 } },
      },
      {
        ...question,
        action: { name: 'refunds.create', properties: { order_id: '4822', amount: 400 } },
      },
      {
        ...question,
        action: { name: 'orders.erase', properties: { order_id: '4821', amount: 400 } },
      },
      { ...question, resource: { type: 'action_type', id: 'refunds.create' } },
      { ...question, resource: { ...question.resource, properties: {} } },
      { ...question, subject: { type: 'agent', id } },
      { ...question, subject: { ...question.subject, properties: { desk: 5 } } },
      { ...question, context: { session: { customer_id: 'C-2' }, user: 'cy' } },
      { ...question, context: { session: { customer_id: 'C-1' }, user: 'di' } },
      { ...question, context: { session: { customer_id: 'C-1' } } },
      { ...question, context: { ...question.context, address: '10.0.0.1' } },
    ];
    for (const other of others) {
      const { body } = await again(scene, other, approval);
      expect([other, body]).toMatchObject([
        {},
        { decision: false, context: { reason: 'out_of_scope', next_action: 'request' } },
      ]);
      expect(body.context).toHaveProperty('access_request');
    }
    const foreign = await again(
      scene,
      { ...question, subject: { type: 'agent', id: second.id } },
      approval,
    );
    expect(foreign.body).toMatchObject({ decision: false, context: { next_action: 'none' } });
    expect(await uses()).toBe(before);
    // What no decision depends on may differ, the order of members too.
    const same = {
      ...question,
      subject: { type: 'agent', id, properties: { desk: 4 } },
      action: { properties: { amount: 400, order_id: '4821' }, name: 'refunds.create' },
      context: { user: 'cy', session: { customer_id: 'C-1' }, time: 'later' },
    };
    expect((await again(scene, same, approval)).body.decision).toBe(true);
    expect(await uses()).toBe(before + 1);
  });

  it('is nothing to another caller, and nothing when its id or state is another', async () => {
    const question = refund(scene.agent.id);
    const { approval } = await approved(scene, question);
    const { approval: other } = await approved(scene, question);
    const before = await uses();
    const brought: unknown[] = [
      { ...approval, id: 'apr_made_up' },
      { ...approval, id: other.id },
      { ...approval, state: other.state },
      { ...approval, state: `${approval.state.slice(0, -4)}AAAA` },
      { ...approval, state: approval.state.replace(/^[^.]+/, 'e30') },
      { ...approval, state: { any: 'thing' } },
      {},
      'approved',
      null,
      [approval],
    ];
    for (const one of brought) {
      const { body } = await again(scene, question, one);
      expect([one, body.decision]).toEqual([one, false]);
      expect(body.context).toMatchObject({ reason: 'approval_unverifiable', next_action: 'none' });
      expect(body.context).not.toHaveProperty('access_request');
    }
    for (const send of [scene.foreign, scene.itself]) {
      const { body } = await again({ send }, question, approval);
      expect(body).toMatchObject({ decision: false, context: { reason: 'approval_unverifiable' } });
    }
    expect(await uses()).toBe(before);
    // A lookup needs no state.
    const { state: _, ...byId } = approval;
    expect((await again(scene, question, byId)).body.decision).toBe(true);
    expect((await again(scene, question, other)).body.decision).toBe(true);
  });

  it('holds for a day, and no longer than it was wanted', async () => {
    const question = refund(scene.agent.id);
    const day = await approved(scene, question);
    expect(Date.parse(day.approval.approved_until)).toBe(
      Date.parse(day.approval.approved_at) + 86_400_000,
    );
    const until = new Date(Date.now() + 60_000).toISOString();
    const short = await approved(scene, question, { requested_access: { requested_until: until } });
    expect(short.approval.approved_until).toBe(until);
    const before = await uses();
    later(61_000);
    const { body } = await again(scene, question, short.approval);
    expect(body).toMatchObject({
      decision: false,
      context: { reason: 'approval_expired', next_action: 'request', access_request: {} },
    });
    expect(await uses()).toBe(before);
    expect((await again(scene, question, day.approval)).body.decision).toBe(true);
  });

  it('overrides nothing that policy says by then', async () => {
    const own = await makeScene();
    const question = refund(own.agent.id);
    const { approval } = await approved(own, question);
    const { rows } = await own.world.owner.query(
      `UPDATE permissions SET ladder = '{"parameter":"amount","autonomous":100,"supervised":200,"gated":300}'
       WHERE workspace_id = $1 AND ladder IS NOT NULL RETURNING id`,
      [own.world.workspace],
    );
    expect(rows).toHaveLength(1);
    await own.restart();
    const denied = (await again(own, question, approval)).body;
    expect(denied).toMatchObject({
      decision: false,
      context: { reason: 'policy_denied', next_action: 'none' },
    });
    expect(denied.context).not.toHaveProperty('access_request');
    // Nobody has used it: when policy leaves it to a person again, it holds.
    await own.world.owner.query(
      `UPDATE permissions SET ladder = '{"parameter":"amount","autonomous":100,"supervised":200,"gated":500}' WHERE id = $1`,
      [rows[0].id],
    );
    await own.world.owner.query(`UPDATE agents SET state = 'suspended' WHERE id = $1`, [
      own.agent.id,
    ]);
    await own.restart();
    expect((await again(own, question, approval)).body.decision).toBe(false);
    await own.world.owner.query(`UPDATE agents SET state = 'active' WHERE id = $1`, [own.agent.id]);
    await own.restart();
    expect((await again(own, question, approval)).body.decision).toBe(true);
    await own.closeWorlds();
  });

  it('is of the narrower parameters where an approver made them so', async () => {
    const question = refund(scene.agent.id);
    const { task } = (await askFor(scene.send, question)).body;
    const [action = ''] = await actionsOf(scene, task.id);
    const row = (await scene.world.actions()).find(({ id }) => id === action);
    const narrowed = { order_id: '4821', amount: 300 };
    await scene.world.owner.query(
      'UPDATE approvals SET narrowed = $2, narrowed_digest = $3 WHERE action_id = $1',
      [action, JSON.stringify(narrowed), digestWith(row as never, narrowed)],
    );
    await scene.approve(action);
    const { result } = (await scene.send('GET', task.status_endpoint)).body;
    expect(result['urn:countersign:access-request:narrowed_parameters']).toEqual(narrowed);
    const { body } = await again(scene, question, result.approval);
    expect(body.context['reason']).toBe('out_of_scope');
    const narrower = refund(scene.agent.id, 300);
    expect((await again(scene, narrower, result.approval)).body.decision).toBe(true);
  });
});

describe('approving and cancelling at once', () => {
  it('has one outcome, and an approval only of the first', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { task } = (await askFor(scene.send, refund(scene.agent.id))).body;
      const [action = ''] = await actionsOf(scene, task.id);
      const [approve, cancel] = await Promise.all([
        scene.approve(action).then(
          () => true,
          () => false,
        ),
        scene.send('POST', task.links.cancel),
      ]);
      expect(cancel.status).toBe(approve ? 409 : 200);
      const { body } = await scene.send('GET', task.status_endpoint);
      expect(body.task.status).toBe(approve ? 'approved' : 'cancelled');
      expect(body.result !== undefined).toBe(approve);
    }
  });
});

describe('several at once', () => {
  it('are one task of held actions, each with its own outcome', async () => {
    const { id } = scene.agent;
    const questions = [refund(id, 401), refund(id, 402), refund(id, 403)];
    const items: Record<string, unknown>[] = [];
    for (const question of questions) {
      const denial = denialOf(await scene.send('POST', 'evaluation', question));
      items.push({ resource: question.resource, action: question.action, denial });
    }
    const subject = questions[0]?.subject;
    const reply = await scene.send('POST', 'requests', { subject, items });
    expect(reply.status, JSON.stringify(reply.body)).toBe(202);
    const { task } = reply.body;
    expect(task.items).toMatchObject(
      questions.map(({ resource, action }) => ({ resource, action, status: 'pending' })),
    );
    const [first = '', second = ''] = await actionsOf(scene, task.id);
    await scene.approve(first);
    await scene.reject(second);
    expect((await scene.send('GET', task.status_endpoint)).body.task.status).toBe('pending');
    expect((await scene.send('POST', task.links.cancel)).body.task.status).toBe('partial');
    const told = (await scene.send('GET', task.status_endpoint)).body;
    expect(told).not.toHaveProperty('result');
    expect(told.task.items.map(({ status }) => status)).toEqual([
      'approved',
      'denied',
      'cancelled',
    ]);
    const approval = told.task.items[0]?.result?.approval;
    expect((await again(scene, questions[1] as Question, approval)).body.decision).toBe(false);
    expect((await again(scene, questions[0] as Question, approval)).body.decision).toBe(true);
  });
});
