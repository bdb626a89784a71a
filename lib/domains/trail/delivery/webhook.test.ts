import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { childEnv } from '@/lib/infra/env';
import { eventsOf } from '@/lib/infra/testing/events';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { startDelivery } from './engine';
import { deliveryJobs } from './jobs';
import { rotateSinkSecret, resumeSink } from './service/state';
import { getSink, listFailures } from './service/read';
import { updateSink } from './service/manage';
import { HttpReceiver, type Received } from './test/http';
import {
  addSink,
  deliver,
  type DeliveryWorld,
  deliveryWorld,
  say,
  sinkOf,
  waitOver,
} from './test/world';

interface CloudEvent {
  specversion: string;
  id: string;
  source: string;
  type: string;
  time: string;
  sequence: string;
  data: { event: { id: string; data?: { n?: number } }; index: number };
}

let world: DeliveryWorld;
let receiver: HttpReceiver;
let url: string;

beforeAll(async () => {
  world = await deliveryWorld();
  await say(world.workspace, 0, 5);
});
beforeEach(async () => {
  receiver = new HttpReceiver();
  url = await receiver.start();
  return () => receiver.close();
});
afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

const addWebhook = async (more: Record<string, unknown> = {}) => {
  const { sink, secret = '' } = await addSink(world, { kind: 'webhook', url }, more);
  return { id: sink.id, position: sink.position, secret };
};
const opened = ({ body, headers }: Received, secret: string) =>
  new Webhook(secret).verify(body.toString(), headers) as CloudEvent[];
const indexes = (requests: readonly Received[]) =>
  requests.flatMap(({ body }) =>
    (JSON.parse(body.toString()) as CloudEvent[]).map(({ data }) => data.index),
  );
const upTo = (size: number) => Array.from({ length: size }, (_, at) => at);

describe('a webhook', () => {
  it('gets signed CloudEvents of the whole trail in order, then what is new', async () => {
    const { id, secret } = await addWebhook({ from: 'beginning' });
    const { position } = await deliver(world.workspace, id);
    const events = receiver.received.flatMap((request) => opened(request, secret));
    expect(events.map(({ data }) => data.index)).toEqual(upTo(Number(position)));
    expect(receiver.received[0]?.headers).toMatchObject({
      'content-type': 'application/cloudevents-batch+json; charset=utf-8',
      'webhook-id': `${id}.0-${Number(position) - 1}`,
    });
    expect(events[0]).toEqual({
      specversion: '1.0',
      id: events[0]?.data.event.id,
      source: `/trail/${world.workspace}`,
      type: 'countersign.test.happened',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      sequence: '000000000000',
      datacontenttype: 'application/json',
      data: { index: 0, event: expect.objectContaining({ data: { n: 0 } }) },
    });
    await say(world.workspace, 5, 1);
    await deliver(world.workspace, id);
    expect(indexes(receiver.received)).toEqual(
      upTo(Number((await sinkOf(world.workspace, id)).position)),
    );
  });

  it('begins with what happens from now on, its own making first', async () => {
    const { id, position } = await addWebhook();
    await say(world.workspace, 0, 2);
    await deliver(world.workspace, id);
    expect(indexes(receiver.received)[0]).toBe(position);
    expect(receiver.received[0]?.body.toString()).toContain('trail.sink_created');
  });

  it('is signed by a secret for a day after its rotation as well', async () => {
    const { id, secret } = await addWebhook({ from: 'beginning' });
    const { secret: next = '' } = await rotateSinkSecret(world.admin, { id });
    await deliver(world.workspace, id);
    const [request] = receiver.received;
    if (!request) throw new Error('nothing came');
    expect(opened(request, secret)).toEqual(opened(request, next));
    const past = new Date(Date.now() - 1);
    await inWorkspace(world.workspace, (tx) =>
      tx.trailSink.update({ where: { id }, data: { previousUntil: past } }),
    );
    await say(world.workspace, 0, 1);
    await deliver(world.workspace, id);
    const last = receiver.received.at(-1);
    if (!last) throw new Error('nothing came');
    expect(opened(last, next)).toHaveLength(indexes([last]).length);
    expect(() => opened(last, secret)).toThrow('No matching signature');
  });

  it('gets OCSF events when it is told to', async () => {
    const { id, secret } = await addWebhook({ from: 'beginning', format: 'ocsf' });
    await deliver(world.workspace, id);
    const events = receiver.received.flatMap((request) => opened(request, secret));
    expect(events[0]).toMatchObject({
      type: 'countersign.test.happened',
      data: { class_uid: expect.any(Number), metadata: { version: '1.8.0' } },
    });
  });

  it('takes thousands of events in batches, each once', async () => {
    const own = await deliveryWorld();
    await say(own.workspace, 0, 2_500);
    const { sink } = await addSink(own, { kind: 'webhook', url }, { from: 'beginning' });
    await deliver(own.workspace, sink.id);
    expect(receiver.received).toHaveLength(3);
    expect(indexes(receiver.received).slice(0, 2_500)).toEqual(upTo(2_500));
    expect(await getSink(own.admin, { id: sink.id })).toMatchObject({
      behind: expect.any(Number),
      rate: [expect.objectContaining({ events: expect.any(Number) })],
      state: 'active',
    });
  });
});

