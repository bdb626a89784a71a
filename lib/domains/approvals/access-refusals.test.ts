/** What the profile refuses, each code over HTTP, and that a refusal writes nothing. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { tokenOf } from '@/lib/domains/gateway/test/token';
import { closeGatewayJobs } from '@/lib/domains/gateway/server';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import {
  actionsOf,
  askFor,
  denialOf,
  makeScene,
  problemType,
  refund,
  type Reply,
  type Scene,
  type Send,
  sender,
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

/** Expects a problem of the text, and that nothing came of what was sent. */
async function refused(
  status: number,
  code: string,
  work: () => Promise<Reply>,
  type = problemType(code),
): Promise<void> {
  const before = await scene.written();
  const reply = await work();
  expect(reply.headers.get('content-type')).toBe('application/problem+json');
  expect(reply).toMatchObject({ status, body: { type, status, code } });
  expect(reply.body['detail']).toEqual(expect.any(String));
  expect(await scene.written()).toEqual(before);
}
const ours = (code: string) => `urn:countersign:problem:${code}`;
const denied = async (question = refund(scene.agent.id), send = scene.send) =>
  denialOf(await send('POST', 'evaluation', question));
const post = (body: unknown, headers = {}, send: Send = scene.send) =>
  send('POST', 'requests', body, headers);

describe('what is published', () => {
  it('is where to ask, the keys, and that it can be asked', async () => {
    const { url } = scene.gateway;
    const metadata = await (await fetch(`${url}/.well-known/authzen-configuration`)).json();
    expect(metadata).toMatchObject({
      policy_decision_point: url,
      access_request_endpoint: `${url}/access/v1/requests`,
      jwks_uri: `${url}/.well-known/jwks.json`,
      capabilities: ['urn:openid:authzen:capability:access-request'],
    });
    const { keys } = await (await fetch(`${url}/.well-known/jwks.json`)).json();
    expect(keys[0]).toMatchObject({ kid: expect.any(String), use: 'sig' });
    const { paths } = await (await fetch(`${url}/openapi.json`)).json();
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/access/v1/requests',
        '/access/v1/requests/{id}',
        '/access/v1/requests/{id}/cancel',
      ]),
    );
  });
});

describe('not_requestable', () => {
  it('is what policy denies, allows by now, or leaves to nobody', async () => {
    expect.hasAssertions();
    const { id } = scene.agent;
    const denial = await denied();
    for (const question of [
      refund(id, 501),
      refund(id, 50),
      refund(id, 400, { action: { name: 'refunds.create' } }),
      refund(id, 400, { action: { name: 'refunds.fly', properties: {} } }),
      refund(id, 400, { resource: { type: 'tool', id: 'letters' } }),
      refund(newId('agt')),
      { ...refund(id), subject: { type: 'user', id: 'alice' } },
    ]) {
      await refused(400, 'not_requestable', () => post({ ...question, denial }));
    }
  });

  it('is what an agent asks for another', async () => {
    expect.hasAssertions();
    const denial = await denied();
    const second = await scene.world.agent();
    const question = refund(second.id);
    await refused(400, 'not_requestable', () => post({ ...question, denial }, {}, scene.itself));
  });

  it('is what the limits leave no room for, as of every action', async () => {
    expect.hasAssertions();
    const action = { name: 'orders.erase', properties: { order_id: '1' } };
    const question = refund(scene.agent.id, 0, { action });
    await askFor(scene.send, question);
    const denial = await denied(question);
    await refused(429, 'limit_rate', () => post({ ...question, denial }), ours('limit_rate'));
  });
});

