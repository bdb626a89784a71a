/** AuthZEN at the gateway: who may ask, what agents may, what is recorded, and what is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCedarPolicy, putCedarSchema, putEntity } from '@/lib/domains/access/server';
import { newId } from '@/lib/kernel/ids';
import { type RunningGateway, serveGateway } from '../http/serve';
import { clientOf, makeWorld, type World } from '../test/world';
import { adminOf, asking, loadFixture, type Post, tokenOf } from './test/world';

let gateway: RunningGateway;
let world: World;
let other: World;
let post: Post;
let foreign: Post;
let agent: { id: string; credential: string };
let second: { id: string; credential: string };
let tool: string;

beforeAll(async () => {
  world = await makeWorld();
  other = await makeWorld();
  await loadFixture(world);
  agent = await world.agent();
  second = await world.agent({ state: 'suspended' });
  const role = await world.role(agent.id, second.id);
  tool = await world.tool('http://127.0.0.1:9', { name: 'orders' });
  const refunds = await world.actionType(tool);
  const ladder = { parameter: 'amount', autonomous: 100, supervised: 200, gated: 500 };
  await world.permission(role, refunds, { tier: null, ladder });
  const rule = { parameter: 'customer_id', rule: 'equals_session', attribute: 'customer_id' };
  const cancel = await world.actionType(tool, { key: 'orders.cancel', rules: [rule] });
  await world.permission(role, cancel, { tier: 1 });
  const notes = await world.actionType(tool, { key: 'notes.write' });
  await world.permission(role, notes, { tier: 2 });
  await world.permission(role, await world.actionType(tool, { key: 'notes.erase' }), { tier: 3 });
  await world.permission(
    role,
    await world.actionType(tool, { key: 'vault.read', classification: 'Restricted' }),
    { tier: 1 },
  );
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
    for (const ask of [
      foreign,
      asking(gateway.url, clientOf(gateway.url, other, await other.agent()).token),
    ]) {
      expect((await ask('evaluation', basic)).body.decision).toBe(false);
      expect((await ask('search/subject', basic)).body.results).toEqual([]);
      expect((await ask('search/action', basic)).body.results).toEqual([]);
      const asked = question(agent.id, 'notes.write');
      expect((await ask('evaluation', asked)).body.decision).toBe(false);
    }
  });
});

const question = (
  id: string,
  name: string,
  properties?: object,
  resource: object = { type: 'tool', id: 'orders' },
) => ({
  subject: { type: 'agent', id },
  action: properties ? { name, properties } : { name },
  resource,
});

describe('agents', () => {
  const order = { order_id: '1' };
  it.each([
    ['a fixed tier', 'notes.write', undefined, true, { tier: 2 }],
    ['what is held', 'notes.erase', undefined, false, { tier: 3, held: true }],
    ['the lowest rung', 'refunds.create', { ...order, amount: 50 }, true, { tier: 1 }],
    ['the middle rung', 'refunds.create', { ...order, amount: 150 }, true, { tier: 2 }],
    ['the highest rung', 'refunds.create', { ...order, amount: 400 }, false, { held: true }],
    [
      'above it',
      'refunds.create',
      { ...order, amount: 501 },
      false,
      { reasons: [{ code: 'above_limit' }] },
    ],
    [
      'an amount that is not known',
      'refunds.create',
      undefined,
      false,
      { reasons: [{ code: 'amount_missing' }] },
    ],
    [
      'parameters that do not fit',
      'refunds.create',
      { amount: 5 },
      false,
      { error: { status: 422 } },
    ],
    [
      'a rule',
      'orders.cancel',
      { ...order, customer_id: 'cus_2' },
      false,
      { reasons: [{ code: expect.any(String) }] },
    ],
    ['clearance', 'vault.read', undefined, false, { reasons: [{ code: 'clearance' }] }],
    [
      'an action type that is not there',
      'notes.fly',
      undefined,
      false,
      { reason: expect.any(String) },
    ],
  ])('may by the pipeline: %s', async (_, name, properties, decision, context) => {
    const { status, body } = await post('evaluation', question(agent.id, name, properties));
    expect({ status, body }).toMatchObject({ status: 200, body: { decision, context } });
  });

  it('may by their session, which the context tells', async () => {
    const properties = { ...order, customer_id: 'cus_2' };
    const asked = {
      ...question(agent.id, 'orders.cancel', properties),
      context: { session: { customer_id: 'cus_2' } },
    };
    expect((await post('evaluation', asked)).body).toEqual({
      decision: true,
      context: { tier: 1 },
    });
  });

  it('may nothing while suspended, nor where the resource is another', async () => {
    expect((await post('evaluation', question(second.id, 'notes.write'))).body.decision).toBe(
      false,
    );
    expect((await post('evaluation', question(newId('agt'), 'notes.write'))).body.decision).toBe(
      false,
    );
    for (const [resource, decision] of [
      [{ type: 'tool', id: tool }, true],
      [{ type: 'action_type', id: 'notes.write' }, true],
      [{ type: 'action_type', id: 'notes.erase' }, false],
      [{ type: 'tool', id: 'mail' }, false],
      [{ type: 'record', id: 'record-1' }, false],
    ] as const) {
      const { body } = await post(
        'evaluation',
        question(agent.id, 'notes.write', undefined, resource),
      );
      expect([resource, body.decision]).toEqual([resource, decision]);
    }
  });

  it('are found, and what they may', async () => {
    const asked = question(agent.id, 'notes.write');
    expect(
      (await post('search/subject', { ...asked, subject: { type: 'agent' } })).body.results,
    ).toEqual([{ type: 'agent', id: agent.id }]);
    expect((await post('search/action', asked)).body.results).toEqual([{ name: 'notes.write' }]);
    expect(
      (await post('search/resource', { ...asked, resource: { type: 'action_type' } })).body.results,
    ).toEqual([{ type: 'action_type', id: 'notes.write' }]);
    expect(
      (await post('search/resource', { ...asked, resource: { type: 'tool' } })).body.results,
    ).toEqual([{ type: 'tool', id: tool }]);
    const foreigners = { ...asked, resource: { type: 'record' } };
    expect((await post('search/resource', foreigners)).body.results).toEqual([]);
  });

  it('see themselves and no other agent', async () => {
    const third = await world.agent();
    const ask = asking(gateway.url, clientOf(gateway.url, world, third).token);
    expect((await ask('evaluation', question(agent.id, 'notes.write'))).body).toEqual({
      decision: false,
      context: { reason: 'the subject is not known' },
    });
    const all = { ...question(agent.id, 'notes.write'), subject: { type: 'agent' } };
    expect((await ask('search/subject', all)).body.results).toEqual([]);
    expect((await post('search/subject', all)).body.results).toHaveLength(1);
  });
});

describe('what is declared', () => {
  const status = (value: unknown) => ({ ...basic.resource, properties: { status: value } });
  it('is taken from the request only in its type', async () => {
    const asked = { ...basic, action: { name: 'write' }, resource: status(5) };
    expect((await post('evaluation', asked)).body).toEqual({
      decision: false,
      context: { error: { status: 400, message: 'resource.properties.status must be a string' } },
    });
    const soft = { ...basic, action: { name: 'delete', properties: { soft: 'yes' } } };
    expect((await post('evaluation', soft)).body).toMatchObject({
      decision: false,
      context: { error: { status: 400, message: 'context.action.soft must be true or false' } },
    });
  });

  it('stands over what is stored, for this request alone', async () => {
    const write = { ...basic, action: { name: 'write' } };
    expect((await post('evaluation', write)).body.decision).toBe(true);
    expect(
      (await post('evaluation', { ...write, resource: status('archived') })).body.decision,
    ).toBe(false);
    expect((await post('evaluation', write)).body.decision).toBe(true);
  });

  it('leads through parents, attributes and groups of actions, and an error denies', async () => {
    const deep = await makeWorld();
    const ctx = adminOf(deep);
    await putCedarSchema(ctx, {
      text: `entity team in [team];
entity person in [team] { boss?: person, level: Long };
entity paper { author: person, seen?: Long };
action reading;
action open, skim in [reading] appliesTo { principal: person, resource: paper, context: { from?: ipaddr, at?: datetime } };
namespace Lab { action probe appliesTo { principal: person, resource: paper }; }`,
    });
    await createCedarPolicy(ctx, {
      name: 'papers',
      text: `permit (principal in team::"all", action in Action::"reading", resource) when { principal has boss && principal.boss has boss && principal.boss.boss == resource.author };
forbid (principal, action == Action::"skim", resource) when { resource has seen && resource.seen * 9007199254740991 > 3 };
forbid (principal, action == Action::"open", resource) when { context has from && context.from.isInRange(ip("10.0.0.0/8")) };
permit (principal, action == Lab::Action::"probe", resource) when { person::"root".level > 3 };`,
    });
    const put = (type: string, id: string, properties: object, ...parents: object[]) =>
      putEntity(ctx, { type, id, properties, parents });
    await put('team', 'all', {});
    await put('team', 'part', {}, { type: 'team', id: 'all' });
    await put('person', 'root', { level: 4 });
    await put('person', 'mid', { level: 3, boss: 'root' });
    await put(
      'person',
      'low',
      { level: 1, boss: { type: 'person', id: 'mid' } },
      { type: 'team', id: 'part' },
    );
    await put('paper', 'p', { author: 'root' });
    const ask = asking(gateway.url, await tokenOf(deep));
    const asked = (name: string, more: object = {}, properties: object = {}) => ({
      subject: { type: 'person', id: 'low' },
      action: { name },
      resource: { type: 'paper', id: 'p', properties },
      ...more,
    });
    const decide = async (...args: Parameters<typeof asked>) =>
      (await ask('evaluation', asked(...args))).body;
    expect(await decide('open')).toEqual({ decision: true });
    expect(await decide('skim')).toEqual({ decision: true });
    expect(await decide('reading')).toMatchObject({ decision: false });
    expect(await decide('Lab::probe')).toEqual({ decision: true });
    expect((await decide('open', { context: { from: '10.1.1.1' } })).decision).toBe(false);
    expect((await decide('open', { context: { from: '11.1.1.1' } })).decision).toBe(true);
    expect(await decide('open', { context: { from: 'home' } })).toMatchObject({
      context: { error: { status: 400, message: 'context.from is no ipaddr' } },
    });
    expect(await decide('skim', {}, { seen: 9_007_199_254_740_991 })).toMatchObject({
      decision: false,
      context: { error: { status: 500 } },
    });
    expect((await decide('open', {}, { author: 'mid' })).decision).toBe(false);
    const { subject, resource } = asked('open');
    expect((await ask('search/action', { subject, resource })).body.results).toEqual([
      { name: 'Lab::probe' },
      { name: 'open' },
      { name: 'skim' },
    ]);
    await deep.close();
  });

  it('is searched in pages of bounded work, and found whole', async () => {
    const large = await makeWorld();
    const ctx = adminOf(large);
    await putCedarSchema(ctx, {
      text: 'entity person { even: Bool }; entity thing; action use appliesTo { principal: person, resource: thing };',
    });
    await createCedarPolicy(ctx, {
      name: 'use',
      text: 'permit (principal, action == Action::"use", resource) when { principal.even };',
    });
    await putEntity(ctx, { type: 'thing', id: 't' });
    // The last ones alone are found, so that a page is looked for past many.
    await large.owner.query(
      `INSERT INTO entities (workspace_id, type, id, properties, updated_by, updated_at)
       SELECT $1, 'person', 'p' || lpad(n::text, 5, '0'), jsonb_build_object('even', n > 2400), 'x', now()
       FROM generate_series(1, 2500) n`,
      [large.workspace],
    );
    const ask = asking(gateway.url, await tokenOf(large));
    const asked = {
      subject: { type: 'person' },
      action: { name: 'use' },
      resource: { type: 'thing', id: 't' },
    };
    const found: unknown[] = [];
    let requests = 0;
    let page: object = { limit: 30 };
    for (;;) {
      const { body } = await ask('search/subject', { ...asked, page });
      requests += 1;
      expect(body.results.length).toBeLessThanOrEqual(30);
      found.push(...body.results.map(({ id }) => id));
      if (body.page.next_token === '') break;
      page = { limit: 30, token: body.page.next_token };
    }
    expect(found).toEqual(Array.from({ length: 100 }, (_, n) => `p0${2401 + n}`));
    expect(requests).toBeGreaterThan(4);
    await large.close();
  });
});

describe('pages', () => {
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

  it('with another method finds no route', async () => {
    for (const to of everywhere) {
      expect((await fetch(`${gateway.url}/access/v1/${to}`)).status).toBe(404);
    }
  });
});
