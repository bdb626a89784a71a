import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { sendSyslog, syslogText } from '@/lib/infra/syslog';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { testSink } from './service/try';
import { localCertificate } from './test/certificate';
import { SyslogReceiver } from './test/syslog';
import { addSink, deliver, type DeliveryWorld, deliveryWorld, say, waitOver } from './test/world';

/** RFC 5424, section 6: header, one structured-data element, message. */
const MESSAGE =
  /^<(?<pri>\d{1,3})>1 (?<time>\S+) (?<host>[\x21-\x7e]{1,255}) countersign - (?<id>[\x21-\x7e]{1,32}) \[countersign@32473(?<data>(?: [a-z]+="(?:[^"\\\]]|\\["\\\]])*")*)\] (?<text>.*)$/s;

let world: DeliveryWorld;
let receiver: SyslogReceiver;
let port: number;
const certificate = localCertificate();

beforeAll(async () => {
  world = await deliveryWorld();
  await say(world.workspace, 0, 20);
});
beforeEach(async () => {
  receiver = new SyslogReceiver(certificate);
  port = await receiver.start();
  return () => receiver.close();
});
afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

const add = async (more: Record<string, unknown> = {}) => {
  const target = { kind: 'syslog', host: 'localhost', port, ca: certificate.cert, ...more };
  const { sink } = await addSink(world, target, { from: 'beginning' });
  return sink.id;
};
const indexes = ({ messages } = receiver) =>
  messages.map((message) => Number(/ index="(\d+)"/.exec(message)?.[1]));
const upTo = (size: number) => Array.from({ length: size }, (_, at) => at);

describe('syslog over TLS', () => {
  it('gets each event as an RFC 5424 message in an octet-counted frame, in order', async () => {
    const id = await add();
    const { position } = await deliver(world.workspace, id);
    expect(indexes()).toEqual(upTo(Number(position)));
    const parts = MESSAGE.exec(receiver.messages[0] ?? '')?.groups;
    expect(parts).toMatchObject({
      pri: '110',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      id: 'test.happened',
      data: ` index="0" type="test.happened" workspace="${world.workspace}"`,
    });
    expect(JSON.parse(parts?.['text'] ?? '')).toMatchObject({ data: { n: 0 } });
    await say(world.workspace, 20, 2);
    await deliver(world.workspace, id);
    expect(indexes()).toEqual(upTo(indexes().length));
  });

  it('trusts no certificate that it was not told to', async () => {
    const id = await add({ ca: null });
    const { error, position } = await deliver(world.workspace, id);
    expect([position, receiver.messages]).toEqual([0n, []]);
    expect(error).toMatch(/certificate .*is not accepted/);
  });

  it('checks whose certificate it is', async () => {
    const id = await add({ host: '127.0.0.1' });
    expect((await deliver(world.workspace, id)).error).toMatch(/certificate .*is not accepted/);
    expect(receiver.messages).toEqual([]);
  });

  it('counts nothing as taken when the receiver dies in the middle', async () => {
    const plain = new SyslogReceiver();
    const id = await add({ transport: 'tcp', port: await plain.start() });
    plain.onConnection = (socket) => socket.resetAndDestroy();
    const failed = await deliver(world.workspace, id);
    expect(failed).toMatchObject({ position: 0n, attempts: 1, error: expect.any(String) });
    plain.onConnection = () => {};
    await waitOver(world.workspace, id);
    await deliver(world.workspace, id);
    const { position } = await deliver(world.workspace, id);
    expect(indexes(plain)).toEqual(upTo(Number(position)));
    await plain.close();
  });

  it('counts nothing as taken by a receiver that does not end the connection', async () => {
    const plain = new SyslogReceiver(undefined, { allowHalfOpen: true });
    const address = { host: 'localhost', port: await plain.start(), transport: 'tcp' } as const;
    const sending = sendSyslog({ ...address, ca: null }, ['<110>1 - - - - - -'], {
      timeoutMs: 200,
    });
    await expect(sending).rejects.toThrow('did not answer within 0.2 s');
    expect(plain.messages).toHaveLength(1);
    await plain.close();
  });

  it('says that nobody listens', async () => {
    const id = await add();
    await receiver.close();
    expect((await deliver(world.workspace, id)).error).toBe(
      `localhost:${port} refuses connections. Is the receiver running?`,
    );
  });

  it('sends a test event that is no part of the trail', async () => {
    const id = await add();
    expect(await testSink(world.admin, { id })).toEqual({
      delivered: true,
      status: null,
      error: null,
    });
    expect(receiver.messages).toHaveLength(1);
    expect(receiver.messages[0]).toContain('trail.delivery_test');
    expect(receiver.messages[0]).not.toContain('index=');
  });
});

describe('syslog over TCP', () => {
  it('reaches this machine', async () => {
    const plain = new SyslogReceiver();
    const id = await add({ transport: 'tcp', port: await plain.start(), ca: null });
    const { position } = await deliver(world.workspace, id);
    expect(plain.messages).toHaveLength(Number(position));
    await plain.close();
  });

  it('sends nothing to another one', async () => {
    const id = await add({ transport: 'tcp', host: '192.0.2.1', ca: null });
    expect((await deliver(world.workspace, id)).error).toBe(
      '192.0.2.1 is not this machine. What leaves it is sent encrypted only.',
    );
  });
});

it('a value cannot leave its place in a message', () => {
  const text = syslogText({
    severity: 6,
    time: '2026-11-24T00:00:00.000Z',
    id: 'a b\n<1>2',
    data: { type: 'x"] <0>1 - - forged ["\\', gone: undefined },
    text: '{}',
  });
  expect(MESSAGE.exec(text)?.groups).toMatchObject({
    id: 'ab<1>2',
    data: ' type="x\\"\\] <0>1 - - forged [\\"\\\\"',
    text: '{}',
  });
});