describe('expired_denial', () => {
  it('is one past its time, in either form of the binding', async () => {
    expect.hasAssertions();
    const denial = await denied();
    const all = async (sent: Record<string, unknown>) => {
      for (const left of ['none', 'evaluation_id', 'binding_token']) {
        const { [left]: _, ...rest } = sent;
        const body = { ...refund(scene.agent.id), denial: rest };
        await refused(410, 'expired_denial', () => post(body));
      }
    };
    // The earlier time ends it: the one that is echoed, or the one that is bound.
    await all({ ...denial, expires_at: new Date(Date.now() - 1_000).toISOString() });
    later(602_000);
    await all(denial);
    // A later time that is only echoed changes nothing.
    const { binding_token: _, ...rest } = denial;
    const expires_at = new Date(Date.now() + 9_000_000).toISOString();
    await refused(410, 'expired_denial', () =>
      post({ ...refund(scene.agent.id), denial: { ...rest, expires_at } }),
    );
  });
});

describe('invalid_denial_binding', () => {
  const body = () => refund(scene.agent.id);

  it('is none at all, a made up one, a changed one, or two that differ', async () => {
    expect.hasAssertions();
    const denial = await denied();
    const another = await denied();
    const { evaluation_id: id, binding_token: token, expires_at } = denial;
    const flipped = (text: unknown, at: number) => {
      const one = String(text);
      return one.slice(0, at) + (one[at] === 'A' ? 'B' : 'A') + one.slice(at + 1);
    };
    const [header, payload] = String(token).split('.') as [string, string];
    const claims = JSON.parse(String(Buffer.from(payload, 'base64url')));
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    const forged = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 999 })).toString(
      'base64url',
    );
    const one = String(token);
    for (const wrong of [
      undefined,
      {},
      { reason: 'approval_required' },
      { expires_at },
      { expires_at, evaluation_id: 'eval_01HX4Y2P8BQ4Y3F0V0K9D6Z7M1' },
      { expires_at, evaluation_id: flipped(id, 8) },
      { expires_at, evaluation_id: flipped(id, 30) },
      { expires_at, evaluation_id: flipped(id, String(id).length - 2) },
      { expires_at, evaluation_id: `${String(id)}=` },
      { expires_at, binding_token: 'nonsense' },
      { expires_at, binding_token: `${unsigned}.${payload}.` },
      { expires_at, binding_token: `${header}.${forged}.${one.split('.')[2]}` },
      { expires_at, binding_token: scene.token },
      { binding_token: token, expires_at: new Date(Date.now() + 9_000_000).toISOString() },
      { ...denial, evaluation_id: another['evaluation_id'] },
      { ...denial, evaluation_id: flipped(id, 30) },
    ]) {
      await refused(400, 'invalid_denial_binding', () => post({ ...body(), denial: wrong }));
    }
  });

  it('is one of another subject, resource, action or context', async () => {
    const context = { session: { customer_id: 'C-1' } };
    const question = { ...body(), context };
    const denial = await denied(question);
    const { id } = scene.agent;
    for (const other of [
      {
        ...question,
        action: { name: 'refunds.create', properties: { order_id: '4821', amount: 401 } },
      },
      { ...question, resource: { type: 'action_type', id: 'refunds.create' } },
      { ...question, subject: { type: 'agent', id, properties: { desk: 4 } } },
      { ...question, context: {} },
      { ...question, context: { session: { customer_id: 'C-2' } } },
      { ...question, context: { ...context, user: 'cy' } },
    ]) {
      await refused(400, 'invalid_denial_binding', () => post({ ...other, denial }));
    }
    // What is added when it is sent, and decides nothing, may differ.
    const sent = { ...question, context: { ...context, business_justification: 'It broke' } };
    expect((await post({ ...sent, denial })).status).toBe(202);
  });

  it('is one that has served a request, whatever the key, and one told to another', async () => {
    const denial = await denied();
    expect((await post({ ...body(), denial }, { 'idempotency-key': newId('key') })).status).toBe(
      202,
    );
    for (const headers of [{}, { 'idempotency-key': newId('key') }]) {
      await refused(400, 'invalid_denial_binding', () => post({ ...body(), denial }, headers));
    }
    const own = await denied(body(), scene.itself);
    await refused(400, 'invalid_denial_binding', () => post({ ...body(), denial: own }));
    const second = sender(scene.gateway.url, await tokenOf(scene.world));
    const theirs = await denied(body(), second);
    await refused(400, 'invalid_denial_binding', () => post({ ...body(), denial: theirs }));
  });

  it('is a bundle that one denial is sent for, or that has one denial twice', async () => {
    expect.hasAssertions();
    const { subject, ...item } = body();
    const denial = await denied();
    for (const items of [
      [item, item],
      [{ ...item, denial }, item],
      [
        { ...item, denial },
        { ...item, denial },
      ],
    ]) {
      await refused(400, 'invalid_denial_binding', () => post({ subject, items, denial }));
    }
  });
});

