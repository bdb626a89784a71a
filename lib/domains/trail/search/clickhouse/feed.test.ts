import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClickHouseFailure, insertOwn, ownRows, removeOwn } from '@/lib/infra/clickhouse';
import { inWorkspace } from '@/lib/infra/db';
import { settledText } from '@/lib/infra/testing/settled';
import { newId } from '@/lib/kernel/ids';
import { destroyKey } from '../../payload/service/keys';
import { at, NOVEMBER, openWorld, reader, secretive } from '../../payload/test/world';
import { reading } from '../../repo';
import { copyAll, throughClickHouse } from '../../test/copied';
import { load, memberContext } from '../../test/world';
import { withProtected } from '../../payload/terms';
import { countMatching, getFacets, listEvents } from '../service';
import { clickhouseSearch } from './engine';
import { checkCopy, feedWorkspace } from './feed';
import { copied, logged, step } from './state';
import { EVENTS } from './tables';
import { wordsOf } from './vector';

const NEVER = () => false;
const through = throughClickHouse(NEVER);
let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

/** `count` events in three months, and what an auditor's search finds of them. */
async function loaded(count: number) {
  const workspace = newId('ws');
  const auditor = memberContext(workspace, 'auditor');
  const add = (from: number, to: number) =>
    load(
      workspace,
      ...Array.from({ length: to - from }, (_, n) =>
        at(new Date(Date.UTC(2026, (from + n) % 3, 5, 0, 0, from + n)).toISOString(), {
          type: 'sample.drawn',
          data: { n: from + n, text: 'boiler plate' },
        }),
      ),
    );
  await add(0, count);
  const found = async (more: object = {}) =>
    (await listEvents(auditor, { limit: 100, ...more })).items.map(({ index }) => index);
  return { workspace, auditor, add, found };
}

interface Row {
  idx: number;
  said: string;
  words: string[];
}
const rowsOf = (workspace: string) =>
  ownRows<Row>(workspace, {
    ...{ select: 'idx, said, words', table: EVENTS },
    rest: { sql: 'ORDER BY idx', values: {} },
  });
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('the words of an index', () => {
  it('are taken in their order, without what repeats columns', () => {
    expect(
      wordsOf(`'boiler':2,7 'plate':3 'late' '=type=a.b' '=actor=o''x\\\\' '=word=9f'`),
    ).toEqual({
      words: ['boiler', 'plate', 'late', '=word=9f'],
      said: '  boiler plate    boiler  late ',
    });
    expect(wordsOf('')).toEqual({ words: [], said: '  ' });
  });
});

describe('feeding', () => {
  it('begins at the beginning, goes on where it was, and does nothing when nothing is new', async () => {
    const { workspace, add, found } = await loaded(30);
    expect(await copied(workspace)).toEqual({ position: 0, removals: [] });
    await copyAll(workspace);
    expect((await rowsOf(workspace)).map(({ idx }) => idx)).toEqual(upTo(30));
    await add(30, 45);
    expect((await found({ q: 'plate' })).length).toBe(45);
    await copyAll(workspace);
    expect((await rowsOf(workspace)).map(({ idx }) => idx)).toEqual(upTo(45));
    const before = (await through.server().statements()).length;
    expect(await feedWorkspace(workspace)).toBe(false);
    const since = (await through.server().statements()).slice(before);
    expect(since.filter((one) => one.startsWith('INSERT'))).toEqual([]);
  });

  it('repeats nothing and skips nothing, wherever it is cut off', async () => {
    const { workspace, auditor, add, found } = await loaded(12);
    // It asks where it is, inserts, and writes its position down.
    for (const when of ['before', 'done'] as const) {
      for (const after of [0, 1, 2]) {
        const { size } = await logged(workspace);
        await add(size, size + 12);
        await through.server().cut(after, when);
        await expect(feedWorkspace(workspace)).rejects.toBeInstanceOf(ClickHouseFailure);
        const whole = upTo(size + 12).map((n) => size + 11 - n);
        expect((await found()).toSorted((a, b) => b - a)).toEqual(whole);
        expect(await countMatching(auditor, { q: 'boiler' })).toMatchObject({ count: size + 12 });
        await copyAll(workspace);
        expect((await rowsOf(workspace)).map(({ idx }) => idx)).toEqual(upTo(size + 12));
        expect(await countMatching(auditor, { q: 'boiler' })).toMatchObject({ count: size + 12 });
      }
    }
  });

  it('copies anew what is of another log', async () => {
    const { workspace, auditor, found } = await loaded(5);
    await step(workspace, { position: 900 });
    await insertOwn(workspace, EVENTS, [
      { idx: 700, time: '2026-01-01 00:00:00', words: ['plate'] },
    ]);
    expect(await countMatching(auditor, { q: 'plate' })).toMatchObject({ count: 5 });
    expect(await found({ q: 'plate' })).toHaveLength(5);
    await copyAll(workspace);
    expect(await copied(workspace)).toEqual({ position: 5, removals: [] });
    expect((await rowsOf(workspace)).map(({ idx }) => idx)).toEqual(upTo(5));
  });
});

