import { request as rawRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { startTool, type TestTool } from '../test/tool';
import { clientOf, makeWorld, type World } from '../test/world';
import { type RunningGateway, serveGateway } from './serve';

let gateway: RunningGateway;
let tool: TestTool;
let world: World;
let other: World;
let agent: { id: string; credential: string };
let client: ReturnType<typeof clientOf>;
let session: string;

beforeAll(async () => {
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  tool = await startTool();
  world = await makeWorld();
  other = await makeWorld();
  agent = await world.agent();
  client = clientOf(gateway.url, world, agent);
  const role = await world.role(agent.id);
  const toolId = await world.tool(tool.url);
  const type = await world.actionType(toolId);
  await world.permission(role, type, {
    tier: null,
    ladder: { parameter: 'amount', autonomous: 100, supervised: 200, gated: 500 },
  });
  session = await client.session();
});

afterAll(async () => {
  await gateway.stop();
  await tool.close();
  await world.close();
  await other.close();
});

const small = { order_id: '1', amount: 5 };
const large = { order_id: '1', amount: 400 };

describe('idempotency', () => {
  it('200 concurrent posts with one key are one action and one call', async () => {
    const key = newId('key');
    const before = tool.seen.length;
    const replies = await Promise.all(
      Array.from({ length: 200 }, () => client.propose(session, small, {}, key)),
    );
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200]));
    expect(new Set(replies.map((reply) => reply.body['id'])).size).toBe(1);
    expect(tool.seen.length).toBe(before + 1);
    expect((await world.actions()).filter((row) => row['idempotency_key'] === key)).toHaveLength(1);
    const later = await client.propose(session, small, {}, key);
    expect(later.body).toEqual(replies[0]?.body);
    const changed = await client.propose(session, { ...small, amount: 6 }, {}, key);
    expect(changed).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } });
  });

  it('two processes with one key are one action and one call', async () => {
    const second = await serveGateway({ host: '127.0.0.1', port: 0 });
    const there = clientOf(second.url, world, agent);
    const key = newId('key');
    const before = tool.seen.length;
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? client : there).propose(session, small, {}, key),
      ),
    );
    expect(new Set(replies.map((reply) => JSON.stringify(reply.body))).size).toBe(1);
    expect(tool.seen.length).toBe(before + 1);
    await second.stop();
  });

  it('runs and records what is being decided when it stops, also when its agents have gone', async () => {
    const second = await serveGateway({ host: '127.0.0.1', port: 0 });
    const there = clientOf(second.url, world, agent);
    const gone = new AbortController();
    const keys = Array.from({ length: 40 }, () => newId('key'));
    const asked = keys.map((key) => there.propose(session, small, {}, key, gone.signal));
    while (second.gateway.recorder.queued === 0)
      await new Promise((resolve) => setImmediate(resolve));
    gone.abort();
    await Promise.all([second.stop(), Promise.allSettled(asked)]);
    const rows = (await world.actions()).filter((row) =>
      keys.includes(String(row['idempotency_key'])),
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map((row) => row['status']))).toEqual(new Set(['succeeded']));
    const [first] = rows;
    const events = (await world.events()).filter((one) => one['action'] === first?.['id']);
    expect(events.map((one) => one['type'])).toEqual(['action.decided', 'action.succeeded']);
  });

  it('answers a denial and a hold again as they were', async () => {
    for (const amount of [400, 501]) {
      const key = newId('key');
      const first = await client.propose(session, { ...large, amount }, {}, key);
      const again = await client.propose(session, { ...large, amount }, {}, key);
      expect(again.status).toBe(first.status);
      expect(again.body).toEqual(first.body);
    }
  });
});

