/** AuthZEN Access Request and Approval Profile 1.0, draft 1, over HTTP: the flow, to the letter of the text. */
import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeGatewayJobs, executeApproved, gatewayJobs } from '@/lib/domains/gateway/server';
import { canonicalJson } from '@/lib/kernel/canonical';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { approvalsJobs } from './jobs';
import { getApproval, listApprovals } from './service/read';
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

const later = (ms: number) => {
  const at = Date.now() + ms;
  vi.spyOn(clock, 'now').mockImplementation(() => new Date(at));
};
const statusOf = async (id: string) =>
  (await scene.world.actions()).find((row) => row['id'] === id)?.['status'];

describe('a requestable denial', () => {
  it('stays a denial, with all that a request sends back', async () => {
    const { url } = scene.gateway;
    const question = {
      ...refund(scene.agent.id),
      subject: { type: 'agent', id: scene.agent.id, properties: { act: { sub: 'x' }, desk: 4 } },
      context: { session: { customer_id: 'C-1' }, time: '2026-11-27T09:00:00Z' },
    };
    const { body } = await scene.send('POST', 'evaluation', question);
    expect(body.decision).toBe(false);
    const { context } = body;
    expect(context).toMatchObject({
      reason: 'approval_required',
      evaluation_id: expect.stringMatching(/^eval_[\w-]{100,}$/),
      access_request: { endpoint: `${url}/access/v1/requests` },
    });
    const token = String(context.access_request?.['binding_token']);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const { keys } = await (await fetch(`${url}/.well-known/jwks.json`)).json();
    const { kid, alg } = JSON.parse(String(Buffer.from(header, 'base64url')));
    expect({ kid, alg }).toEqual({ kid: keys[0].kid, alg: 'EdDSA' });
    const key = createPublicKey({ key: keys[0] as JsonWebKey, format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    expect(verify(null, signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
    const claims = JSON.parse(String(Buffer.from(payload, 'base64url')));
    const bound = {
      subject: { type: 'agent', id: scene.agent.id, properties: { desk: 4 } },
      resource: question.resource,
      action: question.action,
      context: { session: { customer_id: 'C-1' } },
    };
    expect(claims).toMatchObject({
      iss: url,
      aud: `${url}/access/v1/requests`,
      jti: context['evaluation_id'],
      evaluation_id: context['evaluation_id'],
      denial_expires_at: context.access_request?.['expires_at'],
      binding_context_members: ['address', 'session', 'user'],
      binding_hash: createHash('sha256').update(canonicalJson(bound)).digest('base64url'),
    });
    expect(new Date(claims.exp * 1_000).toISOString()).toBe(claims.denial_expires_at);
  });

  it('is none where policy denies, allows, or nobody could say what is approved', async () => {
    const { id } = scene.agent;
    const suspended = await scene.world.agent({ state: 'suspended' });
    const questions = [
      refund(id, 50),
      refund(id, 501),
      refund(suspended.id),
      refund(newId('agt')),
      refund(id, 400, { action: { name: 'orders.erase' } }),
      refund(id, 400, { action: { name: 'refunds.create', properties: { amount: 400 } } }),
      { ...refund(id), subject: { type: 'user', id: 'alice' } },
    ];
    for (const question of questions) {
      const { status, body } = await scene.send('POST', 'evaluation', question);
      expect(status).toBe(200);
      expect(body.context?.['access_request']).toBeUndefined();
      expect(body.context?.['evaluation_id']).toBeUndefined();
    }
  });

  it('is in a batch as in a single one', async () => {
    const question = refund(scene.agent.id);
    const { body } = await scene.send('POST', 'evaluations', {
      ...question,
      evaluations: [{}, { action: { ...question.action, properties: { order_id: '1' } } }],
    });
    const [first, second] = body.evaluations;
    expect(first?.context).toHaveProperty('access_request');
    expect(second?.context).not.toHaveProperty('access_request');
  });
});

describe('a request', () => {
  it('becomes a held action that says who asks and that it runs elsewhere', async () => {
    const reply = await askFor(
      scene.send,
      { ...refund(scene.agent.id), context: { user: 'cy@example.test', session: { desk: 4 } } },
      {
        context: {
          user: 'cy@example.test',
          session: { desk: 4 },
          business_justification: 'It came broken',
        },
        client: { name: 'Edge gateway', actor: { id: scene.agent.id, type: 'ai_agent' } },
        requested_access: { emergency: true },
      },
    );
    const { task } = reply.body;
    expect(reply.headers.get('location')).toBe(task.status_endpoint);
    expect(reply.headers.get('retry-after')).toBe('5');
    expect(reply.body).not.toHaveProperty('result');
    expect(task).toMatchObject({
      id: expect.stringMatching(/^arq_[\w-]{43}$/),
      status: 'pending',
      status_endpoint: `${scene.gateway.url}/access/v1/requests/${task.id}`,
      links: { cancel: `${task.status_endpoint}/cancel` },
    });
    expect(JSON.stringify(reply.body)).not.toContain(scene.approver);
    const [action = ''] = await actionsOf(scene, task.id);
    const card = await getApproval(scene.as(scene.approver), { id: action });
    expect(card).toMatchObject({
      status: 'pending',
      can: { decide: { allowed: true } },
      display: {
        sentence: 'Refund 400 for order 4821',
        why: 'It came broken',
        on_behalf_of: 'cy@example.test',
        agent: { id: scene.agent.id },
        asked_by: { type: 'member', name: 'Enforcer', client: 'Edge gateway', emergency: true },
        session: { attributes: { desk: 4 } },
      },
    });
    const { items } = await listApprovals(scene.as(scene.approver), { status: 'pending' });
    expect(items.map(({ id }) => id)).toContain(action);
    const events = (await scene.world.events()).filter((event) => event['action'] === action);
    expect(events).toMatchObject([
      {
        type: 'action.decided',
        outcome: 'hold',
        actor: { type: 'member' },
        agent: scene.agent.id,
        data: { access_request: { task: task.id } },
      },
    ]);
  });

  it('is not decided by the member whose gateway asks, nor by the user it is for', async () => {
    const question = {
      ...refund(scene.agent.id),
      context: { user: `${scene.approver}@example.test` },
    };
    const { task } = (await askFor(scene.send, question)).body;
    const [action = ''] = await actionsOf(scene, task.id);
    await expect(scene.approve(action)).rejects.toMatchObject({ status: 403 });
    const { task: second } = (await askFor(scene.send, refund(scene.agent.id))).body;
    const [other = ''] = await actionsOf(scene, second.id);
    const { display } = await getApproval(scene.as(scene.approver), { id: other });
    const requester = display.asked_by?.id ?? '';
    const verdict = (await getApproval(scene.as(requester), { id: other })).can.decide;
    expect(verdict).toMatchObject({ allowed: false });
    expect(await statusOf(other)).toBe('pending');
  });

  it('needs either form of the binding, and not both', async () => {
    for (const left of ['evaluation_id', 'binding_token']) {
      const question = refund(scene.agent.id);
      const denial = denialOf(await scene.send('POST', 'evaluation', question));
      const { [left]: _, ...rest } = denial;
      const reply = await scene.send('POST', 'requests', { ...question, denial: rest });
      expect([left, reply.status]).toEqual([left, 202]);
    }
  });

  it('is one task for one key and body, at once and later, whatever policy says by then', async () => {
    const question = refund(scene.agent.id, 401);
    const denial = denialOf(await scene.send('POST', 'evaluation', question));
    const before = await scene.written();
    const key = { 'idempotency-key': newId('key') };
    const post = () => scene.send('POST', 'requests', { ...question, denial }, key);
    const replies = await Promise.all(Array.from({ length: 8 }, post));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(replies.map(({ body }) => body.task.id)).size).toBe(1);
    expect((await scene.written())['access_requests']).toBe((before['access_requests'] ?? 0) + 1);
    later(700_000);
    expect((await post()).body.task.id).toBe(replies[0]?.body.task.id);
  });

  it('ends its wait when it is no longer wanted', async () => {
    const until = new Date(Date.now() + 60_000).toISOString();
    const { task } = (
      await askFor(scene.send, refund(scene.agent.id), {
        requested_access: { requested_until: until },
      })
    ).body;
    const [action = ''] = await actionsOf(scene, task.id);
    const { expires_at } = await getApproval(scene.as(scene.approver), { id: action });
    expect(expires_at).toBe(until);
  });

  it('of an agent about itself is its own, from where it came and not from where it says', async () => {
    const context = { user: 'cfo@example.test', address: '203.0.113.9' };
    const question = { ...refund(scene.agent.id), context };
    const { task } = (await askFor(scene.itself, question)).body;
    const [action = ''] = await actionsOf(scene, task.id);
    const { display } = await getApproval(scene.as(scene.approver), { id: action });
    expect(display.asked_by).toMatchObject({ type: 'agent', id: scene.agent.id });
    const row = (await scene.world.actions()).find(({ id }) => id === action);
    expect(row).toMatchObject({ address: '127.0.0.1', on_behalf_of: 'cfo@example.test' });
    expect((await scene.send('GET', task.status_endpoint)).status).toBe(404);
    expect((await scene.itself('GET', task.status_endpoint)).status).toBe(200);
  });
});

describe('a task', () => {
  it('is approved with a result, is never run here, and lets its evaluation through once', async () => {
    const question = refund(scene.agent.id);
    const seen = scene.tool.seen.length;
    const { task, action, told, approval } = await approved(scene, question);
    expect(told.headers.get('retry-after')).toBeNull();
    expect(told.body.result).toEqual({
      mode: 'reevaluate',
      approval: {
        id: expect.stringMatching(/^apr_[\w-]{43}$/),
        approved_at: expect.any(String),
        approved_until: expect.any(String),
        state: expect.any(String),
      },
    });
    // Neither its job nor the sweep runs it.
    await executeApproved.perform(scene.world.workspace, { action });
    const sweep = gatewayJobs.find(({ name }) => name === 'gateway.resume_approved');
    await sweep?.perform(scene.world.workspace, {});
    expect(await statusOf(action)).toBe('permitted');
    expect(scene.tool.seen.length).toBe(seen);

    expect((await scene.send('POST', 'evaluation', question)).body.decision).toBe(false);
    const { body } = await again(scene, question, approval);
    expect(body).toEqual({
      decision: true,
      context: {
        tier: 3,
        approval: { id: approval.id, approved_until: approval.approved_until },
      },
    });
    const twice = await again(scene, question, approval);
    expect(twice.body).toMatchObject({
      decision: false,
      context: { reason: 'approval_used', next_action: 'request', access_request: {} },
    });
    const events = (await scene.world.events()).filter((event) => event['action'] === action);
    expect(events.map(({ type }) => type)).toEqual([
      'action.decided',
      'approval.approved',
      'action.permitted',
    ]);
    expect(events[2]).toMatchObject({
      outcome: 'allow',
      data: { task: task.id, approval: approval.id },
    });
    expect((await scene.send('GET', task.status_endpoint)).body.task.status).toBe('approved');
  });

  it('lets one of many through that come at once', async () => {
    const question = refund(scene.agent.id);
    const { approval } = await approved(scene, question);
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => again(scene, question, approval)),
    );
    expect(replies.filter(({ body }) => body.decision)).toHaveLength(1);
    for (const { body } of replies) {
      if (!body.decision) expect(body.context['reason']).toBe('approval_used');
    }
    const batch = {
      ...question,
      context: { approval: (await approved(scene, question)).approval },
    };
    const { body } = await scene.send('POST', 'evaluations', { ...batch, evaluations: [{}, {}] });
    expect(body.evaluations.map(({ decision }) => decision)).toEqual([true, false]);
  });

  it('is not run even where its row says that it may be', async () => {
    const { action } = await approved(scene, refund(scene.agent.id));
    const seen = scene.tool.seen.length;
    await scene.world.owner.query(`UPDATE actions SET status = 'approved' WHERE id = $1`, [action]);
    await executeApproved.perform(scene.world.workspace, { action });
    const sweep = gatewayJobs.find(({ name }) => name === 'gateway.resume_approved');
    await sweep?.perform(scene.world.workspace, {});
    expect(scene.tool.seen.length).toBe(seen);
    expect(await statusOf(action)).toBe('approved');
  });

  it('is denied when a person rejects it, and no approval comes of it', async () => {
    const { task } = (await askFor(scene.send, refund(scene.agent.id))).body;
    const [action = ''] = await actionsOf(scene, task.id);
    await scene.reject(action);
    const { body } = await scene.send('GET', task.status_endpoint);
    expect(body.task.status).toBe('denied');
    expect(body).not.toHaveProperty('result');
    const { rows } = await scene.world.owner.query(
      'SELECT approval_id FROM access_request_items WHERE action_id = $1',
      [action],
    );
    const guessed = await again(scene, refund(scene.agent.id), { id: rows[0].approval_id });
    expect(guessed.body).toMatchObject({
      decision: false,
      context: { reason: 'approval_unverifiable', next_action: 'none' },
    });
  });

  it('expires when nobody decides, with the job and before it, and is approved no more', async () => {
    const { task } = (await askFor(scene.send, refund(scene.agent.id))).body;
    const [action = ''] = await actionsOf(scene, task.id);
    await scene.world.owner.query(
      `UPDATE actions SET expires_at = now() - interval '1 second' WHERE id = $1`,
      [action],
    );
    const status = async () => (await scene.send('GET', task.status_endpoint)).body.task.status;
    expect(await status()).toBe('expired');
    expect((await scene.send('POST', task.links.cancel)).status).toBe(409);
    const job = approvalsJobs.find(({ name }) => name === 'approvals.expire');
    await job?.perform(scene.world.workspace, {});
    expect(await statusOf(action)).toBe('expired');
    expect(await status()).toBe('expired');
    await expect(scene.approve(action)).rejects.toMatchObject({ status: 409 });
  });

  it('is cancelled by who asked, by POST or DELETE, and is approved no more', async () => {
    for (const [method, body] of [
      ['POST', { reason: 'obsolete', comment: 'The order was settled' }],
      ['DELETE', undefined],
    ] as const) {
      const { task } = (await askFor(scene.send, refund(scene.agent.id))).body;
      const [action = ''] = await actionsOf(scene, task.id);
      const reply = await scene.send(method, task.links.cancel, body);
      expect(reply).toMatchObject({ status: 200, body: { task: { status: 'cancelled' } } });
      expect(await statusOf(action)).toBe('cancelled');
      await expect(scene.approve(action)).rejects.toMatchObject({ status: 409 });
      const events = (await scene.world.events()).filter((event) => event['action'] === action);
      expect(events.at(-1)).toMatchObject({ type: 'action.cancelled', data: { ...body } });
    }
  });

  it('waits through a restart, and its approval does too', async () => {
    const question = refund(scene.agent.id);
    const { task } = (await askFor(scene.send, question)).body;
    await scene.restart();
    expect((await scene.send('GET', task.status_endpoint)).body.task.status).toBe('pending');
    const [action = ''] = await actionsOf(scene, task.id);
    await scene.approve(action);
    const { approval } = (await scene.send('GET', task.status_endpoint)).body.result;
    await scene.restart();
    expect((await again(scene, question, approval)).body.decision).toBe(true);
  });

  it('is void when a byte was changed after it was approved', async () => {
    for (const change of [
      `UPDATE actions SET parameters = '{"order_id":"4821","amount":401}' WHERE id = $1`,
      `UPDATE actions SET policy_version = 'another' WHERE id = $1`,
      `UPDATE approvals SET display = jsonb_set(display, '{sentence}', '"Refund 1"') WHERE action_id = $1`,
      `DELETE FROM approval_signatures WHERE action_id = $1`,
    ]) {
      const question = refund(scene.agent.id);
      const { task, action, approval } = await approved(scene, question);
      await scene.world.owner.query(change, [action]);
      const told = (await scene.send('GET', task.status_endpoint)).body;
      expect([change, told.task.status]).toEqual([change, 'failed']);
      expect(told).not.toHaveProperty('result');
      const { body } = await again(scene, question, approval);
      expect(body.decision).toBe(false);
      expect(body.context['reason']).toBe('approval_unverifiable');
    }
  });
});
