/** AuthZEN at the gateway: who may ask, what is recorded, and what is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_ROLE } from '@/lib/kernel/actor';
import { type RunningGateway, serveGateway } from '../http/serve';
import { clientOf, makeWorld, type World } from '../test/world';
import { asking, loadFixture, type Post, tokenOf } from './test/world';

let gateway: RunningGateway;
let world: World;
let other: World;
let post: Post;
let foreign: Post;
let agent: { id: string; credential: string };
let second: { id: string; credential: string };

beforeAll(async () => {
  world = await makeWorld();
  other = await makeWorld();
  await loadFixture(world);
  agent = await world.agent();
  second = await world.agent({ state: 'suspended' });
  const role = await world.role(agent.id);
  const tool = await world.tool('http://127.0.0.1:9', { name: 'orders' });
  const notes = await world.actionType(tool, { key: 'notes.write' });
  await world.permission(role, notes, { tier: 2 });
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  post = asking(gateway.url, await tokenOf(world));
  foreign = asking(gateway.url, await tokenOf(other));
});
afterAll(async () => {
  await gateway.stop();
  await world.close();
  await other.close();
});

const basic = {
  subject: { type: 'user', id: 'alice' },
  action: { name: 'read' },
  resource: { type: 'record', id: 'record-1' },
};
const everywhere = [
  'evaluation',
  'evaluations',
  'search/subject',
  'search/resource',
  'search/action',
];

/** What has been said in a workspace since, but for what was said of a refusal. */
async function said(of: World, work: () => Promise<unknown>) {
  const before = new Set((await of.events()).map(({ id }) => id));
  await work();
  return (await of.events()).filter(({ id }) => !before.has(id));
}

describe('who may ask', () => {
  it('is nobody without a live token, and nothing is written', async () => {
    const tokens = [
      undefined,
      'cst_pat_',
      `cst_pat_${'x'.repeat(40)}`,
      'nonsense',
      await tokenOf(world, ['authzen'], { revoked_at: new Date() }),
      await tokenOf(world, ['authzen'], { expires_at: new Date(Date.now() - 1_000) }),
    ];
    const events = await said(world, async () => {
      for (const token of tokens) {
        for (const to of everywhere) {
          const answer = await asking(gateway.url, token)(to, basic);
          expect([to, token, answer.status]).toEqual([to, token, 401]);
          expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
          expect(answer.headers.get('content-type')).toBe('application/problem+json');
        }
      }
    });
    expect(events).toEqual([]);
  });

  it('is no token of a member without any role', async () => {
    const token = await tokenOf(world, ['authzen'], {}, []);
    const events = await said(world, async () => {
      for (const to of everywhere) {
        const answer = await asking(gateway.url, token)(to, basic);
        expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden', detail: NO_ROLE } });
      }
    });
    expect(events.map(({ type }) => type)).toEqual(everywhere.map(() => 'request.refused'));
  });

  it('is no token without the scope for it', async () => {
    for (const scopes of [['read'], ['write'], ['read', 'write']]) {
      const events = await said(world, async () => {
        const answer = await asking(gateway.url, await tokenOf(world, scopes))('evaluation', basic);
        expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      });
      expect(events.map(({ type }) => type)).toEqual(['request.refused']);
    }
  });

  it("is an agent's token as well, for as long as the agent stands", async () => {
    const own = clientOf(gateway.url, world, agent);
    const answer = await asking(gateway.url, own.token)('evaluation', basic);
    expect(answer).toMatchObject({ status: 200, body: { decision: true } });
    const suspended = clientOf(gateway.url, world, second);
    expect((await asking(gateway.url, suspended.token)('evaluation', basic)).status).toBe(403);
  });

  it('decides the workspace: what another has is not known', async () => {
    expect((await post('evaluation', basic)).body.decision).toBe(true);
    expect((await post('evaluation', question(agent.id))).body.decision).toBe(true);
    for (const ask of [
      foreign,
      asking(gateway.url, clientOf(gateway.url, other, await other.agent()).token),
    ]) {
      expect((await ask('evaluation', basic)).body.decision).toBe(false);
      expect((await ask('search/subject', basic)).body.results).toEqual([]);
      expect((await ask('search/action', basic)).body.results).toEqual([]);
      const asked = question(agent.id);
      expect((await ask('evaluation', asked)).body.decision).toBe(false);
    }
  });
});

const question = (id: string) => ({
  subject: { type: 'agent', id },
  action: { name: 'notes.write' },
  resource: { type: 'tool', id: 'orders' },
});

