/** What the gateway answers is what its document says, status by status. */
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { answerOk, type Behaviour, startTool, type TestTool } from '../test/tool';
import { clientOf, makeWorld, type Reply, type World } from '../test/world';
import { type RunningGateway, serveGateway } from './serve';

let gateway: RunningGateway;
let tool: TestTool;
let world: World;
let client: ReturnType<typeof clientOf>;
let suspended: ReturnType<typeof clientOf>;
let session: string;
let document: { paths: Record<string, Record<string, { responses: Record<string, object> }>> };

const ajv = addFormats.default(new Ajv2020({ strict: false }));

beforeAll(async () => {
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  tool = await startTool();
  world = await makeWorld();
  const [agent, other] = [await world.agent(), await world.agent({ state: 'suspended' })];
  client = clientOf(gateway.url, world, agent);
  suspended = clientOf(gateway.url, world, other);
  const role = await world.role(agent.id);
  const toolId = await world.tool(tool.url, { timeout_ms: 300 });
  const ladder = { parameter: 'amount', autonomous: 100, supervised: 200, gated: 500 };
  const refund = await world.actionType(toolId);
  await world.permission(role, refund, { tier: null, ladder });
  const rated = await world.actionType(toolId, { key: 'refunds.rated' });
  await world.permission(role, rated, { limits: { perMinute: 1 } });
  session = await client.session();
  document = (await client.send('GET', '/openapi.json')).body as typeof document;
  ajv.addSchema(document, 'gateway');
});

afterAll(async () => {
  await gateway.stop();
  await tool.close();
  await world.close();
});

const pointer = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** What is wrong with an answer by the document; undefined when nothing is. */
function wrong(path: string, method: string, { status, headers, body }: Reply): unknown {
  const media = headers.get('content-type')?.split(';')[0] ?? '';
  const place = ['paths', path, method, 'responses', String(status), 'content', media, 'schema'];
  const valid = ajv.validate({ $ref: `gateway#/${place.map(pointer).join('/')}` }, body);
  return valid ? undefined : [ajv.errors, body];
}

const notThere: Behaviour = (_, response) => {
  response.writeHead(404).end('no');
};

const small = { order_id: '1', amount: 5 };
const propose = (amount: number, over = {}) => client.propose(session, { ...small, amount }, over);

const key = () => ({ 'idempotency-key': newId('key') });

/** Each answer of POST /v1/actions, and how it comes about. */
const proposals: Record<string, () => Promise<Reply>> = {
  '200 succeeded': () => propose(5),
  '202 pending': () => propose(400),
  '400 not JSON': () => client.send('POST', '/v1/actions', '{', key()),
  '401 no token': () => client.send('POST', '/v1/actions', {}, { authorization: '' }),
  '403 denied': () => propose(501),
  '403 agent suspended': () => suspended.propose(session, small),
  '404 no such action type': () => propose(5, { action: 'no.such' }),
  '409 another body': async () => {
    const same = newId('key');
    await client.propose(session, small, {}, same);
    return client.propose(session, { ...small, amount: 6 }, {}, same);
  },
  '413 too large': () => propose(5, { why: 'x'.repeat(1_100_000) }),
  '415 another type': () =>
    client.send('POST', '/v1/actions', {}, { ...key(), 'content-type': 'text/plain' }),
  '422 a field': () => propose(5, { surprise: 1 }),
  '429 a rate': async () => {
    await propose(5, { action: 'refunds.rated' });
    return propose(5, { action: 'refunds.rated' });
  },
  '502 failed': () => {
    tool.behave(notThere);
    return propose(5);
  },
  '502 unknown': () => {
    tool.behave(() => undefined);
    return propose(5);
  },
  '503 behind': async () => {
    const { backlog } = gateway.gateway;
    backlog.stop();
    // One that is under way would look once more.
    await backlog.look();
    backlog.ageMs = 1e9;
    const reply = await propose(5);
    await backlog.start();
    return reply;
  },
};

it('has an answer here for each status that it describes of a proposal', () => {
  const tried = Object.keys(proposals).map((name) => name.slice(0, 3));
  const described = Object.keys(document.paths['/v1/actions']?.['post']?.responses ?? {});
  expect(new Set(tried)).toEqual(new Set(described));
});

it.each(Object.entries(proposals))('describes the answer to a proposal: %s', async (name, ask) => {
  const reply = await ask();
  tool.behave(answerOk);
  expect([reply.status, wrong('/v1/actions', 'post', reply)]).toEqual([
    Number(name.slice(0, 3)),
    undefined,
  ]);
});

it('says of a denial and of a failure all that is told of the action', async () => {
  const denied = await propose(501);
  expect(denied.body).toMatchObject({ decision: 'deny', action_status: 'denied' });
  tool.behave(notThere);
  const failed = await propose(5);
  tool.behave(answerOk);
  expect(failed.body).toMatchObject({ decision: 'allow', action_status: 'failed', tier: 1 });
  for (const { body, headers, status } of [denied, failed]) {
    const extra = { ...body, surprise: 1 };
    expect(wrong('/v1/actions', 'post', { status, headers, body: extra })).toBeDefined();
  }
});

it('describes what else an agent asks', async () => {
  const id = String((await propose(400)).body['id']);
  const unknown = newId('act');
  const asked: [string, string, string, unknown?][] = [
    ['/v1/actions/{id}', 'get', `/v1/actions/${id}`],
    ['/v1/actions/{id}', 'get', `/v1/actions/${unknown}`],
    ['/v1/actions/{id}', 'get', `/v1/actions/${id}?wait=61`],
    ['/v1/actions/{id}/cancel', 'post', `/v1/actions/${id}/cancel`],
    ['/v1/actions/{id}/answer', 'post', `/v1/actions/${id}/answer`, { answer: 'x' }],
    ['/v1/sessions', 'post', '/v1/sessions', { initiator: {}, auth_context: {} }],
    ['/v1/sessions', 'post', '/v1/sessions', {}],
    ['/v1/sessions/{id}', 'delete', `/v1/sessions/${newId('ses')}`],
    ['/healthz', 'get', '/healthz'],
    ['/readyz', 'get', '/readyz'],
    ['/openapi.json', 'get', '/openapi.json'],
    ['/.well-known/oauth-authorization-server', 'get', '/.well-known/oauth-authorization-server'],
    ['/.well-known/oauth-protected-resource', 'get', '/.well-known/oauth-protected-resource'],
    ['/.well-known/jwks.json', 'get', '/.well-known/jwks.json'],
    ['/.well-known/authzen-configuration', 'get', '/.well-known/authzen-configuration'],
    ['/oauth/token', 'post', '/oauth/token', 'grant_type=password'],
  ];
  for (const [path, method, url, body] of asked) {
    const type = path.startsWith('/oauth/')
      ? 'application/x-www-form-urlencoded'
      : 'application/json';
    const reply = await client.send(method.toUpperCase(), url, body, { 'content-type': type });
    expect([url, wrong(path, method, reply)]).toEqual([url, undefined]);
  }
  expect((await client.send('GET', `/v1/actions/${id}?wait=61`)).body).toMatchObject({
    errors: [{ field: 'wait', message: 'must be 0 to 60 seconds' }],
  });
});
