/** HTTP at the console's door: methods, bodies as they may and may not be sent, lists and their cursors. */
import { gzipSync } from 'node:zlib';
import { NextRequest } from 'next/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { drainOutbox } from '@/lib/domains/trail/server';
import { createToken } from '@/lib/domains/workspaces/server';
import { serve } from '@/app/api/serve';
import { closeDb } from '@/lib/infra/db';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintAgent, mintWorld, type World } from '@/lib/infra/testing/world';
import { closeTrailDb } from '@/lib/infra/trail-db';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { apis } from './apis';
import * as catchAll from './[...path]/route';
import * as health from './health/route';
import * as setup from './workspace/setup/route';
import { perform } from './test/parts';
import { type Route, routes } from './test/requests';

let world: World;
let ctx: Context;
let token: string;

const nameOf = () => `role-${newId('x').slice(-12)}`;

beforeAll(async () => {
  world = await mintWorld();
  ctx = {
    workspace: world.workspace,
    requestId: newId('req'),
    actor: {
      ...{ type: 'member', id: world.admin, name: 'The admin', roles: ['admin', 'auditor'] },
      ...{
        abilities: [],
        method: 'password',
        authenticatedAt: Date.now(),
        sessionId: newId('mss'),
      },
    },
  };
  ({ token } = await createToken(ctx, { name: 'Door', scopes: ['read', 'write'] }));
});

afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
type Handlers = Record<Exclude<Method, 'HEAD'>, (request: NextRequest) => Promise<Response>>;

