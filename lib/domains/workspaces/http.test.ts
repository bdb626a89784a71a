import { encode } from 'next-auth/jwt';
import { NextRequest } from 'next/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveResponse } from '@/lib/http/live';
import { openApiDocument } from '@/lib/http/openapi';
import { serve } from '@/lib/http/serve';
import { closeDb } from '@/lib/infra/db';
import { env, nextAuthSecret } from '@/lib/infra/env';
import { membersApi, tokensApi, workspaceApi, workspacesApis } from './api';
import { updateMember } from './service/members';
import { revokeSession, seen } from './service/sessions';
import { signInWithPassword } from './service/sign-in';
import { createToken } from './service/tokens';
import { updateWorkspace } from './service/workspace';
import {
  as,
  eventTypes,
  mintWorkspace,
  PASSWORD,
  type TestMember,
  type TestWorkspace,
} from './test/workspace';

let ours: TestWorkspace;

beforeAll(async () => {
  ours = await mintWorkspace();
});
afterAll(closeDb);

const routes = {
  members: serve(membersApi),
  tokens: serve(tokensApi),
  workspace: serve(workspaceApi),
};
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

async function call(
  method: Method,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown>; type: string | null }> {
  const room = path.split(/[/?]/)[2] as keyof typeof routes;
  const request = new NextRequest(`${env().CONSOLE_URL}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await routes[room][method](request);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as Record<string, unknown>,
  };
}

async function session(member: TestMember) {
  const { session: id } = await signInWithPassword({
    email: member.email,
    password: PASSWORD,
    address: '192.0.2.7',
    userAgent: 'vitest',
  });
  const token = await encode({ token: { sessionId: id }, secret: nextAuthSecret() });
  return {
    id,
    headers: { cookie: `next-auth.session-token=${token}`, 'sec-fetch-site': 'same-origin' },
  };
}

async function bearer(member: TestMember, ...scopes: string[]) {
  const made = await createToken(member.ctx, { name: 'Script', scopes });
  return { authorization: `Bearer ${made.token}` };
}

describe('signing requests', () => {
  it('works by session until it is revoked, and follows roles at once', async () => {
    const member = await ours.add('admin');
    const { id, headers } = await session(member);
    const me = await call('GET', '/api/workspace/me', headers);
    expect(me.body['member']).toMatchObject({ id: member.id, roles: ['admin'] });
    await updateMember(ours.admin.ctx, { id: member.id, roles: ['auditor'] });
    const refused = await call('PATCH', '/api/workspace', headers, { name: 'Mine' });
    expect(refused).toMatchObject({ status: 403, type: 'application/problem+json' });
    await revokeSession(ours.admin.ctx, { id });
    expect((await call('GET', '/api/workspace/me', headers)).status).toBe(401);
  });

  it('refuses a change that comes from another site, and changes nothing', async () => {
    const { headers } = await session(ours.admin);
    const strangers: Record<string, string>[] = [
      { ...headers, 'sec-fetch-site': 'cross-site' },
      { cookie: headers.cookie, origin: 'https://evil.example' },
      { cookie: headers.cookie, origin: 'null' },
      { cookie: headers.cookie },
    ];
    for (const from of strangers) {
      const answer = await call('PATCH', '/api/workspace', from, { name: 'Stolen' });
      expect(answer).toMatchObject({ status: 403, body: { code: 'cross_origin' } });
    }
    const workspace = await call('GET', '/api/workspace', headers);
    expect(workspace.body['name']).toBe('Test workspace');
  });

  it.each([
    ['no sign-in', {}],
    ['a forged cookie', { cookie: 'next-auth.session-token=forged' }],
    ['an unknown token', { authorization: `Bearer cst_pat_${'A'.repeat(43)}` }],
    ['another kind of token', { authorization: 'Basic YTpi' }],
  ])('answers 401 to %s', async (_, headers) => {
    const answer = await call('GET', '/api/members', headers);
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it('holds a token to its scope and out of what only a session may', async () => {
    const member = await ours.add('auditor');
    const path = `/api/members/${member.id}`;
    const read = await bearer(ours.admin, 'read');
    expect((await call('GET', '/api/members?limit=1', read)).status).toBe(200);
    const { items } = (await call('GET', '/api/tokens', read)).body as {
      items: { lastUsedAt: string | null }[];
    };
    expect(items.filter((token) => token.lastUsedAt !== null)).not.toEqual([]);
    const refused = await call('PATCH', path, read, { name: 'Changed' });
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await call('GET', path, read)).body['name']).toBe('Member auditor');
    const write = await bearer(ours.admin, 'write');
    expect((await call('PATCH', path, write, { name: 'Changed' })).status).toBe(200);
    const more = await call('POST', '/api/tokens', write, { name: 'More', scopes: ['write'] });
    expect(more.status).toBe(403);
  });
});

describe('bad input', () => {
  it.each([
    ['an unknown field', 'PATCH', '/api/workspace', { colour: 'red' }, 422, 'invalid_input'],
    ['a wrong type', 'PATCH', '/api/workspace', { name: 7 }, 422, 'invalid_input'],
    ['an unknown filter', 'GET', '/api/members?rolle=admin', undefined, 422, 'invalid_input'],
    ['a parameter twice', 'GET', '/api/members?q=a&q=b', undefined, 422, 'invalid_input'],
    ['a damaged cursor', 'GET', '/api/members?cursor=xyz', undefined, 422, 'invalid_input'],
    ['an id of another kind', 'GET', '/api/members/agt_1', undefined, 422, 'invalid_input'],
    ['another method', 'DELETE', '/api/members', undefined, 405, 'method_not_allowed'],
    ['a route that is not', 'GET', '/api/members/a/b/c', undefined, 404, 'not_found'],
    [
      'a huge body',
      'PATCH',
      '/api/workspace',
      { name: 'x'.repeat(1_000_001) },
      413,
      'body_too_large',
    ],
  ] as const)(
    '%s is a problem, and nothing is written',
    async (_, method, path, body, status, code) => {
      const headers = await bearer(ours.admin, 'write');
      const before = await eventTypes(ours.id);
      const answer = await call(method, path, headers, body);
      expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { code } });
      expect(await eventTypes(ours.id)).toEqual(before);
    },
  );
});

describe('the OpenAPI document', () => {
  it('describes every route with its input and answer', () => {
    const document = openApiDocument(workspacesApis, 'http://console');
    const paths = document['paths'] as Record<string, Record<string, Record<string, unknown>>>;
    const routed = workspacesApis.flatMap((api) => api.endpoints);
    expect(Object.values(paths).flatMap((each) => Object.keys(each))).toHaveLength(routed.length);
    expect(paths['/api/members/{id}']?.['patch']).toMatchObject({
      operationId: 'members.update',
      parameters: [{ name: 'id', in: 'path', required: true }],
      requestBody: {
        content: { 'application/json': { schema: { additionalProperties: false } } },
      },
      responses: { 200: {}, default: { $ref: '#/components/responses/Problem' } },
    });
    expect(paths['/api/members']?.['get']?.['parameters']).toContainEqual(
      expect.objectContaining({ name: 'limit', in: 'query', required: false }),
    );
    // What it refers to exists, and it is plain JSON.
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});

describe('live updates', () => {
  it('name what changed in this workspace, and nothing of another', async () => {
    const theirs = await mintWorkspace();
    const member = await ours.add('auditor');
    const signedIn = await session(member);
    const ctx = as(ours.id, member.id, ['auditor'], signedIn.id);
    const gone = new AbortController();
    const response = liveResponse(ours.id, gone.signal, () => seen(ctx));
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    const until = async (text: string) => {
      while (!heard.includes(text)) {
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error(`the stream ended after ${heard}`);
        heard += value;
      }
    };
    // The connection listens once a change of ours has arrived; repeat it until then.
    const first = until('data: workspace').then(() => true);
    let listening = false;
    do {
      const changed = updateWorkspace(ours.admin.ctx, { name: 'Test workspace' });
      listening = await Promise.race([first, changed.then(() => false)]);
    } while (!listening);
    heard = '';
    await updateWorkspace(theirs.admin.ctx, { name: 'Theirs' });
    await updateMember(ours.admin.ctx, { id: member.id, name: 'One' });
    await until('data: members');
    expect(heard).toContain('event: topic\ndata: members\n\n');
    gone.abort();
    await expect(until('what never comes')).rejects.toThrow('the stream ended');
  });
});
