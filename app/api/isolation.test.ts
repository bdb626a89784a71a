import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apis } from './apis';
import { type Ids, nobodys } from './test/ids';
import { bodyOf, call, fill, placesOf, references, routes } from './test/requests';
import { eventsOf, rowsOf, type Said, saidSince } from './test/state';
import { makeSurroundings, makeWorld, proposal, type Surroundings, type World } from './test/world';

/** Two whole workspaces take a while on a busy machine. */
const SETUP_LIMIT_MS = 400_000;

let around: Surroundings;
/** What must not be reached, and who tries. */
let a: World;
let b: World;
let before: { rows: Record<string, string>; events: Map<string, Said> }[];

beforeAll(async () => {
  around = await makeSurroundings();
  a = await makeWorld(around);
  b = await makeWorld(around);
  before = await Promise.all([look(a), look(b)]);
}, SETUP_LIMIT_MS);

afterAll(() => around?.close());

async function look({ workspace }: World) {
  return {
    rows: await rowsOf(around.owner, workspace),
    events: await eventsOf(around, workspace),
  };
}

/** Everything by which an answer could betray the other workspace. */
function marksOf({ ids, workspace, mark }: World): string[] {
  return [...Object.values(ids), workspace, mark];
}

function betrayed(text: string, except: string[] = []): string[] {
  return marksOf(a).filter((mark) => text.includes(mark) && !except.includes(mark));
}

/** What may be said of the one who tries: refusals, and the exports of their own trail and evidence below. */
const expected = new Set([
  'request.refused',
  'trail.exported',
  'trail.export_downloaded',
  'campaign.exported',
  'authzen.evaluated',
  'authzen.searched',
]);

/** What is not as it was: nothing may be, but for what is expected. */
async function changes(): Promise<unknown[]> {
  const [rowsA, rowsB] = await Promise.all([
    rowsOf(around.owner, a.workspace),
    rowsOf(around.owner, b.workspace),
  ]);
  const differing = (was: Record<string, string> | undefined, is: Record<string, string>) =>
    Object.keys(is).filter((table) => was?.[table] !== is[table]);
  const saidA = await saidSince(around, a.workspace, before[0]?.events ?? new Map());
  const saidB = await saidSince(around, b.workspace, before[1]?.events ?? new Map());
  return [
    ...differing(before[0]?.rows, rowsA),
    ...differing(before[1]?.rows, rowsB),
    ...saidA,
    ...saidB.filter(({ type }) => !expected.has(type)),
  ];
}

const withPlaces = routes.filter(({ endpoint }) =>
  placesOf(endpoint.path).some(({ kind }) => kind !== 'shared'),
);

// First: what others ask for below, by ids that are not theirs, their own trail will repeat.
describe("the console, with one's own ids", () => {
  it.each(routes.filter(({ endpoint }) => endpoint.method === 'GET'))(
    "$name shows one's own and nothing else",
    async (route) => {
      const { status, text } = await call(route, b.all.token, fill(route.endpoint.path, b.ids));
      expect([status, betrayed(text)]).toEqual([200, []]);
    },
  );
});