/** Asks as Next does: HEAD is the handler of GET. */
function ask(
  handlers: Handlers,
  method: Method,
  path: string,
  sent?: { body?: Uint8Array<ArrayBuffer> | string; headers?: Record<string, string> },
): Promise<Response> {
  const request = new NextRequest(`http://127.0.0.1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...sent?.headers },
    ...(sent?.body === undefined ? {} : { body: sent.body }),
  });
  return handlers[method === 'HEAD' ? 'GET' : method](request);
}

/** The handlers that serve a path's folder. */
function at(path: string): Handlers {
  const folder = path.split(/[/?]/)[2];
  const endpoints = apis.filter(({ name }) => name === folder).flatMap((api) => api.endpoints);
  return serve({ name: folder ?? '', endpoints });
}
const get = async (path: string) => {
  const response = await ask(at(path), 'GET', path);
  return { status: response.status, body: await response.json() };
};

describe('methods', () => {
  it('stop an agent without a body, as a script does in an emergency', async () => {
    const path = `/api/agents/${await mintAgent(world)}/suspend`;
    const response = await ask(at(path), 'POST', path);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ state: 'suspended', stateReason: '' });
  });

  it('of a path are told by OPTIONS and with each refusal, and HEAD is GET without the body', async () => {
    const allow = 'GET, POST, HEAD, OPTIONS';
    const roles = at('/api/roles');
    const options = await ask(roles, 'OPTIONS', '/api/roles');
    expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
    const put = await ask(roles, 'PUT', '/api/roles');
    expect([put.status, put.headers.get('allow')]).toEqual([405, allow]);
    const head = await ask(roles, 'HEAD', '/api/roles');
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(head.headers.get('content-type')).toContain('application/json');
    const none = await ask(at('/api/agents'), 'HEAD', `/api/agents/${world.agent}/suspend`);
    expect([none.status, none.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    for (const method of ['OPTIONS', 'HEAD', 'DELETE'] as const)
      expect((await ask(roles, method, '/api/roles/a/b/c/d')).status).toBe(404);
  });

  it('of routes that are no operations are told as well', async () => {
    for (const [handlers, path, allow, wrong] of [
      [health, '/api/health', 'GET, HEAD, OPTIONS', 'POST'],
      [setup, '/api/workspace/setup', 'POST, OPTIONS', 'GET'],
    ] as const) {
      const response = await ask(handlers, wrong, path);
      expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
      expect(await response.json()).toMatchObject({ code: 'method_not_allowed' });
      expect((await ask(handlers, 'OPTIONS', path)).headers.get('allow')).toBe(allow);
    }
    expect((await ask(health, 'HEAD', '/api/health')).status).toBe(200);
    for (const method of ['GET', 'OPTIONS', 'PUT'] as const)
      expect((await ask(catchAll, method, '/api/nowhere')).status).toBe(404);
  });

  it('without a session are challenged', async () => {
    const response = await ask(at('/api/roles'), 'GET', '/api/roles', {
      headers: { authorization: '' },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="countersign"');
    // One that was sent and is not taken is told so (RFC 6750, 3.1).
    const dead = await ask(at('/api/roles'), 'GET', '/api/roles', {
      headers: { authorization: `Bearer cst_pat_${'0'.repeat(40)}` },
    });
    expect([dead.status, dead.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="countersign", error="invalid_token"',
    ]);
  });

  it('take the token after as many spaces as RFC 9110, 11.4 lets stand before it', async () => {
    const headers = { authorization: `bearer  ${token}` };
    expect((await ask(at('/api/roles'), 'GET', '/api/roles', { headers })).status).toBe(200);
  });
});

describe('a body', () => {
  const bytes = (text: string, encoding: BufferEncoding = 'utf8') =>
    new Uint8Array(Buffer.from(text, encoding));
  const json = { 'content-type': 'application/json' };
  const named = () => JSON.stringify({ name: nameOf(), description: 'Zürich' });

  it('is kept as it was sent or refused, and then nothing is written', async () => {
    const before = await eventsOf(world.workspace);
    const roles = at('/api/roles');
    const twice = named().replace('}', ',"name":"Other"}');
    const cases: [Uint8Array<ArrayBuffer>, Record<string, string>, number, string][] = [
      [bytes(named(), 'latin1'), json, 400, 'not_utf8'],
      [bytes(twice), json, 400, 'duplicate_member'],
      [
        ...([bytes(named()), { 'content-type': 'application/json; charset=latin1' }] as const),
        ...([415, 'unsupported_media_type'] as const),
      ],
      [
        ...([new Uint8Array(gzipSync(named())), { ...json, 'content-encoding': 'gzip' }] as const),
        ...([415, 'unsupported_media_type'] as const),
      ],
    ];
    for (const [body, headers, status, code] of cases) {
      const response = await ask(roles, 'POST', '/api/roles', { body, headers });
      expect([response.status, (await response.json()).code]).toEqual([status, code]);
    }
    expect(await eventsOf(world.workspace)).toEqual(before);
    const made = await ask(roles, 'POST', '/api/roles', { body: bytes(named()), headers: json });
    expect([made.status, (await made.json()).description]).toEqual([201, 'Zürich']);
  });
});

/** What lists something at a path without places, as `{items, next}`. */
const lists: Route[] = routes.filter(
  ({ endpoint: { method, operation } }) =>
    method === 'GET' &&
    operation.output instanceof z.ZodObject &&
    operation.output.shape['items'] instanceof z.ZodArray,
);

describe('a list', () => {
  it.each(lists)('$name has pages', ({ endpoint }) => {
    const { input, output } = endpoint.operation;
    expect(Object.keys((input as z.ZodObject).shape)).toEqual(
      expect.arrayContaining(['cursor', 'limit']),
    );
    expect(Object.keys((output as z.ZodObject).shape)).toContain('next');
  });

  it.each(lists.filter(({ endpoint }) => !endpoint.path.includes('{')))(
    '$name answers a limit, and names it when it is none',
    async ({ endpoint: { path } }) => {
      const { status, body } = await get(`${path}?limit=1`);
      expect([status, body.items.length <= 1]).toEqual([200, true]);
      expect(body.next === null || typeof body.next === 'string').toBe(true);
      const refused = await get(`${path}?limit=x`);
      expect([refused.status, refused.body.errors[0].field]).toEqual([422, 'limit']);
    },
  );

  it('that is short gives all of it page by page', async () => {
    const all = (await get('/api/compliance/checks')).body;
    expect(all.next).toBeNull();
    const seen: unknown[] = [];
    for (let next = ''; ;) {
      const { body } = await get(`/api/compliance/checks?limit=3${next && `&cursor=${next}`}`);
      seen.push(...body.items);
      if (body.next === null) break;
      next = body.next;
    }
    expect(seen).toEqual(all.items);
  });

  it('leads back to what is newer', async () => {
    await drainOutbox();
    const { body } = await get('/api/trail/events?limit=1');
    const older = await get(`/api/trail/events?limit=1&cursor=${body.next}`);
    const newer = await get(`/api/trail/events?limit=1&cursor=${older.body.prev}`);
    expect(newer.body.items).toEqual(body.items);
  });

  it('refuses the cursor of another', async () => {
    await perform(ctx, 'roles.create', { name: nameOf() });
    await perform(ctx, 'roles.create', { name: nameOf() });
    const { body } = await get('/api/roles?limit=1');
    expect((await get(`/api/roles?limit=1&cursor=${body.next}`)).body.items).toHaveLength(1);
    for (const path of ['/api/agents', '/api/permissions', '/api/templates', '/api/trail/events']) {
      const refused = await get(`${path}?cursor=${body.next}`);
      expect([path, refused.status, refused.body.errors?.[0].field]).toEqual([path, 422, 'cursor']);
    }
  });
});

describe('a search by text', () => {
  const searched = ['agents', 'roles', 'tools', 'action-types', 'data-assets', 'secrets'];

  it.each(searched)('in /api/%s takes signs as they are', async (room) => {
    for (const sign of ['%', '_', '\\', '%25']) {
      const found = await get(`/api/${room}?q=${encodeURIComponent(sign)}`);
      expect([sign, found.status, found.body.items]).toEqual([sign, 200, []]);
    }
  });

  it('finds a sign where it is', async () => {
    const description = 'Half_of it: 50%';
    await perform(ctx, 'roles.create', { name: nameOf(), description });
    for (const typed of ['f_o', '%', '50%', 'HALF_OF']) {
      const { body } = await get(`/api/roles?q=${encodeURIComponent(typed)}`);
      expect(body.items).toMatchObject([{ description }]);
    }
  });

  it.each(['events', 'count', 'facets', 'histogram', 'export'])(
    'in /api/trail/%s is refused when it has no words',
    async (what) => {
      for (const typed of ['%', "'", '*', '😀', '-"', '—']) {
        const { status, body } = await get(`/api/trail/${what}?q=${encodeURIComponent(typed)}`);
        expect([typed, status, body.errors]).toEqual([
          ...[typed, 422],
          [{ field: 'q', message: 'has no letters or digits to look for' }],
        ]);
      }
    },
  );
});