describe('duplicate_request', () => {
  it('is a key that was used for another body, of the same caller', async () => {
    const key = { 'idempotency-key': newId('key') };
    const question = refund(scene.agent.id);
    const denial = await denied();
    expect((await post({ ...question, denial }, key)).status).toBe(202);
    const other = { ...question, denial, client: { name: 'another' } };
    await refused(409, 'duplicate_request', () => post(other, key));
    const mine = await denied(question, scene.itself);
    expect((await post({ ...question, denial: mine }, key, scene.itself)).status).toBe(202);
  });
});

describe('unknown_task', () => {
  it('is one of nobody, of another caller, of another workspace, and what is no id', async () => {
    const { task } = (await askFor(scene.send, refund(scene.agent.id))).body;
    const second = sender(scene.gateway.url, await tokenOf(scene.world));
    for (const send of [scene.foreign, scene.itself, second]) {
      await refused(404, 'unknown_task', () => send('GET', task.status_endpoint));
      await refused(404, 'unknown_task', () => send('POST', task.links.cancel));
    }
    for (const id of [`arq_${'x'.repeat(43)}`, 'arq_', 'x%00', `${task.id}x`]) {
      await refused(404, 'unknown_task', () => scene.send('GET', `requests/${id}`));
      await refused(404, 'unknown_task', () => scene.send('DELETE', `requests/${id}/cancel`));
    }
    expect((await scene.send('GET', task.status_endpoint)).body.task.status).toBe('pending');
  });
});

describe('task_expired', () => {
  it('is a handle past its time, for every operation', async () => {
    expect.hasAssertions();
    const key = { 'idempotency-key': newId('key') };
    const question = refund(scene.agent.id);
    const sent = { ...question, denial: await denied() };
    const { task } = (await post(sent, key)).body;
    await scene.world.owner.query(
      `UPDATE access_requests SET expires_at = now() - interval '1 second' WHERE id = $1`,
      [task.id],
    );
    await refused(410, 'task_expired', () => scene.send('GET', task.status_endpoint));
    await refused(410, 'task_expired', () => scene.send('POST', task.links.cancel));
    await refused(410, 'task_expired', () => post(sent, key));
  });
});

describe('invalid_task_state', () => {
  it('is a task that has ended, however it did', async () => {
    const ask = async () => {
      const { task } = (await askFor(scene.send, refund(scene.agent.id))).body;
      const [action = ''] = await actionsOf(scene, task.id);
      return { action, cancel: () => scene.send('POST', task.links.cancel) };
    };
    const [approved, rejected, cancelled] = [await ask(), await ask(), await ask()];
    await scene.approve(approved.action);
    await scene.reject(rejected.action);
    expect((await cancelled.cancel()).status).toBe(200);
    for (const { cancel } of [approved, rejected, cancelled]) {
      await refused(409, 'invalid_task_state', cancel);
    }
  });

  it('is what the agent would withdraw as its own, which it is not', async () => {
    expect.hasAssertions();
    const { task } = (await askFor(scene.send, refund(scene.agent.id))).body;
    const [action = ''] = await actionsOf(scene, task.id);
    const url = `${scene.gateway.url}/v1/actions/${action}/cancel`;
    await refused(409, 'not_cancellable', () => scene.itself('POST', url), ours('not_cancellable'));
  });
});