describe('a receiver that fails', () => {
  it('gets the same batch again, with what came meanwhile after it', async () => {
    const { id } = await addWebhook({ from: 'beginning' });
    receiver.answer = (_, response) => response.writeHead(500).end('out of order');
    const failed = await deliver(world.workspace, id);
    expect(failed).toMatchObject({
      position: 0n,
      attempts: 1,
      error: 'The receiver answered 500.',
      leaseOwner: null,
    });
    expect(failed.nextTryAt.getTime()).toBeGreaterThan(Date.now() - 1_000);
    expect(await deliver(world.workspace, id)).toMatchObject({ attempts: 1 });
    expect(receiver.received).toHaveLength(1);
    await say(world.workspace, 0, 3);
    await waitOver(world.workspace, id);
    receiver.answer = (_, response) => response.writeHead(200).end();
    await deliver(world.workspace, id);
    const { position, attempts, failingSince } = await deliver(world.workspace, id);
    expect({ attempts, failingSince }).toEqual({ attempts: 0, failingSince: null });
    const [first, again, ...rest] = receiver.received;
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(again?.body).toEqual(first?.body);
    expect(indexes([again, ...rest].filter((each) => each !== undefined))).toEqual(
      upTo(Number(position)),
    );
    const { items } = await listFailures(world.admin, { id });
    expect(items).toMatchObject([
      {
        attempts: 1,
        position: 0,
        error: 'The receiver answered 500.',
        endedAt: expect.any(String),
      },
    ]);
  });

  it('is waited for as long as it asks, and told of in the trail once', async () => {
    const { id } = await addWebhook({ from: 'beginning' });
    receiver.answer = (_, response) => response.writeHead(429, { 'retry-after': '1800' }).end();
    const { nextTryAt } = await deliver(world.workspace, id);
    expect(nextTryAt.getTime()).toBeGreaterThan(Date.now() + 1_700_000);
    const long = new Date(Date.now() - 6 * 60_000);
    await inWorkspace(world.workspace, (tx) =>
      tx.trailSink.update({ where: { id }, data: { failingSince: long } }),
    );
    const [watch] = deliveryJobs;
    await watch?.perform(world.workspace, {});
    await watch?.perform(world.workspace, {});
    receiver.answer = (_, response) => response.writeHead(200).end();
    await waitOver(world.workspace, id);
    await deliver(world.workspace, id);
    const said = (await eventsOf(world.workspace)).filter(
      ({ object }) => (object as { id?: string } | undefined)?.id === id,
    );
    expect(said.map(({ type }) => type)).toEqual([
      'trail.sink_created',
      'trail.delivery_failing',
      'trail.delivery_recovered',
    ]);
  });

  it('that is gone is left alone until someone resumes it', async () => {
    const { id } = await addWebhook({ from: 'beginning' });
    receiver.answer = (_, response) => response.writeHead(410).end();
    expect(await deliver(world.workspace, id)).toMatchObject({ state: 'paused', position: 0n });
    expect(await getSink(world.admin, { id })).toMatchObject({
      state: 'paused',
      reason: expect.stringContaining('410'),
    });
    await deliver(world.workspace, id);
    expect(receiver.received).toHaveLength(1);
    receiver.answer = (_, response) => response.writeHead(200).end();
    await resumeSink(world.admin, { id });
    await deliver(world.workspace, id);
    expect(indexes(receiver.received.slice(1))[0]).toBe(0);
  });

  it('with little room gets smaller batches', async () => {
    const { id } = await addWebhook({ from: 'beginning' });
    receiver.answer = ({ body }, response) =>
      response.writeHead((JSON.parse(body.toString()) as []).length > 2 ? 413 : 200).end();
    const { position } = await deliver(world.workspace, id);
    const taken = receiver.received.filter(
      ({ body }) => (JSON.parse(body.toString()) as []).length < 3,
    );
    expect(indexes(taken)).toEqual(upTo(Number(position)));
    expect(await listFailures(world.admin, { id })).toMatchObject({ items: [] });
  });

  it('is not followed to another address', async () => {
    const { id } = await addWebhook({ from: 'beginning' });
    const elsewhere = new HttpReceiver();
    const location = await elsewhere.start();
    receiver.answer = (_, response) => response.writeHead(307, { location }).end();
    const { error } = await deliver(world.workspace, id);
    expect([error, elsewhere.received]).toEqual([
      'The receiver answered 307. Redirects are not followed.',
      [],
    ]);
    await elsewhere.close();
  });

  it('that never answers is given up when delivery stops, and asked again', async () => {
    const { id } = await addWebhook({ from: 'beginning' });
    receiver.answer = () => undefined;
    const stop = new AbortController();
    const trying = deliver(world.workspace, id, stop.signal);
    await receiver.has(1);
    stop.abort();
    expect(await trying).toMatchObject({ position: 0n, attempts: 0, leaseOwner: null });
    receiver.answer = (_, response) => response.writeHead(200).end();
    await deliver(world.workspace, id);
    expect(receiver.received[1]?.body).toEqual(receiver.received[0]?.body);
  });
});