describe("the console, with another workspace's ids", () => {
  it.each(withPlaces)('$name answers 404 in its path', async (route) => {
    const { endpoint } = route;
    const body = bodyOf(endpoint, b.ids);
    const answers = [await call(route, b.all.token, fill(endpoint.path, a.ids), body)];
    // Each place by itself as well, the others being one's own.
    const kinds = placesOf(endpoint.path).flatMap(({ kind }) => (kind === 'shared' ? [] : [kind]));
    if (kinds.length > 1) {
      for (const kind of kinds) {
        const mixed = fill(endpoint.path, { ...b.ids, [kind]: a.ids[kind] });
        answers.push(await call(route, b.all.token, mixed, body));
      }
    }
    for (const { status, text } of answers) {
      expect([status, text]).toEqual([404, expect.stringContaining('"not_found"')]);
      expect(betrayed(text)).toEqual([]);
    }
    // Exactly as for an id that nothing has.
    const none = await call(route, b.all.token, fill(endpoint.path, nobodys()), body);
    expect(none).toEqual(answers[0]);
    expect(await changes()).toEqual([]);
  });

  const inBodies = routes
    .filter(({ endpoint }) => endpoint.method !== 'GET')
    .flatMap((route) => references(route).map((reference) => ({ ...route, ...reference })));

  it.each(inBodies)('$name refuses one as its $field', async (route) => {
    const { endpoint, field, kind } = route;
    const foreign: Ids = { ...b.ids, [kind]: a.ids[kind] };
    const body = { ...bodyOf(endpoint, b.ids), [field]: foreign[kind] };
    const answer = await call(route, b.all.token, fill(endpoint.path, b.ids), body);
    expect([404, 422]).toContain(answer.status);
    if (answer.status === 422) expect(answer.fields).toEqual([field]);
    expect(betrayed(answer.text)).toEqual([]);
    expect(await changes()).toEqual([]);
  });

  const inQueries = routes
    .filter(({ endpoint }) => endpoint.method === 'GET')
    .flatMap((route) => references(route).map((reference) => ({ ...route, ...reference })));

  it.each(inQueries)('$name finds nothing by it as $field', async (route) => {
    const { endpoint, field, kind } = route;
    const target = `${fill(endpoint.path, b.ids)}?${field}=${a.ids[kind]}`;
    const { status, text } = await call(route, b.all.token, target);
    expect([200, 404]).toContain(status);
    // An export's manifest repeats the filters that it was asked for.
    const repeated = endpoint.path === '/api/trail/export' ? [a.ids[kind]] : [];
    expect(betrayed(text, repeated)).toEqual([]);
    expect(repeated.length === 0 || text.includes('"count":0')).toBe(true);
  });
});

describe('the console, with text that PostgreSQL has no place for', () => {
  it.each(routes)('$name names the field and writes nothing', async (route) => {
    const { endpoint } = route;
    const path = fill(endpoint.path, b.ids);
    const { status, fields } =
      endpoint.method === 'GET'
        ? await call(route, b.all.token, `${path}?q=a%00b`)
        : await call(route, b.all.token, path, { ...bodyOf(endpoint, b.ids), word: ['a\0b'] });
    expect([status, fields]).toEqual([422, [endpoint.method === 'GET' ? 'q' : 'word.0']]);
    expect(await changes()).toEqual([]);
  });

  it.each(withPlaces)('$name finds nothing by it in its path', async (route) => {
    const { endpoint } = route;
    for (const [word, status] of [
      ['%00', 422],
      ['%zz', 404],
    ] as const) {
      const path = endpoint.path.replaceAll(/\{\w+\}/g, word);
      const answer = await call(route, b.all.token, path, bodyOf(endpoint, b.ids));
      expect([word, answer.status]).toEqual([word, status]);
    }
    expect(await changes()).toEqual([]);
  });
});

