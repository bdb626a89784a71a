import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, inTenant, type Pool } from '@/lib/infra/pg';
import { newId } from '@/lib/kernel/ids';
import {
  Recorder,
  recordQuery,
  type Write,
  type WrittenEvent,
  type WrittenOutcome,
} from './recorder';
import { makeWorld, type World } from './test/world';

let world: World;
let pool: Pool;
const sizes: number[] = [];
const observer = { committed: (size: number) => sizes.push(size), failed: () => undefined };

beforeAll(async () => {
  world = await makeWorld();
  pool = createPool('countersign_gateway', 4);
});

afterAll(async () => {
  await pool.end();
  await world.close();
});

function write(over: Record<string, unknown> = {}): Write & { id: string } {
  const id = newId('act');
  const row = {
    id,
    workspace_id: world.workspace,
    agent_id: 'agt',
    session_id: 'ses',
    type: 't',
    parameters: {},
    summary: 's',
    why: 'w',
    evidence: [],
    untrusted: [],
    decision: 'allow',
    tier: 1,
    reasons: [],
    permissions: [],
    policy_version: 'p',
    digest: 'd',
    status: 'running',
    idempotency_key: id,
    request_hash: 'h',
    created_at: new Date(),
    ...over,
  };
  return { id, key: row.idempotency_key, action: JSON.stringify(row), events: [event(id)] };
}

/** As the trail wants it: another suite's sequencer may take it before it is looked for. */
function event(of: string): WrittenEvent {
  const id = newId('evt');
  const said = {
    id,
    time: new Date().toISOString(),
    workspace: world.workspace,
    type: 'action.decided',
    actor: { type: 'agent', id: 'agt' },
    action: of,
  };
  return { id, of, text: JSON.stringify(said) };
}

const outcome = (id: string): Write => ({
  id,
  outcome: {
    status: 'succeeded',
    result: JSON.stringify({ ok: true }),
    error: null,
    at: new Date().toISOString(),
  },
  events: [event(id)],
});

async function eventsOf(id: string) {
  return (await world.events()).filter((one) => one['action'] === id);
}

async function statusOf(...ids: string[]) {
  const { rows } = await world.owner.query<{ id: string; status: string }>(
    'SELECT id, status FROM actions WHERE id = ANY ($1)',
    [ids],
  );
  return ids.map((id) => rows.find((row) => row.id === id)?.status);
}

