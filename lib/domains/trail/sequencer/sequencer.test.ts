import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb, db, inWorkspace } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { childEnv, env } from '@/lib/infra/env';
import { SUPERVISED } from '@/lib/infra/process';
import { bundle } from '@/lib/infra/testing/bundle';
import { closeTrailDb, connectAs } from '@/lib/infra/trail-db';
import { jobContext } from '@/lib/kernel/context';
import { appendEvents, makeEvent, type NewEvent, type TrailEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { noKeys } from '../payload/keys';
import { readPayload } from '../payload/service/read';
import { reader } from '../payload/test/world';
import type { EventRow } from '../repo';
import type { Edge } from '../search/engine';
import { postgresSearch } from '../search/postgres';
import { checkLog } from '../verification/check';
import { drainBatch } from './drain';
import { drainOutbox, LOCK } from './run';
import { readRow, recordOf } from './record';
import { newWriterState, writeBatch } from './writer';
import { batchOf } from '../test/batch';

/** One file, so that most of a round is work to be killed in and not the start. */
let script: string;

beforeAll(async () => {
  script = await bundle('workers/sequencer.ts');
});

afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

async function say(workspace: string, ...events: NewEvent[]): Promise<TrailEvent[]> {
  const made = events.map((event) => makeEvent(jobContext(workspace, 'test.load'), event));
  await inWorkspace(workspace, (tx) => appendEvents(tx, made));
  return made;
}

const numbered = (count: number, from = 0): NewEvent[] =>
  Array.from({ length: count }, (_, at) => ({
    type: 'test.happened',
    data: { number: from + at },
  }));

/** Rows of this workspace that still wait, read as the sequencer does. */
async function waiting(workspace: string): Promise<number> {
  const { client } = await connectAs('countersign_sequencer');
  try {
    const { rows } = await client.query<{ count: string }>(
      'SELECT count(*) FROM outbox WHERE workspace_id = $1',
      [workspace],
    );
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}

describe('draining the outbox', () => {
  it('gives each workspace its own log, in the order of its events, and empties the outbox', async () => {
    const [one, two] = [newId('ws'), newId('ws')];
    const first = await say(one, ...numbered(3));
    await say(two, ...numbered(1));
    const second = await say(one, ...numbered(2, 3));
    await drainOutbox();
    const rows = await postgresSearch.findEvents(one, {}, { limit: 10 });
    expect(rows.map((row) => [Number(row.idx), row.id]).toSorted()).toEqual(
      [...first, ...second].map((event, at) => [at, event.id]).toSorted(),
    );
    expect(await checkLog(one)).toMatchObject({ status: 'ok', size: 5, detail: '' });
    expect(await checkLog(two)).toMatchObject({ status: 'ok', size: 1 });
    expect(await waiting(one)).toBe(0);
  });

  it('takes what the trail already has out of the outbox and appends nothing', async () => {
    const workspace = newId('ws');
    const { client } = await connectAs('countersign_trail_writer');
    try {
      // Before the events are there, or another suite's sequencer might take them.
      await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
      const events = await say(workspace, ...numbered(4));
      // A crash between the two databases: the trail has committed, the outbox row is still there.
      const records = events.slice(0, 3).map((event) =>
        recordOf(
          readRow({
            id: event.id,
            workspace_id: workspace,
            event: JSON.stringify(event),
            created_at: new Date(),
          }),
          noKeys,
        ),
      );
      await writeBatch(client, batchOf(records), newWriterState());
    } finally {
      await client.end();
    }
    await drainOutbox();
    expect(await checkLog(workspace)).toMatchObject({ status: 'ok', size: 4 });
    expect(await waiting(workspace)).toBe(0);
  });

  it('never gets what has no canonical form: the deed that says it fails', async () => {
    const workspace = newId('ws');
    for (const text of ['half a pair \ud800', 'a NUL \0']) {
      await expect(say(workspace, { type: 'test.happened', data: { text } })).rejects.toThrow(
        'test.happened holds a NUL or half a surrogate pair',
      );
    }
    expect(await waiting(workspace)).toBe(0);
  });

  it('records what is no trail event as it was, and does not stop for it', async () => {
    const workspace = newId('ws');
    await say(workspace, { type: 'test.before' });
    // No event, no JSON, and JSON with a string that has no canonical form.
    const texts = ['{"hello": "there"}', '{"hello', '{"hello": "there \\u0000"}', '"\\ud800"'];
    const data = texts.map((event) => ({ id: newId('evt'), workspaceId: workspace, event }));
    await inWorkspace(workspace, (tx) => tx.outbox.createMany({ data }));
    await say(workspace, { type: 'test.after' });
    await drainOutbox();
    const found = await postgresSearch.findEvents(
      workspace,
      { type: 'trail.malformed_event_recorded' },
      { limit: 9 },
    );
    // Before anything is read: another suite may empty the outbox of what reading says.
    expect(await checkLog(workspace)).toMatchObject({ status: 'ok', size: 6 });
    const kept = new Map(found.map(({ id, body }) => [id, JSON.parse(body ?? '').data.event]));
    expect(kept.get(data[0]?.id ?? '')).toEqual({ hello: 'there' });
    // Whose class cannot be told is shut, and whole.
    for (const { id, event } of data.slice(1)) {
      expect(kept.get(id)).toMatchObject({ sealed: 1 });
      const opened = await readPayload(reader(workspace, 'auditor'), { id, reason: 'a test' });
      expect(opened.payload).toEqual({ event });
    }
  });

  it('makes the partition of a month that has none', async () => {
    const workspace = newId('ws');
    const [event] = [makeEvent(jobContext(workspace, 'test.load'), { type: 'test.happened' })];
    await inWorkspace(workspace, (tx) =>
      appendEvents(tx, [{ ...event, time: '2031-02-03T04:05:06.789Z' } as TrailEvent]),
    );
    await drainOutbox();
    const [row] = await postgresSearch.findEvents(workspace, {}, { limit: 5 });
    expect(row?.time).toBe('2031-02-03T04:05:06.789Z');
  });

  it('keeps very long text and finds its beginning', async () => {
    const workspace = newId('ws');
    const text = `beginning ${'word0123456789abcdef '.repeat(40_000)}`;
    await say(workspace, {
      type: 'model.called',
      data: { prompt: text, many: Array.from({ length: 30_000 }, (_, at) => `w${at}`) },
    });
    await drainOutbox();
    expect(await postgresSearch.countEvents(workspace, { q: 'beginning' }, 10)).toMatchObject({
      count: 1,
    });
    expect(await checkLog(workspace)).toMatchObject({ status: 'ok', size: 1 });
  });
});

describe('a month whose partition retention has dropped', () => {
  it('is made again for an event that comes late, by the sequencer that had seen it before', async () => {
    const workspace = newId('ws');
    const { client: trail } = await connectAs('countersign_trail_writer');
    const { client: outbox } = await connectAs('countersign_sequencer');
    const owner = new pg.Client({ connectionString: ownerUrl('trail') });
    await owner.connect();
    const late = async () => {
      const event = makeEvent(jobContext(workspace, 'test.load'), { type: 'test.happened' });
      const time = '2150-07-03T04:05:06.789Z';
      await inWorkspace(workspace, (tx) => appendEvents(tx, [{ ...event, time } as TrailEvent]));
    };
    try {
      await trail.query('SELECT pg_advisory_lock($1)', [LOCK]);
      const progress = { writer: newWriterState(), stuck: new Map<string, string>() };
      await late();
      await drainBatch(outbox, trail, progress);
      await owner.query('DROP TABLE events_215007');
      await late();
      await drainBatch(outbox, trail, progress);
      // As each minute.
      progress.stuck.clear();
      await drainBatch(outbox, trail, progress);
      expect(progress.stuck).toEqual(new Map());
    } finally {
      await Promise.all([trail.end(), outbox.end(), owner.end()]);
    }
    expect(await waiting(workspace)).toBe(0);
    const found = await postgresSearch.findEvents(workspace, {}, { limit: 5 });
    expect(found.map((row) => Number(row.idx))).toEqual([1]);
  });
});

describe('an event that the trail refuses', () => {
  it('stays in the outbox, keeps nobody waiting, and goes once it can', async () => {
    const [one, two] = [newId('ws'), newId('ws')];
    const owner = new pg.Client({ connectionString: ownerUrl('trail') });
    await owner.connect();
    await owner.query(
      `ALTER TABLE events ADD CONSTRAINT refused CHECK (type <> 'test.refused_by_the_database')`,
    );
    await say(one, ...numbered(3), { type: 'test.refused_by_the_database' }, ...numbered(3, 3));
    await say(two, ...numbered(2));
    await drainOutbox();
    expect([await sizeOf(one), await sizeOf(two), await waiting(one)]).toEqual([6, 2, 1]);
    await owner.query('ALTER TABLE events DROP CONSTRAINT refused');
    await owner.end();
    await drainOutbox();
    expect([await sizeOf(one), await waiting(one)]).toEqual([7, 0]);
    expect(await checkLog(one)).toMatchObject({ status: 'ok', size: 7 });
  });

  it('keeps nobody waiting when it is nested deeper than the stack either', async () => {
    const [one, two] = [newId('ws'), newId('ws')];
    const event = makeEvent(jobContext(one, 'test.load'), { type: 'test.deep' });
    // JSON.parse takes it, and nothing that calls itself for each level does.
    const deep = `${'['.repeat(7_000)}${']'.repeat(7_000)}`;
    const text = JSON.stringify({ ...event, data: { x: 0 } }).replace('"x":0', `"x":${deep}`);
    await say(one, ...numbered(1));
    await inWorkspace(one, (tx) =>
      tx.outbox.createMany({ data: [{ id: event.id, workspaceId: one, event: text }] }),
    );
    await say(one, ...numbered(1, 1));
    await say(two, ...numbered(2));
    await drainOutbox();
    expect([await sizeOf(one), await sizeOf(two), await waiting(one)]).toEqual([2, 2, 1]);
    const { client } = await connectAs('countersign_sequencer');
    const noted = await client.query('SELECT reason FROM outbox_refused WHERE event_id = $1', [
      event.id,
    ]);
    // Other suites' sequencers need not try it again.
    await client.query('DELETE FROM outbox WHERE id = $1', [event.id]);
    await client.end();
    expect(noted.rows).toEqual([{ reason: 'Maximum call stack size exceeded' }]);
  });
});

const KILLS = 50;

describe('a sequencer that is killed', () => {
  it('leaves no gap and no duplicate, fifty times under load', { timeout: 600_000 }, async () => {
    const workspaces = [newId('ws'), newId('ws'), newId('ws')];
    const sent = new Map<string, string[]>(workspaces.map((workspace) => [workspace, []]));
    const loading = { on: true };
    const load = Promise.all(
      workspaces.map(async (workspace) => {
        while (loading.on) {
          const events = await say(workspace, ...numbered(20));
          sent.get(workspace)?.push(...events.map((event) => event.id));
          // About 700 events a second from the three together.
          await db().$queryRaw`SELECT 1 FROM pg_sleep(0.06)`;
        }
      }),
    );
    const [watched = ''] = workspaces;
    let seen = 0;
    const began = Date.now();
    for (let round = 0; round < KILLS; round += 1) {
      const child = startSequencer();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      // Each round is killed in the middle of work: once it has appended something more.
      const goal = seen + 1 + (round % 10) * 40;
      while ((await sizeOf(watched)) < goal) await db().$queryRaw`SELECT 1 FROM pg_sleep(0.02)`;
      child.kill('SIGKILL');
      await ended;
      seen = await sizeOf(watched);
    }
    const seconds = (Date.now() - began) / 1_000;
    loading.on = false;
    await load;
    const rate = [...sent.values()].flat().length / seconds;
    process.stderr.write(
      `${KILLS} kills in ${Math.round(seconds)} s under ${Math.round(rate)} events a second\n`,
    );
    await drainOutbox();
    for (const workspace of workspaces) {
      const ids = sent.get(workspace) ?? [];
      expect(await checkLog(workspace)).toMatchObject({
        status: 'ok',
        size: ids.length,
        detail: '',
      });
      expect(await waiting(workspace)).toBe(0);
      expect(await idsOf(workspace)).toEqual(ids.toSorted());
    }
  });

  it('goes on by itself when the database drops its connections', async () => {
    const workspace = newId('ws');
    const name = newId('seq');
    const child = startSequencer(name);
    await once(child, 'message');
    await say(workspace, ...numbered(1));
    await until(async () => (await sizeOf(workspace)) === 1);
    const owner = new pg.Client({ connectionString: ownerUrl('control') });
    await owner.connect();
    for (const role of ['countersign_trail_writer', 'countersign_sequencer']) {
      await owner.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE usename = $1 AND application_name = $2`,
        [role, name],
      );
      await say(workspace, ...numbered(1));
    }
    await owner.end();
    await until(async () => (await sizeOf(workspace)) === 3);
    expect(child.exitCode).toBeNull();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await checkLog(workspace)).toMatchObject({ status: 'ok', size: 3 });
  });

  it(
    'is followed by the one that waited, and stops cleanly when asked',
    { timeout: 180_000 },
    async () => {
      const workspace = newId('ws');
      const [first, second] = [startSequencer(), startSequencer()];
      // Ready, at work or waiting: other suites drain the outbox too, perhaps before these have begun.
      await Promise.all([once(first, 'message'), once(second, 'message')]);
      await say(workspace, ...numbered(1));
      await until(async () => (await sizeOf(workspace)) === 1);
      first.kill('SIGKILL');
      await say(workspace, ...numbered(1));
      await until(async () => (await sizeOf(workspace)) === 2);
      const code = new Promise((resolve) => second.once('exit', resolve));
      second.kill('SIGTERM');
      expect(await code).toBe(0);
      expect(await checkLog(workspace)).toMatchObject({ status: 'ok', size: 2 });
    },
  );
});

/** A sequencer as a process, which says when it is ready; its connections bear the name. */
function startSequencer(name = 'sequencer') {
  const { COUNTERSIGN_DATA_DIR } = env();
  return spawn(process.execPath, [script], {
    env: childEnv({ COUNTERSIGN_DATA_DIR, [SUPERVISED]: '1', PGAPPNAME: name }),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await db().$queryRaw`SELECT 1 FROM pg_sleep(0.02)`;
}

async function sizeOf(workspace: string): Promise<number> {
  return (await postgresSearch.countEvents(workspace, {}, 1_000_000)).count;
}

async function idsOf(workspace: string): Promise<string[]> {
  const ids: string[] = [];
  let edge: Edge | undefined;
  do {
    const rows = await postgresSearch.findEvents(workspace, {}, { edge, limit: 1_000 });
    ids.push(...rows.map((row) => row.id));
    const last: EventRow | undefined = rows.length === 1_000 ? rows.at(-1) : undefined;
    edge = last && { side: 'older', time: last.time, index: last.idx };
  } while (edge !== undefined);
  return ids.toSorted();
}