describe('pages', () => {
  it('may be of nothing, since a limit is any number from 0, and go on from there', async () => {
    const search = { ...basic, subject: { type: 'user' } };
    const whole = await post('search/subject', search);
    expect(whole.body.results).not.toEqual([]);
    const none = await post('search/subject', { ...search, page: { limit: 0 } });
    expect(none).toMatchObject({ status: 200, body: { results: [], page: { count: 0 } } });
    const token = none.body.page.next_token;
    expect(token).not.toBe('');
    const all = await post('search/subject', { ...search, page: { token } });
    expect(all.body.results).toEqual(whole.body.results);
    const wrong = await post('search/subject', { ...search, page: { limit: -1 } });
    expect(wrong).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'page.limit', message: 'must not be negative' }] },
    });
  });

  it('go on with their own search alone', async () => {
    const search = { ...basic, subject: { type: 'user' } };
    const first = await post('search/subject', { ...search, page: { limit: 1 } });
    const token = first.body.page.next_token;
    const broken = [
      'x',
      `${token}x`,
      token.slice(1),
      `${Buffer.from('zed').toString('base64url')}.${token.split('.')[1]}`,
    ];
    const wrong = [
      ...broken.map(
        (one) => [post, 'search/subject', { ...search, page: { token: one } }] as const,
      ),
      [post, 'search/subject', { ...search, action: { name: 'write' }, page: { token } }] as const,
      [post, 'search/subject', { ...search, context: { a: 1 }, page: { token } }] as const,
      [post, 'search/resource', { ...basic, page: { token } }] as const,
      [foreign, 'search/subject', { ...search, page: { token } }] as const,
    ];
    const events = await said(world, async () => {
      for (const [ask, to, request] of wrong) {
        const answer = await ask(to, request);
        expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_page_token' } });
      }
    });
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['request.refused']));
  });
});

describe('what is recorded', () => {
  it('is one event a request: who asked what, the answer and the version, and no property', async () => {
    const secret = 'archived';
    const asked = {
      ...basic,
      resource: { ...basic.resource, properties: { status: secret } },
      context: { note: secret },
    };
    const [event, ...more] = await said(world, () => post('evaluation', asked));
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: 'authzen.evaluated',
      outcome: 'allow',
      actor: { type: 'member' },
      object: basic.resource,
      policy_version: expect.stringMatching(/^pol_/),
      data: { subject: basic.subject, action: 'read', resource: basic.resource, decision: true },
    });
    expect(JSON.stringify(event)).not.toContain(secret);
  });

  it('is one of a batch and of a search as well', async () => {
    const evaluations = [basic, { ...basic, action: { name: 'fly' } }, {}];
    const events = await said(world, async () => {
      await post('evaluations', { evaluations });
      await post('search/subject', { ...basic, subject: { type: 'user' } });
    });
    expect(events).toMatchObject([
      {
        type: 'authzen.evaluated',
        outcome: 'deny',
        data: {
          count: 3,
          evaluations: [{ decision: true }, { action: 'fly', decision: false }, { error: 400 }],
        },
      },
      {
        type: 'authzen.searched',
        data: { search: 'subject', count: 2, results: [{ id: 'alice' }, { id: 'bob' }] },
      },
    ]);
  });

  it('stays below what an entry of the log can hold', async () => {
    const id = 'x'.repeat(500);
    const evaluations = Array.from({ length: 300 }, () => ({ resource: { type: 'record', id } }));
    const [event] = await said(world, () =>
      post('evaluations', { ...basic, resource: undefined, evaluations }),
    );
    expect(JSON.stringify(event).length).toBeLessThan(32_000);
    expect(event?.['data']).toMatchObject({
      count: 300,
      not_listed: expect.any(Number),
      list_digest: expect.stringMatching(/^sha256:/),
    });
  });
});

describe('bad input', () => {
  it.each([
    ['more than a megabyte', { ...basic, context: { a: 'x'.repeat(1_100_000) } }, 413],
    [
      'a number that is not exact',
      `{"subject":{"type":"user","id":"alice"},"action":{"name":"read"},"resource":{"type":"record","id":"record-1"},"context":{"n":9007199254740993}}`,
      400,
    ],
    ['a NUL', { ...basic, subject: { type: 'user', id: 'a\0' } }, 400],
    ['nesting', { ...basic, context: JSON.parse(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`) }, 400],
    ['an id that is too long', { ...basic, subject: { type: 'user', id: 'x'.repeat(501) } }, 400],
    ['null', { ...basic, context: null }, 400],
  ])('of %s is refused, and nothing else is written', async (_, request, status) => {
    const events = await said(world, async () => {
      const answer = await post('evaluation', request, { 'x-request-id': 'r1' });
      expect([answer.status, answer.headers.get('x-request-id')]).toEqual([status, 'r1']);
    });
    expect(events.map(({ type }) => type)).toEqual(['request.refused']);
  });

  it('with another method is told which there is', async () => {
    for (const to of everywhere) {
      const response = await fetch(`${gateway.url}/access/v1/${to}`);
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    }
  });
});