describe('every route', () => {
  it('is in the list that these tests go through', () => {
    const here = import.meta.dirname;
    const folders = readdirSync(here, { recursive: true, encoding: 'utf8' })
      .filter((file) => path.basename(file) === 'route.ts')
      .filter((file) => /\bserve\(/.test(readFileSync(path.join(here, file), 'utf8')))
      .map((file) => file.split(path.sep)[0] ?? '');
    expect(new Set(apis.map(({ name }) => name))).toEqual(new Set(folders));
  });

  it('needs its ids described: a new one without is an error', () => {
    expect(() => placesOf('/api/things/{id}')).toThrow('Say in places what /api/things/{id} names');
  });
});

describe("the gateway, with another workspace's ids", () => {
  const requests: Record<string, (world: World) => [string, string, unknown?]> = {
    'DELETE /v1/sessions/{id}': ({ ids }) => ['DELETE', `/v1/sessions/${ids.session}`],
    'GET /v1/actions/{id}': ({ ids }) => ['GET', `/v1/actions/${ids.held}?wait=1`],
    'POST /v1/actions/{id}/cancel': ({ ids }) => ['POST', `/v1/actions/${ids.held}/cancel`],
    'POST /v1/actions/{id}/answer': ({ ids }) => [
      ...(['POST', `/v1/actions/${ids.held}/answer`] as const),
      { question: ids.question, answer: 'It is' },
    ],
    'POST /v1/actions': ({ ids }) => ['POST', '/v1/actions', proposal(ids.session, 2)],
  };
  const withoutIds = ['POST /v1/sessions'];
  /** Checkpoints and hashes tell nothing of the events: they are open to every verifier. */
  const open = ['GET /trail/{workspace}/checkpoint', 'GET /trail/{workspace}/tile/{level}/{index}'];
  const entries = 'GET /trail/{workspace}/tile/entries/{index}';
  /** What is the same for everyone. */
  const described = [
    '/.well-known/authzen-configuration',
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-protected-resource',
    '/.well-known/jwks.json',
    '/healthz',
    '/readyz',
    '/metrics',
    '/openapi.json',
  ].map((route) => `GET ${route}`);
  /** AuthZEN knows none of another workspace's: denied, or not among what is found. */
  const asked: Record<string, (world: World) => object> = {
    '/access/v1/evaluation': ({ ids }) => question(ids.agent),
    '/access/v1/evaluations': ({ ids }) => ({ evaluations: [question(ids.agent)] }),
    '/access/v1/search/subject': ({ ids }) => ({
      ...{ subject: { type: 'agent' }, action: { name: 'notes.tier_2' } },
      resource: { type: 'tool', id: ids.tool },
    }),
    '/access/v1/search/resource': ({ ids }) => ({
      ...question(ids.agent),
      resource: { type: 'tool' },
    }),
    '/access/v1/search/action': ({ ids }) => question(ids.agent),
  };
  const question = (agent: string) => ({
    subject: { type: 'agent', id: agent },
    action: { name: 'notes.tier_2' },
    resource: { type: 'action_type', id: 'notes.tier_2' },
  });

  /**
   * Tried with another workspace's bindings and tasks in lib/domains/approvals/access-refusals.test.ts, and with
   * another's tokens in lib/domains/identity/oauth/oauth.test.ts.
   */
  const elsewhere = [
    'POST /oauth/token',
    'POST /oauth/revoke',
    'POST /oauth/introspect',
    'POST /access/v1/requests',
    'GET /access/v1/requests/{id}',
    'POST /access/v1/requests/{id}/cancel',
  ];

  it('has no route that is not tried here or there', async () => {
    const document = await (await fetch(`${around.gateway}/openapi.json`)).json();
    const names = Object.entries(document.paths as Record<string, object>).flatMap(
      ([route, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${route}`),
    );
    expect(new Set(names)).toEqual(
      new Set([
        ...[...Object.keys(requests), ...withoutIds, ...open, entries, ...described, ...elsewhere],
        ...Object.keys(asked).map((route) => `POST ${route}`),
      ]),
    );
  });

  it.each(Object.entries(asked))('POST %s tells nothing of it', async (route, request) => {
    const own = await b.agent('POST', route, request(b));
    expect(JSON.stringify(own.body)).toMatch(/"decision":true|"results":\[\{/);
    const foreign = await b.agent('POST', route, request(a));
    expect(foreign.status).toBe(200);
    expect(JSON.stringify(foreign.body)).toMatch(/"decision":false|"results":\[\]/);
    expect(betrayed(JSON.stringify(foreign.body))).toEqual([]);
    expect(await changes()).toEqual([]);
  });

  it.each(Object.entries(requests))('%s answers 404', async (_, request) => {
    const answer = await b.agent(...request(a));
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(betrayed(JSON.stringify(answer.body))).toEqual([]);
    expect(await changes()).toEqual([]);
  });

  it(`${entries} answers 404`, async () => {
    const answer = await fetch(`${around.gateway}/trail/${a.workspace}/tile/entries/000.p/1`, {
      headers: { authorization: `Bearer ${b.all.token}` },
    });
    const text = await answer.text();
    expect([answer.status, betrayed(text)]).toEqual([404, []]);
    expect(await changes()).toEqual([]);
  });

  it("goes on serving the workspace's own agent", async () => {
    const answer = await a.agent('GET', `/v1/actions/${a.ids.held}`);
    expect(answer).toMatchObject({ status: 200, body: { status: 'pending' } });
  });
});