describe('group commit', () => {
  it('writes what is queued during a commit together, and answers each', async () => {
    const recorder = new Recorder(pool, observer);
    sizes.length = 0;
    const writes = Array.from({ length: 100 }, () => write());
    const first = writes.slice(0, 10).map((one) => recorder.record(world.workspace, one));
    await new Promise((resolve) => process.nextTick(resolve));
    const rest = writes.slice(10).map((one) => recorder.record(world.workspace, one));
    expect((await Promise.all([...first, ...rest])).every(Boolean)).toBe(true);
    expect(sizes).toEqual([10, 90]);
    const ended = await Promise.all(
      writes.map((one) => recorder.recordOutcome(world.workspace, outcome(one.id))),
    );
    expect(ended.every(Boolean)).toBe(true);
    expect(await eventsOf(writes[7]?.id ?? '')).toHaveLength(2);
    expect(recorder.queued).toBe(0);
  });

  it('lets an outcome share the commit of the next decision, and writes it alone if none comes', async () => {
    const recorder = new Recorder(pool, observer);
    const [first, second] = [write(), write()];
    await recorder.record(world.workspace, first);
    sizes.length = 0;
    const ended = recorder.recordOutcome(world.workspace, outcome(first.id));
    expect(await recorder.record(world.workspace, second)).toBe(true);
    expect(await ended).toBe(true);
    expect(sizes).toEqual([2]);
    expect(await recorder.recordOutcome(world.workspace, outcome(second.id))).toBe(true);
    expect(sizes).toEqual([2, 1]);
  });

  it('makes no decision wait for a commit of outcomes alone', async () => {
    const recorder = new Recorder(pool, observer);
    const [first, second, third] = [write(), write(), write()];
    await recorder.record(world.workspace, first);
    sizes.length = 0;
    const recorded = recorder.record(world.workspace, second);
    // Its commit is in flight; what ends meanwhile goes with the next decision.
    await new Promise((resolve) => setImmediate(resolve));
    const ended = recorder.recordOutcome(world.workspace, outcome(first.id));
    await recorded;
    expect(await recorder.record(world.workspace, third)).toBe(true);
    expect(await ended).toBe(true);
    expect(sizes).toEqual([1, 2]);
  });

  it('writes an outcome that waits for company before it stops', async () => {
    const recorder = new Recorder(pool, observer);
    const one = write();
    await recorder.record(world.workspace, one);
    const ended = recorder.recordOutcome(world.workspace, outcome(one.id));
    await recorder.drain();
    expect(await ended).toBe(true);
    expect(recorder.queued).toBe(0);
  });

  it('leaves a used key alone, with its event, also within one batch', async () => {
    const recorder = new Recorder(pool, observer);
    const key = newId('key');
    const twice = [write(), write({ idempotency_key: key }), write({ idempotency_key: key })];
    const written = await Promise.all(twice.map((one) => recorder.record(world.workspace, one)));
    expect(written.filter(Boolean)).toHaveLength(2);
    const loser = twice[written.indexOf(false)];
    expect(await eventsOf(loser?.id ?? '')).toEqual([]);
  });

  it('records an outcome once', async () => {
    const recorder = new Recorder(pool, observer);
    const one = write();
    await recorder.record(world.workspace, one);
    expect(await recorder.recordOutcome(world.workspace, outcome(one.id))).toBe(true);
    expect(await recorder.recordOutcome(world.workspace, outcome(one.id))).toBe(false);
    expect(await eventsOf(one.id)).toHaveLength(2);
  });

  it('writes an outcome at the place where its row lies, also one that has been moved', async () => {
    const asked: ReturnType<typeof recordQuery>[] = [];
    const watched = {
      query: (query: ReturnType<typeof recordQuery>) => {
        asked.push(query);
        return pool.query(query);
      },
    } as unknown as Pool;
    const recorder = new Recorder(watched, observer);
    const [stays, moves] = [write(), write()];
    await Promise.all([stays, moves].map((one) => recorder.record(world.workspace, one)));
    const placed = await world.owner.query<{ id: string; place: string }>(
      'UPDATE actions SET summary = $2 WHERE id = $1 RETURNING ctid::text AS place',
      [moves.id, 'moved'],
    );
    const ended = await Promise.all(
      [stays, moves].map(({ id }) => recorder.recordOutcome(world.workspace, outcome(id))),
    );
    expect(ended).toEqual([true, true]);
    const places = String(asked.at(-1)?.values[4]);
    expect(places).toMatch(/\(\d+,\d+\)/);
    expect(places).not.toContain(placed.rows[0]?.place);
    expect(await statusOf(stays.id, moves.id)).toEqual(['succeeded', 'succeeded']);
    for (const { id } of [stays, moves]) expect(await eventsOf(id)).toHaveLength(2);
    // An ended action's place is not kept: the next outcome is looked for by its id.
    expect(await recorder.recordOutcome(world.workspace, outcome(stays.id))).toBe(false);
    expect(asked.at(-1)?.values[4]).toBeNull();
  });

  it('ends by their places only what runs there, in its own workspace', async () => {
    const recorder = new Recorder(pool, observer);
    const [one, two, done] = [write(), write(), write({ status: 'succeeded' })];
    await Promise.all([one, two, done].map((each) => recorder.record(world.workspace, each)));
    const ids = [one.id, two.id, done.id];
    const { rows } = await world.owner.query<{ id: string; place: string }>(
      'SELECT id, ctid::text AS place FROM actions WHERE id = ANY ($1)',
      [ids],
    );
    const places = ids.map((id) => rows.find((row) => row.id === id)?.place ?? null);
    const end = (workspace: string, at: (string | null)[]) =>
      inTenant(pool, workspace, async (client) => {
        const ended = await client.query<{ ended: string[] }>(
          `SELECT gateway_end($1, $2, '{succeeded,succeeded,succeeded}', '{1,2,3}', '{NULL,NULL,NULL}',
             array_fill(now()::text, '{3}')) AS ended`,
          [ids, at],
        );
        return ended.rows[0]?.ended;
      });
    expect(await end('ws_other', places)).toEqual([]);
    expect(await end(world.workspace, [places[1] ?? null, null, places[2] ?? null])).toEqual([]);
    expect(await statusOf(...ids)).toEqual(['running', 'running', 'succeeded']);
    expect((await end(world.workspace, places))?.toSorted()).toEqual([one.id, two.id].toSorted());
    expect(await statusOf(...ids)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('writes no outcome to another row that lies at its place', async () => {
    const recorder = new Recorder(pool, observer);
    const [mine, other] = [write(), write()];
    await Promise.all([mine, other].map((one) => recorder.record(world.workspace, one)));
    const { rows } = await world.owner.query<{ place: string }>(
      'SELECT ctid::text AS place FROM actions WHERE id = $1',
      [other.id],
    );
    const places = new Map([[mine.id, rows[0]?.place ?? '']]);
    await pool.query(recordQuery(world.workspace, [outcome(mine.id)], places));
    expect(await statusOf(mine.id, other.id)).toEqual(['succeeded', 'running']);
    expect(await eventsOf(other.id)).toHaveLength(1);
  });

  it('writes the outcome of what another process recorded', async () => {
    const one = write();
    await new Recorder(pool, observer).record(world.workspace, one);
    const recorder = new Recorder(pool, observer);
    expect(await recorder.recordOutcome(world.workspace, outcome(one.id))).toBe(true);
    expect(await statusOf(one.id)).toEqual(['succeeded']);
  });

  it('a write that the database refuses takes no neighbour along', async () => {
    const recorder = new Recorder(pool, observer);
    const good = [write(), write()];
    const bad = write({ tier: 'three' });
    const [first, second, third] = await Promise.allSettled(
      [good[0], bad, good[1]].map((one) => recorder.record(world.workspace, one ?? bad)),
    );
    expect(first).toMatchObject({ value: true });
    expect(second).toMatchObject({ reason: { status: 503, code: 'not_recorded' } });
    expect(third).toMatchObject({ value: true });
    expect(await eventsOf(bad.id)).toEqual([]);
  });

  it('writes nothing of another workspace', async () => {
    const recorder = new Recorder(pool, observer);
    const other = await makeWorld();
    const stray = write({ workspace_id: other.workspace });
    await expect(recorder.record(world.workspace, stray)).rejects.toMatchObject({ status: 503 });
    expect(await other.actions()).toEqual([]);
    expect(await other.events()).toEqual([]);
    await other.close();
  });

  it('turns away what does not fit its queue, never an outcome', async () => {
    const recorder = new Recorder(pool, observer, { writes: 2 });
    const writes = [write(), write(), write()];
    const [, , third] = await Promise.allSettled(
      writes.map((one) => recorder.record(world.workspace, one)),
    );
    expect(third).toMatchObject({ reason: { status: 503, code: 'overloaded' } });
    expect(await eventsOf(writes[2]?.id ?? '')).toEqual([]);
    const first = writes[0]?.id ?? '';
    const busy = [write(), write()].map((one) => recorder.record(world.workspace, one));
    expect(await recorder.recordOutcome(world.workspace, outcome(first))).toBe(true);
    await Promise.all(busy);
  });

  it('turns no other workspace away for what one has waiting, as long as it has little itself', async () => {
    const recorder = new Recorder(pool, observer, { writes: 32, size: 1_000_000 });
    const other = await makeWorld();
    const record = (of: World, over = {}) =>
      recorder.record(of.workspace, write({ workspace_id: of.workspace, ...over }));
    const mine = Array.from({ length: 32 }, () => record(world));
    await expect(record(world)).rejects.toMatchObject({ status: 503, code: 'overloaded' });
    const theirs = [record(other), record(other)];
    await expect(record(other)).rejects.toMatchObject({ status: 503, code: 'overloaded' });
    expect(await Promise.all([...mine, ...theirs])).not.toContain(false);
    expect(await other.actions()).toHaveLength(2);

    const large = [record(world, { why: 'x'.repeat(1_000_000) }), record(other)];
    const half = record(other, { why: 'x'.repeat(60_000) });
    await expect(record(other)).rejects.toMatchObject({ status: 503, code: 'overloaded' });
    expect(await Promise.all([...large, half])).not.toContain(false);
    expect(await record(other)).toBe(true);
    expect(await other.actions()).toHaveLength(5);
    await other.close();
  });

  it('turns away what comes while too much text waits, and takes it once that is written', async () => {
    const recorder = new Recorder(pool, observer, { size: 100_000 });
    const large = () => write({ why: 'x'.repeat(60_000) });
    const [first, second, third] = [large(), large(), write()];
    const taken = [first, second].map((one) => recorder.record(world.workspace, one));
    await expect(recorder.record(world.workspace, third)).rejects.toMatchObject({
      status: 503,
      code: 'overloaded',
    });
    expect(await Promise.all(taken)).toEqual([true, true]);
    expect(await statusOf(third.id)).toEqual([undefined]);
    expect(await eventsOf(third.id)).toEqual([]);
    const ended = { ...outcome(first.id).outcome, result: JSON.stringify('x'.repeat(200_000)) };
    const busy = recorder.recordOutcome(world.workspace, {
      ...outcome(first.id),
      outcome: ended as WrittenOutcome,
    });
    await expect(recorder.record(world.workspace, third)).rejects.toMatchObject({ status: 503 });
    expect(await busy).toBe(true);
    expect(await recorder.record(world.workspace, third)).toBe(true);
  });

  it('writes as much in one statement as its size allows, one write in any case', async () => {
    const recorder = new Recorder(pool, observer);
    const sized = (megabytes: number) => write({ why: 'x'.repeat(megabytes * 1024 * 1024) });
    sizes.length = 0;
    const writes = [3, 3, 3, 9, 1].map(sized);
    const written = writes.map((one) => recorder.record(world.workspace, one));
    expect(await Promise.all(written)).toEqual(writes.map(() => true));
    expect(sizes).toEqual([2, 1, 1, 1]);
    expect(await statusOf(...writes.map(({ id }) => id))).toEqual(writes.map(() => 'running'));
  });

  it('fails when the database is gone, and nothing is pending after', async () => {
    const gone = createPool('countersign_gateway', 1);
    const recorder = new Recorder(gone, observer);
    await gone.end();
    await expect(recorder.record(world.workspace, write())).rejects.toMatchObject({
      code: 'not_recorded',
    });
    const late = recorder.recordOutcome(world.workspace, outcome('act_x'));
    const [ended] = await Promise.allSettled([late, recorder.drain()]);
    expect(ended).toMatchObject({ reason: { code: 'not_recorded' } });
    expect(recorder.queued).toBe(0);
  });
});
