/** HTTP at the gateway's door: spellings of a path, methods, bodies as they may and may not be sent. */
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { startTool, type TestTool } from '../test/tool';
import { clientOf, makeWorld, type World } from '../test/world';
import { type RunningGateway, serveGateway } from './serve';

let gateway: RunningGateway;
let tool: TestTool;
let world: World;
let client: ReturnType<typeof clientOf>;
let session: string;

beforeAll(async () => {
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  tool = await startTool();
  world = await makeWorld();
  const agent = await world.agent();
  client = clientOf(gateway.url, world, agent);
  const type = await world.actionType(await world.tool(tool.url));
  await world.permission(await world.role(agent.id), type);
  session = await client.session();
});

afterAll(async () => {
  await gateway.stop();
  await tool.close();
  await world.close();
});

const body = () => ({
  ...{ session, action: 'refunds.create', parameters: { order_id: '1', amount: 5 } },
  ...{ summary: 'Refund the order', why: 'It came broken' },
});

const ask = (method: string, path: string) =>
  fetch(`${gateway.url}${path}`, { method, headers: { authorization: `Bearer ${client.token}` } });

describe('a proposal with a query', () => {
  it.each(['?', '?trace=1', '?a=b&c'])('is one like any other: %s', async (query) => {
    const key = newId('key');
    const post = (path: string) => client.send('POST', path, body(), { 'idempotency-key': key });
    const reply = await post(`/v1/actions${query}`);
    expect(reply).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    expect(await post('/v1/actions')).toMatchObject({ status: 200, body: reply.body });
    const refused = await client.send('POST', `/v1/actions${query}`, {}, {});
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
  });
});

describe('another method', () => {
  it.each([
    ['GET', '/v1/actions', 'POST, OPTIONS'],
    ['PUT', '/v1/actions?x=1', 'POST, OPTIONS'],
    ['POST', '/v1/actions/act_1', 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/sessions', 'POST, OPTIONS'],
    ['PATCH', '/v1/sessions/ses_1', 'DELETE, OPTIONS'],
    ['POST', '/healthz', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/openapi.json', 'GET, HEAD, OPTIONS'],
    ['GET', '/access/v1/evaluation', 'POST, OPTIONS'],
    ['POST', '/trail/ws_1/checkpoint', 'GET, HEAD, OPTIONS'],
    ['POST', '/.well-known/jwks.json', 'GET, HEAD, OPTIONS'],
  ])('%s %s is told which there are', async (method, path, allow) => {
    const response = await ask(method, path);
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 405, code: 'method_not_allowed' });
    const options = await ask('OPTIONS', path);
    expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
  });

  it('of no path is 404, and HEAD is GET without the body', async () => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE'])
      expect((await ask(method, '/v1/nothing')).status).toBe(404);
    const head = await ask('HEAD', '/healthz');
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});

it('answers HTTP/1.0 without a host', async () => {
  const { hostname, port } = new URL(gateway.url);
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () =>
      socket.write('GET /healthz HTTP/1.0\r\n\r\n'),
    );
    socket.on('data', (data) => (text += String(data)));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

it('challenges whoever has no token, at every door', async () => {
  for (const [method, path] of [
    ['POST', '/v1/actions'],
    ['GET', `/v1/actions/${newId('act')}`],
    ['GET', `/trail/${world.workspace}/tile/entries/000`],
  ] as const) {
    const response = await fetch(`${gateway.url}${path}`, { method });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      ...[401, 'Bearer realm="countersign"'],
    ]);
  }
});

describe('a body', () => {
  const post = async (sent: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${gateway.url}/v1/actions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${client.token}`,
        'content-type': 'application/json',
        'idempotency-key': newId('key'),
        ...headers,
      },
      body: sent,
    });
    return [response.status, ((await response.json()) as { code?: string }).code];
  };
  const text = () => JSON.stringify({ ...body(), why: 'Zürich' });

  it('is recorded as it was sent or not at all', async () => {
    const before = (await world.actions()).length;
    expect(await post(new Uint8Array(Buffer.from(text(), 'latin1')))).toEqual([400, 'not_utf8']);
    const twice = text().replace('"amount":5', '"amount":5,"amount":6');
    expect(await post(new TextEncoder().encode(twice))).toEqual([400, 'duplicate_member']);
    const packed = new Uint8Array(gzipSync(text()));
    const unsupported = [415, 'unsupported_media_type'];
    expect(await post(packed, { 'content-encoding': 'gzip' })).toEqual(unsupported);
    const latin = { 'content-type': 'application/json; charset=iso-8859-1' };
    expect(await post(new TextEncoder().encode(text()), latin)).toEqual(unsupported);
    expect((await world.actions()).length).toBe(before);
    const plain = {
      'content-type': 'application/json; charset=UTF-8',
      'content-encoding': 'identity',
    };
    expect(await post(new TextEncoder().encode(text()), plain)).toEqual([200, undefined]);
    expect((await world.actions()).at(-1)).toMatchObject({ why: 'Zürich' });
  });
});
