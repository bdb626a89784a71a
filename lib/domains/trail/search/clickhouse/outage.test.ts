import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClickHouseFailure, closeClickHouse, removeOwn } from '@/lib/infra/clickhouse';
import { closeDb } from '@/lib/infra/db';
import { env, setEnv } from '@/lib/infra/env';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { copyAll, throughClickHouse } from '../../test/copied';
import { load, memberContext } from '../../test/world';
import { countMatching, getFacets, getHistogram, listEvents } from '../service';
import { feedWorkspace } from './feed';
import { startFeed } from './feeder';
import { copied } from './state';
import { EVENTS, STEPS } from './tables';

/** The way to ClickHouse, which can be shut or lead nowhere. */
class Door {
  readonly #open = new Set<Socket>();
  readonly #server: Server;
  readonly #port: number;
  state: 'open' | 'shut' | 'silent' = 'open';

  constructor(port: number) {
    this.#port = port;
    this.#server = createServer((from) => {
      this.#keep(from);
      if (this.state === 'shut') from.destroy();
      if (this.state !== 'open') return;
      const to = this.#keep(connect(this.#port, '127.0.0.1'));
      from.pipe(to).pipe(from);
      from.once('close', () => to.destroy());
      to.once('close', () => from.destroy());
    });
  }

  #keep(socket: Socket): Socket {
    this.#open.add(socket);
    socket.on('error', () => undefined);
    return socket.once('close', () => this.#open.delete(socket));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  set(state: Door['state']): void {
    this.state = state;
    for (const socket of this.#open) socket.destroy();
  }

  async close(): Promise<void> {
    this.set('shut');
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const through = throughClickHouse(() => false);
let door: Door;
const { now } = clock;
let ahead = 0;

beforeAll(async () => {
  door = new Door(Number(new URL(env().CLICKHOUSE_URL ?? '').port));
  setEnv({ CLICKHOUSE_URL: await door.listen() });
  clock.now = () => new Date(now().getTime() + ahead);
});
beforeEach(() => {
  door.set('open');
  // Whatever a test before this one has found away may be asked again.
  ahead += 60_000;
});
afterAll(async () => {
  clock.now = now;
  await closeClickHouse();
  await door.close();
  await closeTrailDb();
  await closeDb();
});

async function loaded(count: number) {
  const workspace = newId('ws');
  const auditor = memberContext(workspace, 'auditor');
  const add = (some: number) =>
    load(
      workspace,
      ...Array.from({ length: some }, (_, n) => ({
        type: 'sample.drawn',
        data: { n, text: 'boiler' },
      })),
    );
  await add(count);
  return { workspace, auditor, add };
}

/** What each part of the page finds. */
async function page(auditor: ReturnType<typeof memberContext>) {
  const q = { q: 'boiler' };
  const { buckets } = await getHistogram(auditor, q);
  return [
    (await listEvents(auditor, q)).items.length,
    (await countMatching(auditor, q)).count,
    (await getFacets(auditor, q)).facets.type[0]?.count,
    buckets.reduce((sum, { count }) => sum + count, 0),
  ];
}

const asked = async () => (await through.server().statements()).length;

describe('search while ClickHouse is away', () => {
  it.each(['shut', 'silent'] as const)('is answered by PostgreSQL: %s', async (state) => {
    const { workspace, auditor } = await loaded(6);
    await copyAll(workspace);
    const calls = await asked();
    expect(await page(auditor)).toEqual([6, 6, 6, 6]);
    expect(await asked()).toBe(calls + 8);
    const before = through.fellBack().length;
    door.set(state);
    expect(await page(auditor)).toEqual([6, 6, 6, 6]);
    // Asked once, and not again for a while.
    expect(through.fellBack().length).toBe(before + 1);
    door.set('open');
    expect(await page(auditor)).toEqual([6, 6, 6, 6]);
    expect(await asked()).toBe(calls + 8);
    ahead += 31_000;
    expect(await page(auditor)).toEqual([6, 6, 6, 6]);
    expect(await asked()).toBe(calls + 16);
  });

  it('is answered by PostgreSQL too where the copy is far behind', async () => {
    const { auditor } = await loaded(5_010);
    const calls = await asked();
    expect((await page(auditor)).slice(1)).toEqual([5_010, 5_010, 5_010]);
    const since = (await through.server().statements()).slice(calls);
    expect(since.filter((one) => one.includes(EVENTS))).toEqual([]);
  });
});

describe('the feeder', () => {
  /** Asks until the copy has come so far. */
  const reaches = async (workspace: string, position: number) => {
    while ((await copied(workspace)).position < position);
  };

  it('catches up, follows the log, and goes on after an outage; only one of two is at work', async () => {
    const { workspace, auditor, add } = await loaded(5_200);
    const [first, second] = [startFeed(workspace), startFeed(workspace)];
    await reaches(workspace, 5_200);
    await add(20);
    await reaches(workspace, 5_220);
    door.set('shut');
    await expect(feedWorkspace(workspace)).rejects.toBeInstanceOf(ClickHouseFailure);
    // Whoever sequences does not notice.
    await add(5);
    door.set('open');
    await reaches(workspace, 5_225);
    await first.stop();
    await add(5);
    await reaches(workspace, 5_230);
    await second.stop();
    const inserts = (await through.server().statements()).filter((one) =>
      one.startsWith(`INSERT INTO ${EVENTS}`),
    );
    const indexes = inserts.flatMap((one) =>
      one
        .split('\n')
        .filter((line) => line.includes(workspace))
        .map((line) => (JSON.parse(line) as { idx: string }).idx),
    );
    expect(indexes).toHaveLength(5_230);
    expect(new Set(indexes).size).toBe(5_230);
    ahead += 60_000;
    expect(await countMatching(auditor, { q: 'boiler' })).toEqual({ count: 5_230, capped: false });
  });

  it('fills an empty ClickHouse from the beginning', async () => {
    const { workspace, auditor } = await loaded(30);
    await copyAll(workspace);
    await removeOwn(workspace, STEPS);
    await removeOwn(workspace, EVENTS);
    expect(await page(auditor)).toEqual([30, 30, 30, 30]);
    const feed = startFeed(workspace);
    await reaches(workspace, 30);
    await feed.stop();
    const calls = await asked();
    expect(await page(auditor)).toEqual([30, 30, 30, 30]);
    expect(await asked()).toBe(calls + 8);
  });
});
