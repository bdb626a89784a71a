import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { clock } from '@/lib/kernel/clock';
import { type OwnDatabase, ownDatabase } from '../test/own-database';
import { startDelivery } from './engine';
import { HttpReceiver } from './test/http';
import { addSink, deliveryWorld, say } from './test/world';

// Of its own: an engine for all workspaces would deliver for those of other suites too.
let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own?.stop());

let slow: HttpReceiver;
let url: string;
beforeEach(async () => {
  slow = new HttpReceiver();
  url = await slow.start();
  return () => slow.close();
});

/** Something that is waited for until it is let go. */
function held() {
  let letGo = () => {};
  const over = new Promise<void>((resolve) => (letGo = resolve));
  return { over, letGo };
}

it('leaves room beside the slow receivers of one workspace', async () => {
  const { over, letGo } = held();
  slow.answer = async (_, response) => {
    await over;
    response.writeHead(204).end();
  };
  const quick = new HttpReceiver();
  const [many, one] = [await deliveryWorld(), await deliveryWorld()];
  for (let n = 0; n < 14; n += 1) {
    await addSink(many, { kind: 'webhook', url: `${url}/${n}` }, { from: 'beginning' });
  }
  await addSink(one, { kind: 'webhook', url: await quick.start() }, { from: 'beginning' });
  await say(many.workspace, 0, 1);
  await say(one.workspace, 0, 1);
  const engine = startDelivery();
  await quick.has(1);
  await slow.has(3);
  expect(slow.received).toHaveLength(3);
  letGo();
  // Each of the others has its turn.
  const paths = () => new Set(slow.received.map(({ path }) => path));
  for (let count = 4; paths().size < 14; count += 1) await slow.has(count);
  await engine.stop();
  await quick.close();
});

it('gives the slot of a sink with much to deliver to one that waits', async () => {
  const world = await deliveryWorld();
  await say(world.workspace, 0, 4_100);
  const { over, letGo } = held();
  const of = (path: string) => slow.received.filter((request) => request.path === path).length;
  slow.answer = async ({ path }, response) => {
    // The fifth batch of each is none of its first turn.
    if (path !== '/last' && of(path) > 4) await over;
    response.writeHead(204).end();
  };
  for (const path of ['one', 'two', 'three', 'last']) {
    await addSink(world, { kind: 'webhook', url: `${url}/${path}` }, { from: 'beginning' });
  }
  const engine = startDelivery(world.workspace);
  for (let count = 1; of('/last') === 0; count += 1) await slow.has(count);
  // Before the others have delivered what waits for them, which is a batch more at least.
  expect(['/one', '/two', '/three'].map(of).every((count) => count <= 5)).toBe(true);
  letGo();
  for (const path of ['/one', '/two', '/three', '/last']) {
    for (let count = 1; of(path) < 5; count += 1) await slow.has(count);
  }
  await engine.stop();
});

it('leaves room beside the slow receivers of many workspaces', async () => {
  const { now } = clock;
  let ahead = 0;
  clock.now = () => new Date(now().getTime() + ahead);
  slow.answer = async (_, response) => {
    ahead += 6_000;
    response.writeHead(204).end();
  };
  const worlds = await Promise.all(Array.from({ length: 5 }, deliveryWorld));
  for (const world of worlds) {
    for (const path of ['one', 'two', 'three']) {
      await addSink(world, { kind: 'webhook', url: `${url}/${path}` }, { from: 'beginning' });
    }
    await say(world.workspace, 0, 1);
  }
  const engine = startDelivery();
  await slow.has(15);
  const { over, letGo } = held();
  slow.answer = async (_, response) => {
    await over;
    response.writeHead(204).end();
  };
  for (const { workspace } of worlds) await say(workspace, 1, 1);
  await slow.has(15 + 8);
  ahead = 0;
  const quick = new HttpReceiver();
  const one = await deliveryWorld();
  await addSink(one, { kind: 'webhook', url: await quick.start() }, { from: 'beginning' });
  await say(one.workspace, 0, 1);
  await quick.has(1);
  expect(slow.received).toHaveLength(15 + 8);
  letGo();
  // Each of the slow ones has its turn too.
  await slow.has(30);
  clock.now = now;
  await engine.stop();
  await quick.close();
});