describe('what is no request', () => {
  it('is refused by who asks: nobody, a dead token, one without the scope, another workspace', async () => {
    const { task } = (await askFor(scene.send, refund(scene.agent.id))).body;
    const sent = { ...refund(scene.agent.id), denial: await denied() };
    const operations: ((send: Send) => Promise<Reply>)[] = [
      (send) => post(sent, {}, send),
      (send) => send('GET', task.status_endpoint),
      (send) => send('POST', task.links.cancel),
    ];
    const dead = await tokenOf(scene.world, ['authzen'], { revoked_at: new Date() });
    for (const token of [undefined, 'nonsense', dead]) {
      for (const operation of operations) {
        const before = await scene.written();
        const reply = await operation(sender(scene.gateway.url, token));
        expect(reply.status).toBe(401);
        expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer/);
        expect(await scene.written()).toEqual(before);
      }
    }
    const reader = sender(scene.gateway.url, await tokenOf(scene.world, ['read', 'write']));
    for (const operation of operations) {
      await refused(403, 'forbidden', () => operation(reader), ours('forbidden'));
    }
    await refused(400, 'not_requestable', () => post(sent, {}, scene.foreign));
  });

  it('is refused by its form, with every wrong field named', async () => {
    expect.hasAssertions();
    const question = refund(scene.agent.id);
    const { subject, ...item } = question;
    const denial = await denied();
    const whole = { ...question, denial };
    const bad = (body: unknown, code = 'invalid_input', headers = {}) =>
      refused(400, code, () => post(body, headers), ours(code));
    for (const body of [
      {},
      [],
      { ...whole, subject: undefined },
      { ...whole, action: undefined },
      { ...whole, resource: { type: 'tool' } },
      { ...whole, items: [{ ...item, denial }] },
      { subject, items: [] },
      { subject, items: Array.from({ length: 21 }, () => ({ ...item, denial })) },
      { ...whole, context: 'none' },
      { ...whole, denial: { ...denial, expires_at: undefined } },
      { ...whole, denial: { ...denial, expires_at: 'tomorrow' } },
      { ...whole, requested_access: { requested_until: '2020-01-01T00:00:00Z' } },
      { ...whole, requested_access: { emergency: 'yes' } },
      { ...whole, callback: { endpoint: 'https://gateway.example.test/done' } },
      { ...whole, callback: { endpoint: 'http://127.0.0.1:1/' } },
      { ...whole, client: { name: 'nul \u0000' } },
    ]) {
      await bad(body);
    }
    await bad('{"subject":', 'not_json');
    await bad(whole, 'invalid_input', { 'idempotency-key': 'with spaces' });
    await bad(whole, 'unsupported_media_type', { 'content-type': 'text/plain' });
    const { task } = (await post(whole)).body;
    await refused(
      400,
      'invalid_input',
      () => scene.send('POST', task.links.cancel, { reason: 7 }),
      ours('invalid_input'),
    );
  });

  it('is refused when it is larger than 1 MB', async () => {
    expect.hasAssertions();
    const body = JSON.stringify({ ...refund(scene.agent.id), pad: 'x'.repeat(1_100_000) });
    await refused(413, 'too_large', () => post(body), ours('too_large'));
  });

  it('is refused when it names an actor that its token does not prove', async () => {
    expect.hasAssertions();
    const sent = { ...refund(scene.agent.id), denial: await denied() };
    const { id } = scene.agent;
    for (const actor of [
      { id: 'agent_renewal_assistant_v3' },
      { id, issuer: 'https://agents.example.test' },
      { id, act: { sub: 'someone', iss: scene.gateway.url } },
      { id, act: { sub: id, act: {} } },
    ]) {
      await refused(
        403,
        'actor_unverified',
        () => post({ ...sent, client: { actor } }),
        ours('actor_unverified'),
      );
    }
  });
});
