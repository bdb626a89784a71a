/** How much work one request of AuthZEN can make, whatever it gives for all that it asks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, serveGateway } from '../http/serve';
import { makeWorld, type World } from '../test/world';
import { evaluateMany } from './evaluate';
import type { From } from './from';
import type { Evaluations } from './schema';
import { searchActions } from './search';
import { adminOf, asking, loadFixture, type Post, tokenOf } from './test/world';

let gateway: RunningGateway;
let world: World;
let post: Post;
let agent: { id: string };

beforeAll(async () => {
  world = await makeWorld();
  await loadFixture(world);
  agent = await world.agent();
  const role = await world.role(agent.id);
  const tool = await world.tool('http://127.0.0.1:9', { name: 'orders' });
  for (let n = 0; n < 60; n += 1) {
    const type = await world.actionType(tool, { key: `notes.n${String(n).padStart(2, '0')}` });
    await world.permission(role, type, { tier: 2 });
  }
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  post = asking(gateway.url, await tokenOf(world));
});
afterAll(async () => {
  await gateway.stop();
  await world.close();
});

const question = () => ({
  subject: { type: 'agent', id: agent.id },
  action: { name: 'notes.n00' },
  resource: { type: 'tool', id: 'orders' },
});
const members = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, n]));

/** Who asks within this process; `asks` is told of each question about an agent. */
async function from(asks: () => void): Promise<From> {
  const snapshot = await gateway.gateway.snapshots.get(world.workspace);
  const sees = () => {
    asks();
    return true;
  };
  return { ctx: adminOf(world), snapshot, sees, address: null, now: Date.now() };
}

const batch = (evaluations: Record<string, unknown>[], shared: object): Evaluations => ({
  ...question(),
  ...shared,
  evaluations,
  options: { evaluations_semantic: 'execute_all' },
});

/** Calls to `asks`, each by the turn of the event loop that it fell in. */
async function turnsOf(work: (asks: () => void) => Promise<unknown>): Promise<number[]> {
  let turn = 0;
  let done = false;
  const next = () => {
    turn += 1;
    if (!done) setImmediate(next);
  };
  setImmediate(next);
  const turns: number[] = [];
  await work(() => turns.push(turn));
  done = true;
  return turns;
}

describe('evaluations with much that is given for all', () => {
  it.each([
    ['a context of many members', { context: members(60_000) }],
    ['a long property', { action: { name: 'notes.n00', properties: { a: 'x'.repeat(900_000) } } }],
    [
      'a subject of many members',
      { subject: { type: 'user', id: 'alice', properties: members(60_000) } },
    ],
  ])('are refused when they are many: %s', async (_, shared) => {
    const before = new Set((await world.events()).map(({ id }) => id));
    const evaluations = Array.from({ length: 1_000 }, () => ({}));
    const answer = await post('evaluations', { ...question(), ...shared, evaluations });
    expect(answer).toMatchObject({
      status: 413,
      body: {
        code: 'too_many_evaluations',
        detail: expect.stringMatching(/at most \d evaluations\. Send fewer at a time/),
      },
    });
    const events = (await world.events()).filter(({ id }) => !before.has(id));
    expect(events.map(({ type }) => type)).toEqual(['request.refused']);
  });

  it('are answered when they are few, or when each gives it itself', async () => {
    const context = members(60_000);
    const few = await post('evaluations', { ...question(), context, evaluations: [{}, {}, {}] });
    expect(few.body.evaluations.map(({ decision }) => decision)).toEqual([true, true, true]);
    const evaluations = Array.from({ length: 1_000 }, (_, n) => ({ context: { n } }));
    const many = await post('evaluations', { ...question(), evaluations });
    expect(many.body.evaluations).toHaveLength(1_000);
  });

  it('have it read once, and not for each of them', async () => {
    let reads = 0;
    const context = Object.defineProperty({}, 'note', {
      enumerable: true,
      get: () => {
        reads += 1;
        return 'x';
      },
    });
    const request = batch(
      Array.from({ length: 100 }, () => ({})),
      { context },
    );
    const answers = await evaluateMany(gateway.gateway, await from(() => undefined), request);
    expect(answers.every(({ decision }) => decision)).toBe(true);
    expect(reads).toBe(1);
  });

  it('say what is wrong with one of them alone', async () => {
    const { subject, resource } = question();
    const { body } = await post('evaluations', {
      ...{ subject, resource },
      evaluations: [{}, { action: { name: 1 } }, { action: { name: 'notes.n00' } }],
    });
    expect(body.evaluations).toMatchObject([
      { context: { error: { status: 400, message: 'action: must be an object' } } },
      { context: { error: { status: 400, message: 'action.name: must be a string' } } },
      { decision: true },
    ]);
  });
});

describe('other requests', () => {
  const mostInOne = (turns: readonly number[]) =>
    Math.max(...turns.map((turn) => turns.filter((other) => other === turn).length));

  it('have their turns between evaluations, sooner where much is given for all', async () => {
    const evaluations = Array.from({ length: 60 }, () => ({}));
    const small = await turnsOf(async (asks) =>
      evaluateMany(gateway.gateway, await from(asks), batch(evaluations, {})),
    );
    expect([small.length, mostInOne(small)]).toEqual([60, 25]);
    const context = { note: 'x'.repeat(65_536) };
    const large = await turnsOf(async (asks) =>
      evaluateMany(gateway.gateway, await from(asks), batch(evaluations, { context })),
    );
    expect([large.length, mostInOne(large)]).toEqual([60, 1]);
  });

  it('have their turns within a search, which looks at fewer the larger its question is', async () => {
    const { subject, resource } = question();
    const context = { note: 'x'.repeat(250_000) };
    const found: string[] = [];
    let page = {};
    let requests = 0;
    for (;;) {
      const asked = { subject, resource, context, page };
      const turns = await turnsOf(async (asks) => {
        const answer = await searchActions(gateway.gateway, await from(asks), asked);
        found.push(...answer.results.map(({ name }) => name));
        page = { token: answer.page.next_token };
      });
      requests += 1;
      expect(turns.length).toBeLessThanOrEqual(16);
      expect(mostInOne(turns)).toBe(1);
      if ('token' in page && page.token === '') break;
    }
    expect(found).toHaveLength(60);
    expect(requests).toBe(4);
  });
});
