/** The certification scenario of AuthZEN Authorization API 1.0 and the decisions of its todo application, over HTTP. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, serveGateway } from '../http/serve';
import { makeWorld, type World } from '../test/world';
import { shownIn } from './test/scenario';
import { type Answer, asking, loadFixture, type Post, tokenOf } from './test/world';

const vectors = path.resolve(import.meta.dirname, '../../../../../shared/vectors/authzen');
const scenario = path.join(vectors, 'certification/authorization-api-1_0-scenario.md');
const todo = path.join(
  vectors,
  'interop/authzen-todo-backend/test/decisions-authorization-api-1_0-02.json',
);

let gateway: RunningGateway;
let world: World;
let post: Post;

beforeAll(async () => {
  world = await makeWorld();
  await loadFixture(world);
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  post = asking(gateway.url, await tokenOf(world));
});
afterAll(async () => {
  await gateway.stop();
  await world.close();
});

const alice = { type: 'user', id: 'alice' };
const bob = { type: 'user', id: 'bob' };
const admin = { ...bob, properties: { role: 'admin' } };
const read = { name: 'read' };
const write = { name: 'write' };
const record1 = { type: 'record', id: 'record-1' };
const record2 = { type: 'record', id: 'record-2' };
const archived = { ...record2, properties: { status: 'archived' } };
const active = { ...record1, properties: { status: 'active' } };
const context = { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' };
const basic = { subject: alice, action: read, resource: record1 };

const decisionOf = ({ status, body }: Answer) => {
  expect(status, JSON.stringify(body)).toBe(200);
  return body.decision;
};
const decisionsOf = ({ status, body }: Answer) => {
  expect(status, JSON.stringify(body)).toBe(200);
  return body.evaluations.map((one) => one.decision);
};
const foundBy = ({ status, body }: Answer) => {
  expect(status, JSON.stringify(body)).toBe(200);
  return body.results;
};

describe('basic', () => {
  const soft = (yes: boolean) => ({ name: 'delete', properties: { soft: yes } });
  it.each([
    ['C-2-2-1', basic, true],
    ['C-2-2-2', { subject: bob, action: write, resource: record1 }, false],
    ['C-2-2-3', { ...basic, context }, true],
    ['C-2-2-4', { subject: alice, action: write, resource: archived }, false],
    ['C-2-2-5', { subject: admin, action: write, resource: archived }, true],
    ['C-2-2-6', { subject: alice, action: soft(true), resource: record1 }, true],
    ['C-2-2-7', { subject: alice, action: soft(false), resource: record1 }, false],
    [
      'C-2-2-8',
      {
        subject: { ...alice, properties: { department: 'Sales', role: 'manager' } },
        action: { name: 'read', properties: { method: 'GET' } },
        resource: { ...record1, properties: { status: 'active', owner: 'bob' } },
      },
      true,
    ],
    ['C-2-2-9', { ...basic, foo: 'bar', futureField: { nested: true } }, true],
    ['rule 2', { subject: alice, action: write, resource: record1 }, true],
    ['rule 3', { subject: bob, action: read, resource: record1 }, true],
  ])('%s', async (_, request, decision) => {
    expect(decisionOf(await post('evaluation', request))).toBe(decision);
  });

  it('C-2-3: the answer is JSON with a boolean decision, and a context that is an object', async () => {
    for (const request of [basic, { ...basic, action: { name: 'unheard-of' } }]) {
      const answer = await post('evaluation', request);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(typeof decisionOf(answer)).toBe('boolean');
      expect(typeof (answer.body.context ?? {})).toBe('object');
    }
  });

  const without = (name: keyof typeof basic) => ({ ...basic, [name]: undefined });
  it.each([
    ['C-2-4-1', without('subject')],
    ['C-2-4-1', without('action')],
    ['C-2-4-1', without('resource')],
    ['C-2-4-2', { ...basic, subject: { id: 'alice' } }],
    ['C-2-4-2', { ...basic, subject: { type: 'user' } }],
    ['C-2-4-2', { ...basic, action: {} }],
    ['C-2-4-2', { ...basic, resource: { id: 'record-1' } }],
    ['C-2-4-2', { ...basic, resource: { type: 'record' } }],
    ['C-2-4-4', '{"subject": '],
    ['C-2-4-5', ''],
    ['C-2-4-6', { ...basic, subject: 'alice' }],
    ['C-2-4-6', { ...basic, action: { name: 123 } }],
    ['context', { ...basic, context: 'now' }],
    ['properties', { ...basic, subject: { ...alice, properties: [] } }],
    ['no object', []],
  ])('%s is a bad request: %j', async (_, request) => {
    const answer = await post('evaluation', request);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status: 400, code: expect.any(String) });
  });

  it('C-2-4-3: another content type is a bad request', async () => {
    const answer = await post('evaluation', basic, { 'content-type': 'text/plain' });
    expect(answer.status).toBe(400);
  });

  it('C-2-5: X-Request-ID is echoed, in refusals as well, and may be left out', async () => {
    const id = { 'x-request-id': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' };
    for (const request of [basic, {}, { evaluations: [] }]) {
      for (const to of ['evaluation', 'evaluations', 'search/subject']) {
        const answer = await post(to, request, id);
        expect(answer.headers.get('x-request-id')).toBe(id['x-request-id']);
      }
    }
    expect(decisionOf(await post('evaluation', basic))).toBe(true);
  });

  it('C-2-6: the same request has the same answer', async () => {
    for (let i = 0; i < 5; i++) expect(decisionOf(await post('evaluation', basic))).toBe(true);
  });
});

describe('batch', () => {
  it.each([
    [
      'C-3-2-1',
      { subject: alice, action: read, evaluations: [{ resource: record1 }, { resource: record2 }] },
      [true, true],
    ],
    [
      'C-3-2-2',
      { subject: bob, resource: record1, evaluations: [{ action: read }, { action: write }] },
      [true, false],
    ],
    [
      'C-3-2-3',
      {
        subject: alice,
        action: write,
        evaluations: [{ resource: active }, { resource: archived }],
      },
      [true, false],
    ],
    [
      'C-3-2-4',
      { action: write, resource: archived, evaluations: [{ subject: alice }, { subject: admin }] },
      [false, true],
    ],
    [
      'C-3-2-5',
      { evaluations: [basic, { subject: bob, action: write, resource: record1 }] },
      [true, false],
    ],
    [
      'C-3-2-6',
      {
        subject: alice,
        action: read,
        context,
        evaluations: [
          { resource: record1 },
          { resource: record2, context: { source: 'batch-override' } },
        ],
      },
      [true, true],
    ],
    [
      'C-3-2-7',
      {
        subject: alice,
        action: write,
        resource: active,
        evaluations: [{}, { resource: archived }],
      },
      [true, false],
    ],
  ])('%s and C-3-3: as many answers, in their order', async (_, request, decisions) => {
    const answer = await post('evaluations', request);
    expect(decisionsOf(answer)).toEqual(decisions);
    expect(answer.body).not.toHaveProperty('decision');
  });

  it('C-3-4-1: an evaluation that lacks something fails alone', async () => {
    const answer = await post('evaluations', {
      subject: alice,
      action: read,
      options: { evaluations_semantic: 'execute_all' },
      evaluations: [{ resource: record1 }, {}, { resource: { type: 'record' } }],
    });
    expect(decisionsOf(answer)).toEqual([true, false, false]);
    expect(answer.body.evaluations[1]?.context?.error).toMatchObject({ status: 400 });
  });

  it('C-3-4-2 and C-3-4-3: without evaluations it is a single one', async () => {
    expect(decisionOf(await post('evaluations', basic))).toBe(true);
    expect(decisionOf(await post('evaluations', { ...basic, evaluations: [] }))).toBe(true);
    for (const more of [{}, { evaluations: [] }]) {
      const refused = await post('evaluations', { subject: alice, action: read, ...more });
      expect(refused.status).toBe(400);
    }
  });

  const first = { resource: record1 };
  const refused = { action: write, subject: bob, resource: record1 };
  it.each([
    ['deny_on_first_deny', [first, refused, first], [true, false]],
    ['deny_on_first_deny', [first, {}, first], [true, false]],
    ['permit_on_first_permit', [refused, first, first], [false, true]],
    ['execute_all', [refused, first, first], [false, true, true]],
  ])('%s of %j', async (evaluations_semantic, evaluations, decisions) => {
    const options = { evaluations_semantic, another: 1 };
    const answer = await post('evaluations', {
      subject: alice,
      action: read,
      options,
      evaluations,
    });
    expect(decisionsOf(answer)).toEqual(decisions);
  });

  it.each([
    [{ evaluations: 'all' }],
    [{ evaluations: ['one'] }],
    [{ evaluations: [basic], subject: 'alice' }],
    [{ evaluations: [basic], options: { evaluations_semantic: 'some' } }],
    [{ evaluations: Array.from({ length: 1_001 }, () => basic) }],
  ])('refuses as a whole what is wrong as a whole', async (request) => {
    expect((await post('evaluations', request)).status).toBe(400);
  });
});

describe('search', () => {
  const user = { type: 'user' };
  const subjects = { subject: user, action: read, resource: record1 };
  const resources = { subject: alice, action: read, resource: { type: 'record' } };
  const actions = { subject: alice, resource: record1 };
  it.each([
    ['C-4-2-1', 'subject', subjects, [alice, bob]],
    ['C-4-2-2', 'subject', { ...subjects, context }, [alice, bob]],
    ['C-4-2-3', 'subject', { ...subjects, subject: alice }, [alice, bob]],
    ['C-4-2-4', 'subject', { subject: user, action: write, resource: archived }, [bob]],
    ['C-4-3-1', 'resource', resources, [record1, record2]],
    ['C-4-3-2', 'resource', { ...resources, context }, [record1, record2]],
    ['C-4-3-3', 'resource', { ...resources, resource: record1 }, [record1, record2]],
    ['C-4-3-4', 'resource', { ...resources, subject: admin, action: write }, [record2]],
    ['C-4-4-1', 'action', actions, [read, write]],
    ['C-4-4-2', 'action', { ...actions, context }, [read, write]],
    ['C-4-4-3', 'action', { subject: admin, resource: archived }, [read, write]],
  ])('%s', async (_, to, request, results) => {
    const answer = await post(`search/${to}`, request);
    expect(foundBy(answer)).toEqual(results);
    expect(answer.body.page).toEqual({ next_token: '', count: results.length });
  });

  it('C-4-5: pages go on from their token until it is empty, and find what one page finds', async () => {
    for (const [to, request] of [
      ['subject', subjects],
      ['resource', resources],
      ['action', actions],
    ] as const) {
      const whole = foundBy(await post(`search/${to}`, request));
      const found = [];
      let token: string | undefined;
      do {
        const page = token === undefined ? { limit: 1 } : { limit: 1, token };
        const answer = await post(`search/${to}`, { ...request, page });
        expect(foundBy(answer).length).toBeLessThanOrEqual(1);
        found.push(...answer.body.results);
        token = answer.body.page.next_token;
        expect(typeof token).toBe('string');
      } while (token !== '');
      expect(found).toEqual(whole);
    }
  });

  it('C-4-5-2: a token alone is enough', async () => {
    const { body } = await post('search/subject', { ...subjects, page: { limit: 1 } });
    const next = { ...subjects, page: { token: body.page.next_token } };
    const answer = await post('search/subject', next);
    expect(foundBy(answer)).toEqual([bob]);
    expect(answer.body.page.next_token).toBe('');
  });

  it.each([
    ['C-4-6-1', 'action', { ...actions, subject: { type: 'user', id: 'nonexistent-user' } }],
    ['C-4-6-1', 'subject', { ...subjects, resource: { type: 'record', id: 'nonexistent' } }],
    ['C-4-6-1', 'resource', { ...resources, subject: { type: 'user', id: 'nonexistent-user' } }],
    ['C-4-6-1', 'subject', { ...subjects, action: { name: 'nonexistent' } }],
    ['C-4-6-2', 'subject', { ...subjects, subject: { type: 'spaceship' } }],
    ['C-4-6-2', 'resource', { ...resources, resource: { type: 'spaceship' } }],
    ['C-4-6-2', 'action', { ...actions, subject: { type: 'spaceship', id: 'alice' } }],
  ])('%s in a search for a(n) %s finds nothing: %j', async (_, to, request) => {
    expect(foundBy(await post(`search/${to}`, request))).toEqual([]);
  });

  it.each([
    ['C-4-7-1', 'subject', { subject: user, resource: record1 }],
    ['C-4-7-1', 'resource', { action: read, resource: { type: 'record' } }],
    ['C-4-7-1', 'action', { subject: alice }],
    ['C-4-7-2', 'subject', { ...subjects, resource: { type: 'record' } }],
    ['C-4-7-2', 'resource', { ...resources, subject: user }],
    ['C-4-7-2', 'action', { ...actions, subject: user }],
    ['page', 'subject', { ...subjects, page: { limit: 'all' } }],
    ['page', 'subject', { ...subjects, page: 1 }],
  ])('%s in a search for a(n) %s is a bad request: %j', async (_, to, request) => {
    expect((await post(`search/${to}`, request)).status).toBe(400);
  });

  it('finds of whom an evaluation says true, and no other', async () => {
    const { results } = (await post('search/subject', subjects)).body;
    for (const subject of [alice, bob, { type: 'user', id: 'rick@the-citadel.com' }]) {
      const decision = decisionOf(await post('evaluation', { ...subjects, subject }));
      expect(results.some((one) => one.id === subject.id)).toBe(decision);
    }
  });
});

it('C-6: tells where everything is', async () => {
  const response = await fetch(`${gateway.url}/.well-known/authzen-configuration`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  const at = (to: string) => `${gateway.url}/access/v1/${to}`;
  expect(await response.json()).toMatchObject({
    policy_decision_point: gateway.url,
    access_evaluation_endpoint: at('evaluation'),
    access_evaluations_endpoint: at('evaluations'),
    search_subject_endpoint: at('search/subject'),
    search_resource_endpoint: at('search/resource'),
    search_action_endpoint: at('search/action'),
  });
});

describe.skipIf(!existsSync(scenario))(
  'every request that the scenario shows (../shared/vectors/authzen; skipped without)',
  () => {
    const shown = existsSync(scenario) ? shownIn(readFileSync(scenario, 'utf8')) : [];

    it('is read whole', () => expect(shown.length).toBeGreaterThan(45));

    it.each(shown.map((one, index) => [`${one.id} ${one.title} (${index})`, one] as const))(
      '%s',
      async (_, { path: to, request, status, answer }) => {
        const got = await post(to, request);
        expect(got.status, JSON.stringify(got.body)).toBe(status);
        if (status !== 200 || !answer) return;
        const { results } = answer;
        if (Array.isArray(results) && results.length === 0) expect(got.body.results).toEqual([]);
        else if (results)
          expect(got.body.results).toEqual(expect.arrayContaining(results as unknown[]));
        else expect(got.body).toMatchObject(answer);
      },
    );
  },
);

describe.skipIf(!existsSync(todo))(
  'the todo application (../shared/vectors/authzen; skipped without)',
  () => {
    interface Decisions {
      evaluation: { request: object; expected: boolean }[];
      evaluations: { request: object; expected: { decision: boolean }[] }[];
    }
    const { evaluation, evaluations }: Decisions = existsSync(todo)
      ? JSON.parse(readFileSync(todo, 'utf8'))
      : { evaluation: [], evaluations: [] };

    it.each(evaluation.map((one, index) => [index, one] as const))(
      'decision %i',
      async (_, { request, expected }) => {
        const answer = await post('evaluation', request);
        expect(decisionOf(answer)).toBe(expected);
        expect(answer.body.context?.error).toBeUndefined();
      },
    );

    it.each(evaluations.map((one, index) => [index, one] as const))(
      'decisions %i',
      async (_, { request, expected }) => {
        const answer = await post('evaluations', request);
        expect(decisionsOf(answer)).toEqual(expected.map(({ decision }) => decision));
        for (const one of answer.body.evaluations) expect(one.context?.error).toBeUndefined();
      },
    );
  },
);