describe('a check', () => {
  it('leaves a whole copy as it is and begins one anew that has lost a part', async () => {
    const { workspace, add, found } = await loaded(20);
    await copyAll(workspace);
    await add(20, 23);
    await checkCopy(workspace);
    expect(await copied(workspace)).toEqual({ position: 20, removals: [] });
    await removeOwn(workspace, EVENTS, {
      where: { sql: 'idx = {lost:UInt64}', values: { lost: 7 } },
    });
    expect(await found({ q: 'boiler' })).toHaveLength(22);
    await checkCopy(workspace);
    expect(await copied(workspace)).toEqual({ position: 0, removals: [] });
    expect(await found({ q: 'boiler' })).toHaveLength(23);
    await copyAll(workspace);
    expect((await rowsOf(workspace)).map(({ idx }) => idx)).toEqual(upTo(23));
  });
});

describe('protected payloads', () => {
  it('are copied as the keyed hashes of their words, which mean nothing without the key', async () => {
    const workspace = newId('ws');
    await load(workspace, at(NOVEMBER, secretive));
    await copyAll(workspace);
    const rows = await rowsOf(workspace);
    expect(settledText(rows)).not.toMatch(/zanzibar|jane|4111|7946/i);
    expect(rows[0]?.words.filter((word) => word.startsWith('=word=')).length).toBeGreaterThan(3);
    const may = reader(workspace, 'auditor');
    const count = async (ctx: typeof may) => (await countMatching(ctx, { q: 'zanzibar' })).count;
    expect(await count(may)).toBe(1);
    expect((await listEvents(may, { q: 'zanzibar refund' })).items).toHaveLength(1);
    expect(await count(memberContext(workspace, 'auditor'))).toBe(0);
    // Among as many words as a search may name, each with the hash of its key.
    const many = `zanzibar ${Array.from({ length: 150 }, (_, n) => `-${n}x`).join(' ')}`;
    const filters = await inWorkspace(workspace, (tx) =>
      withProtected(tx, may.actor, { q: many.slice(0, 500) }),
    );
    expect(await clickhouseSearch.countEvents(workspace, filters, 10)).toEqual({
      count: 1,
      exact: true,
    });
    const id = await world.keyIdOf(workspace);
    await destroyKey(memberContext(workspace, 'admin'), { id, reason: 'asked to' });
    expect(await count(may)).toBe(0);
    expect(through.fellBack()).toEqual([]);
  });
});

describe('a copy that is wrong', () => {
  const forged = (idx: number, time: string, type: string) => ({
    ...{ idx, time, type, actor_id: 'x', tier: -1, words: ['boiler'], said: ' boiler ' },
  });

  it("shows no other workspace's event, whatever it says", async () => {
    const [own, other] = [await loaded(3), await loaded(3)];
    await copyAll(own.workspace);
    await copyAll(other.workspace);
    // Rows of theirs under this workspace's name, beyond what it has itself.
    await insertOwn(own.workspace, EVENTS, [
      ...upTo(3).map((idx) => forged(idx, `2026-0${idx + 1}-05 00:00:07`, 'sample.drawn')),
      forged(1, '2026-02-05 00:00:01', 'sample.drawn'),
    ]);
    const items = (await listEvents(own.auditor, { q: 'boiler' })).items;
    expect(items.map(({ index }) => index)).toEqual([2, 1, 0]);
    expect(new Set(items.map((item) => item['workspace']))).toEqual(new Set([own.workspace]));
    expect((await listEvents(other.auditor, { q: 'boiler' })).items).toHaveLength(3);
  });

  it('shows no event as what it is not, and pages on past what is no match', async () => {
    const { workspace, found, auditor } = await loaded(9);
    await copyAll(workspace);
    const real = await reading(workspace, async (client) => {
      const text = `SELECT idx, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') AS time
                      FROM events WHERE workspace_id = $1 ORDER BY time DESC`;
      return (await client.query<{ idx: string; time: string }>(text, [workspace])).rows;
    });
    const [newest, , third] = real;
    await insertOwn(workspace, EVENTS, [
      forged(Number(newest?.idx), newest?.time ?? '', 'key.rolled'),
      { ...forged(Number(third?.idx), third?.time ?? '', 'x.y'), words: ['zebra'] },
    ]);
    expect(await found({ type: 'key.rolled' })).toEqual([]);
    expect(await found({ q: 'zebra' })).toEqual([]);
    // The two are left out of pages they belong to; everything else is where it was.
    const rest = real
      .map(({ idx }) => Number(idx))
      .filter((idx) => idx !== Number(newest?.idx) && idx !== Number(third?.idx));
    const first = await listEvents(auditor, { type: 'sample.drawn', limit: 3 });
    const second = await listEvents(auditor, {
      type: 'sample.drawn',
      limit: 9,
      cursor: first.next,
    });
    expect([...first.items, ...second.items].map(({ index }) => index)).toEqual(rest);
  });

  it('cannot be asked about another workspace by what is searched for', async () => {
    const [own, other] = [await loaded(2), await loaded(2)];
    await copyAll(own.workspace);
    await copyAll(other.workspace);
    const hostile = `x') OR workspace_id = '${other.workspace}' OR ('' = '`;
    for (const filters of [{ actor: hostile }, { action_type: hostile }, { q: hostile }]) {
      expect(await own.found(filters)).toEqual([]);
      expect(await countMatching(own.auditor, filters)).toMatchObject({ count: 0 });
      expect(Object.values((await getFacets(own.auditor, filters)).facets).flat()).toEqual([]);
    }
    expect(through.fellBack()).toEqual([]);
  });
});
