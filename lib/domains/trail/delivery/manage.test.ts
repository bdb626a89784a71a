import pg from 'pg';
import type { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { assertHost, outgoingHttp } from '@/lib/infra/outgoing';
import { eventsOf } from '@/lib/infra/testing/events';
import { memberContext, problemOf } from '../test/world';
import { createSink, updateSink } from './service/manage';
import { getSink, listFailures, listSinks } from './service/read';
import { pauseSink, resumeSink, retireSink, rotateSinkSecret } from './service/state';
import { testSink } from './service/try';
import { openSinkSecret } from './secrets';
import { HttpReceiver } from './test/http';
import {
  addSink,
  deliver,
  type DeliveryWorld,
  deliveryWorld,
  say,
  sinkOf,
  waitOver,
} from './test/world';

const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG';
const bucket = {
  kind: 'bucket',
  endpoint: 'https://s3.example.test',
  region: 'eu-central-1',
  bucket: 'audit-trail',
  accessKeyId: 'AKIA',
};

let world: DeliveryWorld;
let receiver: HttpReceiver;
let url: string;

beforeAll(async () => {
  world = await deliveryWorld();
  receiver = new HttpReceiver();
  url = await receiver.start();
});
afterAll(async () => {
  await receiver.close();
  await closeTrailDb();
  await closeDb();
});

/** Everything that either database has of a workspace, as text. */
async function everythingWritten(workspace: string): Promise<string> {
  const owner = new pg.Client({ connectionString: ownerUrl('control') });
  await owner.connect();
  try {
    const parts: string[] = [JSON.stringify(await eventsOf(workspace))];
    for (const table of ['outbox', 'trail_sinks', 'trail_sink_failures']) {
      const { rows } = await owner.query<{ text: string }>(
        `SELECT to_jsonb(t)::text AS text FROM ${table} t WHERE workspace_id = $1`,
        [workspace],
      );
      parts.push(...rows.map((row) => row.text));
    }
    return parts.join('\n');
  } finally {
    await owner.end();
  }
}

describe('a secret', () => {
  it('is shown once and is in no later answer, event, row or log', async () => {
    const written: string[] = [];
    const real = process.stdout.write.bind(process.stdout);
    process.stdout.write = ((chunk: string) =>
      written.push(String(chunk)) > 0) as Writable['write'];
    const answers: unknown[] = [];
    const secrets: string[] = [SECRET_KEY];
    try {
      const hook = await addSink(world, { kind: 'webhook', url });
      const kept = await addSink(world, bucket, { secretAccessKey: SECRET_KEY });
      const rotated = await rotateSinkSecret(world.admin, { id: hook.sink.id });
      secrets.push(hook.secret ?? '', rotated.secret ?? '');
      expect(kept.secret).toBeUndefined();
      expect(new Set(secrets).size).toBe(3);
      answers.push(hook.sink, rotated.sink, kept.sink, await listSinks(world.admin, {}));
      for (const { sink } of [hook, kept]) {
        answers.push(await getSink(world.admin, { id: sink.id }));
        answers.push(await testSink(world.admin, { id: sink.id }));
        await deliver(world.workspace, sink.id);
        await waitOver(world.workspace, sink.id);
        answers.push(await listFailures(world.admin, { id: sink.id }));
        answers.push(await retireSink(world.admin, { id: sink.id }));
        expect(await sinkOf(world.workspace, sink.id)).toMatchObject({
          secret: null,
          previousSecret: null,
        });
      }
    } finally {
      process.stdout.write = real;
    }
    const all = [JSON.stringify(answers), await everythingWritten(world.workspace), ...written];
    for (const secret of secrets) {
      expect(all.filter((text) => text.includes(secret.replace('whsec_', '')))).toEqual([]);
    }
  });

  it('opens for its own sink and workspace only', async () => {
    const { sink } = await addSink(world, { kind: 'webhook', url });
    const other = await deliveryWorld();
    const { secret } = await sinkOf(world.workspace, sink.id);
    const keyOf = (workspace: string) =>
      inWorkspace(workspace, (tx) => tx.workspace.findUniqueOrThrow({ where: { id: workspace } }));
    const [{ dataKey }, { dataKey: foreign }] = [
      await keyOf(world.workspace),
      await keyOf(other.workspace),
    ];
    const sealed = secret ?? new Uint8Array();
    expect(openSinkSecret(dataKey, world.workspace, sink.id, sealed)).toMatch(/^whsec_/);
    expect(() => openSinkSecret(dataKey, world.workspace, 'snk_other', sealed)).toThrow(
      'authenticate',
    );
    expect(() => openSinkSecret(foreign, other.workspace, sink.id, sealed)).toThrow('authenticate');
  });
});

describe('who may', () => {
  it('an auditor sees sinks and changes none; an approver sees none', async () => {
    const { sink } = await addSink(world, { kind: 'webhook', url });
    const auditor = memberContext(world.workspace, 'auditor');
    const before = await sinkOf(world.workspace, sink.id);
    const count = () => inWorkspace(world.workspace, (tx) => tx.trailSink.count());
    const sinks = await count();
    const seen = await getSink(auditor, { id: sink.id });
    expect(seen.can.pause).toEqual({
      allowed: false,
      reason: 'Only an admin may change where the trail is delivered to. Ask one.',
    });
    const requests = receiver.received.length;
    for (const attempt of [
      () => createSink(auditor, { name: 'mine', target: { kind: 'webhook', url } }),
      () => updateSink(auditor, { id: sink.id, target: { kind: 'webhook', url: `${url}/x` } }),
      ...[pauseSink, resumeSink, retireSink, rotateSinkSecret, testSink].map(
        (change) => () => change(auditor, { id: sink.id }),
      ),
      () => listSinks(memberContext(world.workspace, 'approver'), {}),
    ]) {
      expect(await problemOf(attempt())).toMatchObject({ status: 403 });
    }
    expect(await sinkOf(world.workspace, sink.id)).toEqual(before);
    expect([await count(), receiver.received.length]).toEqual([sinks, requests]);
  });

  it("another workspace's sink is unknown", async () => {
    const { sink } = await addSink(world, { kind: 'webhook', url });
    const stranger = (await deliveryWorld()).admin;
    const { id } = sink;
    const requests = receiver.received.length;
    for (const attempt of [
      () => getSink(stranger, { id }),
      () => listFailures(stranger, { id }),
      () => updateSink(stranger, { id, position: 0 }),
      ...[pauseSink, resumeSink, retireSink, rotateSinkSecret, testSink].map(
        (change) => () => change(stranger, { id }),
      ),
    ]) {
      expect(await problemOf(attempt())).toMatchObject({ status: 404 });
    }
    expect(await listSinks(stranger, {})).toEqual({ items: [], next: null });
    expect([await eventsOf(stranger.workspace), receiver.received.length]).toEqual([[], requests]);
  });
});

describe('a change', () => {
  it('is an event with what was and what is', async () => {
    const { sink } = await addSink(world, { kind: 'webhook', url }, { from: 'beginning' });
    const { id } = sink;
    await updateSink(world.admin, { id, target: { kind: 'webhook', url: `${url}/new` } });
    await pauseSink(world.admin, { id });
    expect(await problemOf(pauseSink(world.admin, { id }))).toMatchObject({ status: 403 });
    await deliver(world.workspace, id);
    await resumeSink(world.admin, { id });
    await retireSink(world.admin, { id });
    expect(await problemOf(resumeSink(world.admin, { id }))).toMatchObject({ status: 403 });
    const said = (await eventsOf(world.workspace)).filter(
      ({ object }) => (object as { id?: string } | undefined)?.id === id,
    );
    expect(said.map(({ type }) => type)).toEqual([
      'trail.sink_created',
      'trail.sink_updated',
      'trail.sink_paused',
      'trail.sink_resumed',
      'trail.sink_retired',
    ]);
    expect(said[1]?.['data']).toMatchObject({
      before: { target: { url } },
      after: { target: { url: `${url}/new` }, position: 0 },
    });
    const again = await createSink(world.admin, {
      name: sink.name,
      target: { kind: 'webhook', url },
    });
    expect(again.sink.name).toBe(sink.name);
    const twice = createSink(world.admin, { name: sink.name, target: { kind: 'webhook', url } });
    expect(await problemOf(twice)).toMatchObject({ status: 409 });
  });

  it('adds no more sinks than a workspace may have', async () => {
    const own = await deliveryWorld();
    const target = { kind: 'webhook', url };
    const { sink } = await addSink(own, target);
    for (let n = 1; n < 20; n += 1) await addSink(own, target);
    expect(await problemOf(addSink(own, target))).toMatchObject({ code: 'too_many_sinks' });
    await retireSink(own.admin, { id: sink.id });
    expect(await addSink(own, target)).toMatchObject({ sink: { state: 'active' } });
  });

  it('of a position cannot go past the end of the trail', async () => {
    const { sink } = await addSink(world, { kind: 'webhook', url });
    const change = updateSink(world.admin, { id: sink.id, position: 1_000_000 });
    expect(await problemOf(change)).toMatchObject({ status: 422, fields: ['position'] });
  });
});

const webhook = (address: string) => ({ target: { kind: 'webhook', url: address } });
const syslog = (more: object) => ({
  target: { kind: 'syslog', host: 'siem.example.test', ...more },
});
const store = (more: object) => ({ target: { ...bucket, ...more }, secretAccessKey: SECRET_KEY });
const notACertificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';

it.each([
  [webhook('not a url'), 'target.url'],
  [webhook('http://siem.example.test/in'), 'target.url'],
  [webhook('http://127.0.0.1.example.test/'), 'target.url'],
  [webhook('file:///etc/passwd'), 'target.url'],
  [webhook('https://user:pass@siem.example.test/'), 'target.url'],
  [webhook(`https://siem.example.test/${'x'.repeat(3_000)}`), 'target.url'],
  [{ ...webhook('https://siem.example.test'), secretAccessKey: 'x' }, 'secretAccessKey'],
  [{ ...webhook('https://siem.example.test'), name: 'No Spaces' }, 'name'],
  [{ ...webhook('https://siem.example.test'), format: 'cef' }, 'format'],
  [{ ...webhook('https://siem.example.test'), state: 'active' }, 'state'],
  [{ target: { kind: 'kafka' } }, 'target.kind'],
  [syslog({ host: 'a b' }), 'target.host'],
  [syslog({ host: 'siem\r\nHost: x' }), 'target.host'],
  [syslog({ port: 70_000 }), 'target.port'],
  [syslog({ ca: 'trust me' }), 'target.ca'],
  [syslog({ ca: notACertificate }), 'target.ca'],
  [store({ prefix: 'a\r\nx-amz-acl: public-read' }), 'target.prefix'],
  [store({ prefix: '../other' }), 'target.prefix'],
  [store({ prefix: '/a/' }), 'target.prefix'],
  [store({ bucket: 'a/b' }), 'target.bucket'],
  [store({ region: 'eu\nx' }), 'target.region'],
  [store({ endpoint: 'https://s3.example.test/?x=1' }), 'target.endpoint'],
  [store({ accessKeyId: 'a, SignedHeaders=' }), 'target.accessKeyId'],
  [store({ lockDays: 0 }), 'target.lockDays'],
  [{ target: bucket }, 'secretAccessKey'],
])('bad configuration %# is refused by its field', async (input, field) => {
  const attempt = createSink(world.admin, { name: 'bad', ...input });
  expect(await problemOf(attempt)).toMatchObject({ status: 422, fields: [field] });
});

describe('what is entered', () => {
  it.each([
    'https://169.254.169.254/latest/meta-data/',
    'https://0xa9fea9fe/',
    'https://2852039166/',
    'https://[::ffff:169.254.169.254]/',
    'https://[fe80::1]/',
    'https://[fd00:ec2::254]/',
    'https://0.0.0.0/',
    'http://10.0.0.1/',
  ])('never reaches %s', async (address) => {
    const call = outgoingHttp({
      ...{ method: 'POST', url: address, headers: {}, body: Buffer.from('') },
      timeoutMs: 1_000,
    });
    await expect(call).rejects.toThrow(/Nothing is sent there|sent encrypted only/);
  });

  it('is not waited for without end', async () => {
    const silent = new HttpReceiver();
    silent.answer = () => undefined;
    const address = await silent.start();
    const call = outgoingHttp({
      ...{ method: 'POST', url: address, headers: {}, body: Buffer.from('') },
      timeoutMs: 200,
    });
    await expect(call).rejects.toThrow('did not answer within 0.2 s');
    await silent.close();
  });

  it('may be a private address, where a SIEM stands', () => {
    expect(() => assertHost('10.0.0.1', false)).not.toThrow();
  });

  it('is judged by what a name resolves to', async () => {
    await say(world.workspace, 0, 1);
    const { sink } = await addSink(
      world,
      { kind: 'syslog', host: '2852039166', port: 9 },
      {
        from: 'beginning',
      },
    );
    expect((await deliver(world.workspace, sink.id)).error).toBe(
      'The address 169.254.169.254 is link-local or reserved. Nothing is sent there.',
    );
  });
});
