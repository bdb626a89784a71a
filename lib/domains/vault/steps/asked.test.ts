/** A rotation that is given up while the upstream may have made a key that nothing here knows. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import { eventsOf as saidIn, type Said } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { clock } from '@/lib/kernel/clock';
import { jobContext } from '@/lib/kernel/context';
import { loadRotation } from '../repo';
import { MAX_ATTEMPTS } from '../rotation';
import { getRotation } from '../service/rotations';
import { rotateSecret } from '../service/rotate-secret';
import { createSecret } from '../service/secrets';
import { as } from '../test/support';
import { startUpstream, type Upstream } from '../test/upstream';
import { runRotation } from './run';
import { giveUpNewKey } from './secret';

let world: World;
let upstream: Upstream;
const realNow = clock.now;

beforeAll(async () => {
  world = await mintWorld();
  upstream = await startUpstream();
});
afterAll(async () => {
  await upstream.close();
  await closeQueue();
  await closeDb();
});
afterEach(() => {
  clock.now = realNow;
  upstream.watch(undefined);
});

async function begin() {
  const { secret } = await createSecret(as('admin', world), {
    name: `key-${crypto.randomUUID()}`,
    value: await upstream.makeKey(),
    rotator: { kind: 'http_api_keys', baseUrl: upstream.baseUrl, graceSeconds: 0 },
  });
  const keys = (await upstream.liveKeys()).length;
  const { id } = await rotateSecret(as('admin', world), { id: secret.id });
  return { id, keys };
}

const job = () => jobContext(world.workspace, 'vault.rotate');
const shown = (id: string) => getRotation(as('auditor', world), { id });
const unrecorded = [{ key: 'unrecorded', upstreamId: null }];

async function failureOf(id: string) {
  const said = await saidIn<Said & { object?: { id: string }; data: Record<string, unknown> }>(
    world.workspace,
  );
  return said.find(({ object, type }) => object?.id === id && type === 'rotation.failed')?.data;
}

/** Answers each request for a key, in turn and then ever again; `at` says before or after its effect. */
function answer(...answers: { at: 'before' | 'after'; status: number }[]) {
  let asked = 0;
  upstream.watch(async (call, phase) => {
    if (call !== 'POST api-keys') return undefined;
    const { at, status } = answers[Math.min(asked, answers.length - 1)] ?? { at: '', status: 0 };
    if (phase !== at) return undefined;
    asked += 1;
    return new Response('{}', { status });
  });
}

/** Runs it, over its waits, until it is finished. */
async function runOut(id: string): Promise<number> {
  let now = Date.now();
  clock.now = () => new Date(now);
  for (let runs = 1; ; runs++) {
    const { waitMs } = await runRotation(job(), id);
    if (waitMs === undefined) return runs;
    now += waitMs;
  }
}

test.each([
  ['a success of another form', [{ at: 'after', status: 201 }], 1],
  ['a redirect', [{ at: 'after', status: 303 }], 1],
  ['failures after the effect', [{ at: 'after', status: 502 }], MAX_ATTEMPTS],
  [
    'a failure after the effect, then a refusal',
    [
      { at: 'after', status: 502 },
      { at: 'before', status: 403 },
    ],
    2,
  ],
] as const)('given up on %s, its record says to look for a key', async (_name, answers, runs) => {
  const { id, keys } = await begin();
  answer(...answers);
  expect(await runOut(id)).toBe(runs);
  expect(await upstream.liveKeys()).toHaveLength(keys + 1);
  const { step, ended } = await shown(id);
  expect([step, ended?.notWithdrawn]).toEqual(['failed', unrecorded]);
  expect(ended?.toDo).toContain(`at ${upstream.baseUrl} with the idempotency key ${id}`);
  const said = { not_withdrawn: unrecorded, at: upstream.baseUrl, to_do: ended?.toDo };
  expect(await failureOf(id)).toMatchObject(said);
});

test.each([
  ['refused', [{ at: 'before', status: 403 }], 1],
  ['asked too often', [{ at: 'before', status: 429 }], MAX_ATTEMPTS],
] as const)('given up when %s, there is no key to look for', async (_name, answers, runs) => {
  const { id, keys } = await begin();
  answer(...answers);
  expect(await runOut(id)).toBe(runs);
  expect(await upstream.liveKeys()).toHaveLength(keys);
  expect(await shown(id)).toMatchObject({ step: 'failed', ended: null });
  expect(await failureOf(id)).toMatchObject({ not_withdrawn: [] });
});

test('given up while another asks: the key that comes late is withdrawn, and the record knows', async () => {
  const { id, keys } = await begin();
  const stale = await inWorkspace(world.workspace, (tx) => loadRotation(tx, id));
  upstream.watch(async (call, phase) => {
    if (call !== 'POST api-keys' || phase !== 'after') return;
    await giveUpNewKey(job(), stale, 'given up');
    expect((await shown(id)).ended?.notWithdrawn).toEqual(unrecorded);
  });
  expect(await runRotation(job(), id)).toEqual({ step: 'failed' });
  expect((await shown(id)).ended?.notWithdrawn).toEqual([]);
  expect(await upstream.liveKeys()).toHaveLength(keys);
});

test('given up before it asks, the upstream is not asked any more', async () => {
  const { id } = await begin();
  const asked: string[] = [];
  upstream.watch(async (call, phase) => {
    if (phase === 'before') asked.push(call);
    if (call !== 'GET whoami' || phase !== 'after') return;
    const stale = await inWorkspace(world.workspace, (tx) => loadRotation(tx, id));
    await giveUpNewKey(job(), stale, 'given up');
  });
  expect(await runRotation(job(), id)).toEqual({ step: 'failed' });
  expect(asked).toEqual(['GET whoami']);
  expect((await shown(id)).ended).toBeNull();
});