describe('a session', () => {
  it('begins with an event that says what its agent was permitted', async () => {
    const own = await client.session();
    const [begun] = (await world.events()).filter(
      (one) => one['type'] === 'session.started' && one['session'] === own,
    );
    const { rows } = await world.owner.query<{ id: string; role_id: string }>(
      `SELECT p.id, p.role_id FROM permissions p JOIN agent_roles r USING (role_id) WHERE r.agent_id = $1 ORDER BY p.id`,
      [agent.id],
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(begun).toMatchObject({
      policy_version: expect.stringMatching(/^pol_/),
      data: {
        roles: [...new Set(rows.map((row) => row.role_id))],
        permissions: rows.map(({ id }) => id),
      },
    });
  });
});

describe('held actions', () => {
  it('wake who waits when a person decides', async () => {
    const { body } = await client.propose(session, large);
    const waiting = client.send('GET', `/v1/actions/${String(body['id'])}?wait=30`);
    await world.owner.query(
      `UPDATE actions SET status = 'rejected' WHERE id = $1 AND status = 'pending'`,
      [body['id']],
    );
    expect(await waiting).toMatchObject({ status: 200, body: { status: 'rejected' } });
  });

  it('are cancelled once, and not after a person approved: one of both wins', async () => {
    for (let i = 0; i < 10; i++) {
      const { body } = await client.propose(session, large);
      const id = String(body['id']);
      const approve = world.owner.query(
        `UPDATE actions SET status = 'approved' WHERE id = $1 AND status = 'pending' RETURNING id`,
        [id],
      );
      const cancel = client.send('POST', `/v1/actions/${id}/cancel`);
      const approved = (await approve).rowCount === 1;
      const cancelled = await cancel;
      expect(cancelled.status).toBe(approved ? 409 : 200);
      const events = (await world.events()).filter(
        (e) => e['action'] === id && e['type'] === 'action.cancelled',
      );
      expect(events).toHaveLength(approved ? 0 : 1);
    }
    const { body } = await client.propose(session, large);
    for (let i = 0; i < 2; i++) {
      const reply = await client.send('POST', `/v1/actions/${String(body['id'])}/cancel`);
      expect(reply).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    }
  });
});

describe('revocation', () => {
  it('takes effect within a second, for agent, credential and token', async () => {
    const one = await world.agent();
    const theirs = clientOf(gateway.url, world, one);
    expect((await theirs.send('GET', `/v1/actions/${newId('act')}`)).status).toBe(404);
    const until = async (status: number) => {
      const start = performance.now();
      for (;;) {
        const reply = await theirs.send('GET', `/v1/actions/${newId('act')}`);
        if (reply.status === status) return reply;
        if (performance.now() - start > 1_000)
          throw new Error(`still ${reply.status} after a second`);
      }
    };
    await world.owner.query(`UPDATE agents SET state = 'suspended' WHERE id = $1`, [one.id]);
    expect((await until(403)).body).toMatchObject({ code: 'agent_suspended', decision: 'deny' });
    await world.owner.query(`UPDATE agents SET state = 'active' WHERE id = $1`, [one.id]);
    await until(404);
    await world.insert('revoked_tokens', {
      workspace_id: world.workspace,
      jti: theirs.jti,
      expires_at: theirs.expiresAt,
    });
    expect((await until(401)).body).toMatchObject({ code: 'token_revoked' });
    await world.owner.query('DELETE FROM revoked_tokens WHERE jti = $1', [theirs.jti]);
    await until(404);
    await world.owner.query(`UPDATE credentials SET state = 'revoked' WHERE id = $1`, [
      one.credential,
    ]);
    expect((await until(401)).body).toMatchObject({ code: 'credential_revoked' });
    const refused = (await world.events()).filter(
      (e) => e['type'] === 'request.refused' && (e['actor'] as { id: string }).id === one.id,
    );
    const codes = refused.map((e) => (e['data'] as { code: string }).code);
    expect(codes).toEqual(
      expect.arrayContaining(['agent_suspended', 'token_revoked', 'credential_revoked']),
    );
    expect((await world.actions()).some((row) => row['agent_id'] === one.id)).toBe(false);
  });

  it('an ended session ends in every process', async () => {
    const second = await serveGateway({ host: '127.0.0.1', port: 0 });
    const there = clientOf(second.url, world, agent);
    const own = await client.session();
    expect((await there.propose(own, small)).status).toBe(200);
    expect((await client.send('DELETE', `/v1/sessions/${own}`)).status).toBe(204);
    expect((await client.send('DELETE', `/v1/sessions/${own}`)).status).toBe(204);
    expect(await client.propose(own, small)).toMatchObject({
      status: 409,
      body: { code: 'session_ended' },
    });
    const start = performance.now();
    let status = 200;
    while (status === 200 && performance.now() - start < 1_000)
      status = (await there.propose(own, small)).status;
    expect(status).toBe(409);
    await second.stop();
  });
});

describe('isolation', () => {
  it("another workspace's and another agent's ids are not there, and nothing is written", async () => {
    const held = await client.propose(session, large);
    const id = String(held.body['id']);
    const stranger = clientOf(gateway.url, other, await other.agent());
    const colleague = clientOf(gateway.url, world, await world.agent());
    const before = JSON.stringify(await world.actions());
    for (const who of [stranger, colleague]) {
      expect((await who.send('GET', `/v1/actions/${id}`)).status).toBe(404);
      expect((await who.send('POST', `/v1/actions/${id}/cancel`)).status).toBe(404);
      expect((await who.send('DELETE', `/v1/sessions/${session}`)).status).toBe(404);
      expect(await who.propose(session, small)).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
    }
    expect(JSON.stringify(await world.actions())).toBe(before);
    expect(await other.actions()).toEqual([]);
    expect((await other.events()).map((e) => e['type'])).toEqual(Array(4).fill('request.refused'));
    expect((await client.propose(session, small)).status).toBe(200);
  });
});

describe('bad input', () => {
  const rows = async () => (await world.actions()).length;

  it('is a problem with a stable code, and writes no action', async () => {
    const before = await rows();
    const post = (
      body: unknown,
      headers: Record<string, string> = { 'idempotency-key': newId('key') },
    ) => client.send('POST', '/v1/actions', body, headers);
    const good = { session, action: 'refunds.create', parameters: small, summary: 's', why: 'w' };
    const nested = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    const cases: [Promise<{ status: number; body: Record<string, unknown> }>, number, string][] = [
      [post({ ...good, surprise: 1 }), 422, 'surprise'],
      [post({ ...good, session: 'ses_1' }), 422, 'session'],
      [post({ ...good, parameters: [] }), 422, 'parameters'],
      [post({ ...good, parameters: { order_id: 1 } }), 422, 'parameters.order_id'],
      [post({ ...good, parameters: { ...small, extra: 1 } }), 422, 'parameters.extra'],
      [post({ ...good, parameters: { ...small, amount: 2 ** 53 + 2 } }), 422, 'parameters.amount'],
      [post(JSON.stringify(good).replace('"1"', '"\\u0000"')), 422, 'parameters.order_id'],
      [post(JSON.stringify(good).replace('"1"', '"\\ud800"')), 422, 'parameters.order_id'],
      [
        post(JSON.stringify(good).replace('"order_id"', '"__proto__":1,"order_id"')),
        422,
        'parameters.__proto__',
      ],
      [post(nested), 422, ''],
      [post(good, {}), 422, 'Idempotency-Key'],
      [post(good, { 'idempotency-key': 'x'.repeat(201) }), 422, 'Idempotency-Key'],
      [post('{'), 400, ''],
      [post('null'), 422, ''],
      [post(good, { 'idempotency-key': 'k', 'content-type': 'text/plain' }), 415, ''],
      [post({ ...good, action: 'no.such' }), 404, ''],
      [post({ ...good, session: newId('ses') }), 404, ''],
      [client.send('GET', '/v1/actions/act_x'), 404, ''],
      [client.send('GET', `/v1/actions/${newId('act')}?wait=61`), 422, 'wait'],
      [client.send('GET', '/v1/nothing'), 404, ''],
    ];
    for (const [reply, status, field] of cases) {
      const { body, ...rest } = await reply;
      expect([rest.status, JSON.stringify(body)]).toEqual([
        status,
        expect.stringContaining('"code":"'),
      ]);
      if (field) expect(JSON.stringify(body['errors'])).toContain(`"${field}"`);
    }
    expect(await rows()).toBe(before);
  });

  it('too large is 413, announced or not', async () => {
    const before = await rows();
    for (const announced of [true, false]) {
      const status = await new Promise<number>((resolve, reject) => {
        const request = rawRequest(
          `${gateway.url}/v1/actions`,
          {
            method: 'POST',
            headers: {
              authorization: `Bearer ${client.token}`,
              'content-type': 'application/json',
              'idempotency-key': newId('key'),
              ...(announced
                ? { 'content-length': String(2 * 1024 * 1024) }
                : { 'transfer-encoding': 'chunked' }),
            },
          },
          (response) => resolve(response.statusCode ?? 0),
        );
        request.on('error', reject);
        request.write(Buffer.alloc(2 * 1024 * 1024, 0x20));
      });
      expect(status).toBe(413);
    }
    expect(await rows()).toBe(before);
  });

  it('no valid token is 401 with a challenge', async () => {
    const body = { session, action: 'refunds.create', parameters: small, summary: 's', why: 'w' };
    for (const authorization of [
      '',
      'Bearer ',
      'Bearer x.y.z',
      'Basic eDp5',
      `Bearer ${client.token}x`,
    ]) {
      const reply = await client.send('POST', '/v1/actions', body, {
        authorization,
        'idempotency-key': 'k',
      });
      expect(reply.status).toBe(401);
      expect(reply.headers.get('www-authenticate')).toContain('Bearer');
    }
  });
});

describe('operations', () => {
  it('describes itself and says how it is', async () => {
    const document = (await client.send('GET', '/openapi.json')).body;
    expect(Object.keys(document['paths'] as object)).toEqual([
      '/.well-known/oauth-authorization-server',
      '/.well-known/oauth-protected-resource',
      '/.well-known/jwks.json',
      '/oauth/token',
      '/oauth/revoke',
      '/oauth/introspect',
      '/healthz',
      '/readyz',
      '/metrics',
      '/openapi.json',
      '/trail/{workspace}/checkpoint',
      '/trail/{workspace}/tile/{level}/{index}',
      '/trail/{workspace}/tile/entries/{index}',
      '/.well-known/authzen-configuration',
      '/access/v1/evaluation',
      '/access/v1/evaluations',
      '/access/v1/search/subject',
      '/access/v1/search/resource',
      '/access/v1/search/action',
      '/access/v1/requests',
      '/access/v1/requests/{id}',
      '/access/v1/requests/{id}/cancel',
      '/v1/sessions',
      '/v1/sessions/{id}',
      '/v1/actions',
      '/v1/actions/{id}',
      '/v1/actions/{id}/cancel',
      '/v1/actions/{id}/answer',
    ]);
    expect((await client.send('GET', '/healthz')).status).toBe(200);
    expect((await client.send('GET', '/readyz')).body).toEqual({ ready: true, problems: [] });
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/countersign_decisions_total\{decision="allow",tier="1"\} \d+/);
  });

  it('accepts nothing while the trail is behind, and says so', async () => {
    const { backlog } = gateway.gateway;
    const before = (await world.actions()).length;
    backlog.stop();
    await backlog.look();
    backlog.ageMs = 1e9;
    const reply = await client.propose(session, small);
    expect(reply).toMatchObject({ status: 503, body: { code: 'trail_behind' } });
    expect((await client.send('GET', '/readyz')).status).toBe(503);
    expect((await world.actions()).length).toBe(before);
    await backlog.start();
    expect((await client.propose(session, small)).status).toBe(200);
  });
});
