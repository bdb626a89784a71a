import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { updateSink } from './service/manage';
import { testSink } from './service/try';
import { ObjectStore } from './test/s3';
import { addSink, deliver, type DeliveryWorld, deliveryWorld, say, waitOver } from './test/world';

const key = { id: 'AKIATEST', secret: 'wJalr/K7MDENG+bPxRfi', region: 'eu-central-1' };
const DAY_MS = 86_400_000;

let world: DeliveryWorld;
let store: ObjectStore;
let endpoint: string;

beforeAll(async () => {
  world = await deliveryWorld();
  await say(world.workspace, 0, 7);
});
beforeEach(async () => {
  store = new ObjectStore(key);
  endpoint = await store.http.start();
  return () => store.http.close();
});
afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

const add = async (target: Record<string, unknown> = {}, secret = key.secret) => {
  const { sink } = await addSink(
    world,
    {
      ...{ kind: 'bucket', endpoint, region: key.region, bucket: 'audit-trail' },
      ...{ prefix: "trail/it's (ours)".replaceAll(' ', '_'), accessKeyId: key.id, everySeconds: 0 },
      ...target,
    },
    { from: 'beginning', secretAccessKey: secret },
  );
  return sink.id;
};
const lines = () =>
  [...store.objects.values()].flatMap((versions) =>
    (versions.at(-1)?.body ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { index: number; event: { id: string } }),
  );
const upTo = (size: number) => Array.from({ length: size }, (_, at) => at);

describe('a bucket', () => {
  it('gets objects named by the range of their events, signed and locked', async () => {
    const id = await add({ lockDays: 2_557 });
    const { position } = await deliver(world.workspace, id);
    const last = String(Number(position) - 1).padStart(12, '0');
    const name = `/audit-trail/trail/it%27s_%28ours%29/${world.workspace}/000000000000-${last}.ndjson`;
    expect([...store.objects.keys()]).toEqual([name]);
    expect(lines().map(({ index }) => index)).toEqual(upTo(Number(position)));
    expect(lines()[0]?.event).toMatchObject({ data: { n: 0 }, workspace: world.workspace });
    const [version] = store.objects.get(name) ?? [];
    const until = Date.parse(version?.lockedUntil ?? '');
    expect(Math.round((until - Date.now()) / DAY_MS)).toBe(2_557);
    expect(store.http.received[0]?.headers).toMatchObject({
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'content-type': 'application/x-ndjson; charset=utf-8',
    });
  });

  it('gets the same object with the same bytes when an answer was lost', async () => {
    const id = await add();
    store.http.answer = (request, response) => {
      store.put(request, Object.assign(response, { end: () => response.destroy() }));
    };
    expect(await deliver(world.workspace, id)).toMatchObject({ position: 0n, attempts: 1 });
    await say(world.workspace, 7, 3);
    store.http.answer = (request, response) => store.put(request, response);
    await waitOver(world.workspace, id);
    await deliver(world.workspace, id);
    const { position } = await deliver(world.workspace, id);
    const [first, second] = [...store.objects.values()];
    expect(first?.map(({ body }) => body)).toEqual([first?.[0]?.body, first?.[0]?.body]);
    expect(second).toHaveLength(1);
    expect(lines().map(({ index }) => index)).toEqual(upTo(Number(position)));
  });

  it('is not written to for every few events', async () => {
    const id = await add({ everySeconds: 3_600 });
    const { nextTryAt, leaseOwner, failingSince } = await deliver(world.workspace, id);
    expect([store.objects.size, leaseOwner, failingSince]).toEqual([0, null, null]);
    expect(nextTryAt.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
  });

  it('says why it refuses, and goes on once the key is the right one', async () => {
    const id = await add({}, 'another/secret');
    expect((await deliver(world.workspace, id)).error).toBe(
      'The store answered 403 (SignatureDoesNotMatch).',
    );
    expect(await testSink(world.admin, { id })).toMatchObject({ delivered: false, status: 403 });
    await updateSink(world.admin, { id, secretAccessKey: key.secret });
    await deliver(world.workspace, id);
    expect(lines()[0]).toMatchObject({ index: 0 });
  });

  it('is tested with an object that is locked for a day', async () => {
    const id = await add({ lockDays: 3_650 });
    expect(await testSink(world.admin, { id })).toEqual({
      delivered: true,
      status: 200,
      error: null,
    });
    const [[path, versions] = []] = [...store.objects];
    expect(path).toMatch(/\/evt_[^/]+\.ndjson$/);
    const until = Date.parse(versions?.[0]?.lockedUntil ?? '');
    expect(Math.round((until - Date.now()) / DAY_MS)).toBe(1);
    expect(versions?.[0]?.body).toContain('"index":null');
  });
});
