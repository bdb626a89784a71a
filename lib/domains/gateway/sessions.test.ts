/** What a session is told and kept with: bounded when it starts, and in memory by its size. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, type Pool } from '@/lib/infra/pg';
import { newId } from '@/lib/kernel/ids';
import { type RunningGateway, serveGateway } from './http/serve';
import { Sessions } from './sessions';
import { clientOf, makeWorld, type World } from './test/world';

let gateway: RunningGateway;
let world: World;
let pool: Pool;
let agent: { id: string; credential: string };
let client: ReturnType<typeof clientOf>;

beforeAll(async () => {
  world = await makeWorld();
  agent = await world.agent();
  pool = createPool('countersign_gateway', 2);
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  client = clientOf(gateway.url, world, agent);
});
afterAll(async () => {
  await gateway.stop();
  await pool.end();
  await world.close();
});

const started = { initiator: { type: 'customer', id: 'cus_1' }, auth_context: {}, attributes: {} };
const members = (count: number, value: unknown = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, value]));
const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });

/** Ids of the workspace's sessions, and what has been said. */
async function written() {
  const { rows } = await world.owner.query<{ id: string }>(
    'SELECT id FROM sessions WHERE workspace_id = $1 ORDER BY id',
    [world.workspace],
  );
  return { ids: rows.map(({ id }) => id), events: await world.events() };
}

describe('what a session is told', () => {
  const tooMuch: [string, object][] = [
    ['many members', members(301)],
    ['long text', members(20, 'x'.repeat(1_000))],
  ];
  const open: [string, object][] = [
    ...tooMuch,
    ['many items', { groups: Array.from({ length: 300 }, () => 1) }],
    ['many members in its members', members(100, members(3))],
    ['many levels', nested(6)],
  ];
  it.each([
    ...open.map(([what, told]) => ['initiator', what, told] as const),
    ...open.map(([what, told]) => ['auth_context', what, told] as const),
    ...tooMuch.map(([what, told]) => ['attributes', what, told] as const),
  ])('in %s may not be %s, and nothing is started', async (field, _, told) => {
    const before = await written();
    const reply = await client.send('POST', '/v1/sessions', { ...started, [field]: told });
    const message =
      'must have at most 16,000 characters of JSON, 300 members and items, and 5 levels';
    expect(reply).toMatchObject({
      status: 422,
      body: { code: 'invalid_input', errors: [{ field, message }] },
    });
    const after = await written();
    expect(after.ids).toEqual(before.ids);
    const said = after.events.filter(({ id }) => !before.events.some((one) => one['id'] === id));
    expect(said.map(({ type }) => type)).toEqual(['request.refused']);
  });

  it('may be all the claims of a token, with as many groups as there are in one', async () => {
    const groups = Array.from({ length: 200 }, () => crypto.randomUUID());
    const reply = await client.send('POST', '/v1/sessions', {
      initiator: nested(5),
      auth_context: { ...members(60, 'x'.repeat(40)), groups, address: { country: 'CH' } },
      attributes: members(300),
    });
    expect(reply.status).toBe(201);
  });
});

describe('sessions in memory', () => {
  /** Stores a session as it could be started before there was a bound. */
  async function stored(initiator: string): Promise<string> {
    const id = newId('ses');
    await world.owner.query(
      `INSERT INTO sessions (id, workspace_id, agent_id, initiator, auth_context, attributes, canary, expires_at)
       SELECT $1, $2, $3, ${initiator}, '{}', '{}', $1, now() + interval '1 hour'`,
      [id, world.workspace, agent.id],
    );
    return id;
  }
  // Little text, and many times that in memory.
  const large = `jsonb_build_object('a', ('[' || repeat('{},', 99999) || '{}]')::jsonb)`;
  const larger = `jsonb_build_object('a', repeat('x', 70000000))`;

  it('are as many as their size allows, and are read again', async () => {
    const sessions = new Sessions(pool);
    const ids: string[] = [];
    for (let n = 0; n < 10; n += 1) ids.push(await stored(large));
    for (const id of ids) expect(await sessions.load(world.workspace, id)).toBe(true);
    const kept = ids.filter((id) => sessions.peek(world.workspace, id));
    expect(kept.length).toBeGreaterThan(2);
    expect(kept).toEqual(ids.slice(-kept.length));
    expect(kept.length).toBeLessThan(ids.length);
    const [first = ''] = ids;
    expect(await sessions.load(world.workspace, first)).toBe(true);
    const again = sessions.peek(world.workspace, first);
    expect(again?.initiator['a']).toHaveLength(100_000);
  });

  it('are kept one at a time where each is larger than all may be', async () => {
    const sessions = new Sessions(pool);
    const id = await stored(larger);
    expect(await sessions.load(world.workspace, id)).toBe(true);
    expect(sessions.peek(world.workspace, id)?.id).toBe(id);
  });
});