describe('events that retention removes', () => {
  it('are passed over, which is said', async () => {
    const own = await deliveryWorld();
    await say(own.workspace, 0, 6);
    const { sink } = await addSink(own, { kind: 'webhook', url }, { from: 'beginning' });
    const remove = async (condition: string) => {
      const owner = new pg.Client({ connectionString: ownerUrl('trail') });
      await owner.connect();
      await owner.query(`DELETE FROM events WHERE workspace_id = $1 AND ${condition}`, [
        own.workspace,
      ]);
      await owner.end();
    };
    await remove('idx < 2');
    await deliver(own.workspace, sink.id);
    expect(indexes(receiver.received)[0]).toBe(2);
    const { position } = await sinkOf(own.workspace, sink.id);
    await say(own.workspace, 6, 3);
    await remove(`idx >= ${position}`);
    await deliver(own.workspace, sink.id);
    const { items } = await listFailures(own.admin, { id: sink.id });
    expect(items).toMatchObject([
      { position: Number(position), error: expect.stringContaining('had been removed') },
      {
        position: 0,
        error: '2 events had been removed from the trail before they were delivered.',
      },
    ]);
    const gaps = (await eventsOf(own.workspace)).filter(({ type }) => type.endsWith('_gap'));
    expect(gaps.at(-1)?.['data']).toMatchObject({ from: Number(position) });
    await say(own.workspace, 9, 1);
    await deliver(own.workspace, sink.id);
    expect(receiver.received.at(-1)?.body.toString()).toContain('"n":9');
  });
});

describe('two processes', () => {
  it('deliver to a sink one at a time', async () => {
    const { id } = await addWebhook({ from: 'beginning' });
    let release = () => {};
    receiver.answer = (_, response) => {
      release = () => response.writeHead(200).end();
    };
    const first = deliver(world.workspace, id);
    await receiver.has(1);
    const { deliverTo } = await import('./deliver');
    const other = { owner: 'another', signal: new AbortController().signal };
    await deliverTo(world.workspace, id, other);
    expect(receiver.received).toHaveLength(1);
    release();
    await first;
    expect(indexes(receiver.received)).toEqual(
      upTo(Number((await sinkOf(world.workspace, id)).position)),
    );
  });

  it('one killed between sending and noting it leaves a batch that is sent again, and no gap', async () => {
    const { id } = await addWebhook({ from: 'beginning' });
    const owner = new pg.Client({ connectionString: ownerUrl('control') });
    await owner.connect();
    receiver.answer = async (_, response) => {
      // The receiver has it; that it has cannot be written down.
      await owner.query('BEGIN');
      await owner.query('SELECT 1 FROM trail_sinks WHERE id = $1 FOR UPDATE', [id]);
      response.writeHead(200).end();
    };
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'lib/domains/trail/test/deliver-child.ts', world.workspace, id],
      { env: childEnv(), stdio: 'ignore' },
    );
    const ended = once(child, 'exit');
    await receiver.has(1);
    await blocked(owner);
    child.kill('SIGKILL');
    await ended;
    await owner.query('ROLLBACK');
    await owner.end();
    receiver.answer = (_, response) => response.writeHead(200).end();
    expect(await deliver(world.workspace, id)).toMatchObject({ position: 0n });
    expect(receiver.received).toHaveLength(1);
    await waitOver(world.workspace, id);
    await deliver(world.workspace, id);
    const { position } = await deliver(world.workspace, id);
    const [first, again, ...rest] = receiver.received;
    expect(again?.body).toEqual(first?.body);
    expect(indexes([again, ...rest].filter((each) => each !== undefined))).toEqual(
      upTo(Number(position)),
    );
  });
});

/** Resolves once another connection waits for what this one holds. */
async function blocked(owner: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await owner.query(
      'SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))',
    );
    if (rows.length > 0) return;
  }
}

describe('the jobs process', () => {
  it('delivers what happens as it happens, to each sink, and heeds a change of position', async () => {
    const own = await deliveryWorld();
    const [one, two] = [
      await addSink(own, { kind: 'webhook', url: `${url}/one` }),
      await addSink(own, { kind: 'webhook', url: `${url}/two` }, { from: 'beginning' }),
    ];
    const engine = startDelivery(own.workspace);
    await say(own.workspace, 0, 3);
    const both = async () => {
      for (let count = 1; ; count += 1) {
        await receiver.has(count);
        const of = (path: string) =>
          indexes(receiver.received.filter((request) => request.path === path));
        if (of('/one').includes(4) && of('/two').includes(4)) return;
      }
    };
    await both();
    // It may be delivered before the change is answered.
    const before = receiver.received.length;
    await updateSink(own.admin, { id: one.sink.id, position: 0 });
    for (let count = before + 1; ; count += 1) {
      await receiver.has(count);
      if (indexes(receiver.received.slice(before)).includes(0)) break;
    }
    await engine.stop();
    const { leaseOwner } = await sinkOf(own.workspace, two.sink.id);
    expect(leaseOwner).toBeNull();
  });
});
