import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mintWorld } from '@/lib/infra/testing/world';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { load, memberContext } from '../test/world';
import { blankPayloads } from './jobs';
import { destroyKey } from './service/keys';
import { addAction, addActions, type Clear, endAction } from './test/actions';
import { at, openWorld, secretive } from './test/world';

let world: Awaited<ReturnType<typeof openWorld>>;

beforeAll(async () => {
  world = await openWorld();
});
const { now } = clock;
afterEach(() => {
  clock.now = now;
});
afterAll(() => world.close());

type Month = `${number}-${string}`;

/** A workspace with a key for each of these months, and how its actions are added and read. */
async function withKeys(...months: Month[]) {
  const { workspace, agent } = await mintWorld();
  await load(workspace, ...months.map((month) => at(`${month}-10T00:00:00.000Z`, secretive)));
  const add = (created: string, over: Partial<Clear> = {}) =>
    addAction(world.owner, { workspace, agent, created, ...over });
  const clear = async (column: string, ids: readonly string[]): Promise<string[]> => {
    const { rows } = await world.owner.query<{ id: string }>(
      `SELECT id FROM actions WHERE id = ANY ($1) AND ${column}::text LIKE '%zanzibar%' ORDER BY id`,
      [ids],
    );
    return rows.map(({ id }) => id);
  };
  return {
    ...{ workspace, agent, add, clear },
    destroy: async (month: Month) => {
      const id = await world.keyIdOf(workspace, month);
      await destroyKey(memberContext(workspace, 'admin'), { id, reason: 'asked to' });
      return id;
    },
    blank: () => blankPayloads.perform(workspace, {}),
  };
}

async function stateOf(key: string) {
  const { rows } = await world.owner.query<{ through: Date; done: boolean; left: number }>(
    `SELECT through, done_at IS NOT NULL AS done,
            (SELECT count(*)::int FROM trail_unblanked WHERE key_id = b.key_id) AS left
       FROM trail_blankings b WHERE key_id = $1`,
    [key],
  );
  return rows[0];
}

describe('blanking under a destroyed key', () => {
  it('takes the result of an action that waited almost as long as it may', async () => {
    const { add, blank, clear, destroy } = await withKeys('2025-07', '2025-08');
    const waited = await add('2025-07-02T00:00:00Z', { finished: '2025-08-01T00:30:00Z' });
    const later = await add('2025-08-20T00:00:00Z', { finished: '2025-09-05T00:00:00Z' });
    await destroy('2025-08');
    await blank();
    expect(await clear('result', [waited, later])).toEqual([later]);
    // Each member goes with the month that its own event is of.
    expect(await clear('parameters', [waited, later])).toEqual([waited]);
    await destroy('2025-07');
    await blank();
    expect(await clear('parameters', [waited])).toEqual([]);
  });

  it('goes through a large month chunk by chunk, once, and is then done with it', async () => {
    const { add, agent, blank, clear, destroy, workspace } = await withKeys('2025-07');
    const ids = Array.from({ length: 12_345 }, () => newId('act'));
    const finished = '2025-07-10T01:00:00Z';
    await addActions(world.owner, { workspace, agent, created: finished, finished }, ids);
    const key = await destroy('2025-07');
    expect(await stateOf(key)).toBeUndefined();
    await blank();
    expect(await clear('parameters', ids)).toEqual([]);
    expect(await clear('result', ids)).toEqual([]);
    expect(await stateOf(key)).toEqual({
      through: new Date('2025-08-01T00:00:00Z'),
      ...{ done: true, left: 0 },
    });
    // Nothing can be created in a month that is over: it is not looked through again.
    const impossible = await add('2025-07-15T00:00:00Z');
    await blank();
    expect(await clear('parameters', [impossible])).toEqual([impossible]);
  });

  it('takes what ends after it has passed, also what was planted', async () => {
    const { add, blank, clear, destroy } = await withKeys('2025-07', '2025-08');
    const running = await add('2025-07-31T00:00:00Z', { status: 'running' });
    const planted = await add('2025-07-31T00:00:00Z', { status: 'pending' });
    await world.owner.query('UPDATE actions SET planted = true WHERE id = $1', [planted]);
    // It may still end in August while that is not over, but not later.
    const early = await add('2025-07-20T00:00:00Z', { status: 'pending' });
    clock.now = () => new Date('2025-08-20T00:00:00Z');
    const [july, august] = [await destroy('2025-07'), await destroy('2025-08')];
    await blank();
    expect(await clear('parameters', [running, planted, early])).toHaveLength(3);
    expect(await stateOf(july)).toMatchObject({ done: false, left: 3 });
    expect(await stateOf(august)).toMatchObject({ done: false, left: 3 });
    await endAction(world.owner, running, '2025-08-21T00:00:00Z');
    await world.owner.query(`UPDATE actions SET status = 'expired' WHERE id = $1`, [planted]);
    await blank();
    for (const column of ['parameters', 'result']) {
      expect(await clear(column, [running, planted])).toEqual([]);
    }
    expect(await stateOf(july)).toMatchObject({ done: false, left: 1 });
    clock.now = () => new Date('2025-09-10T00:00:00Z');
    await blank();
    expect(await stateOf(august)).toMatchObject({ done: true, left: 0 });
    expect(await clear('parameters', [early])).toEqual([early]);
    await endAction(world.owner, early, '2025-09-10T00:00:00Z');
    await blank();
    expect(await clear('parameters', [early])).toEqual([]);
    expect(await clear('result', [early])).toEqual([early]);
    expect(await stateOf(july)).toMatchObject({ done: true, left: 0 });
  });

  it('goes on with a month that is not over for as long as that adds to it', async () => {
    const { add, blank, clear, destroy } = await withKeys('2025-07');
    const first = await add('2025-07-10T00:00:00Z');
    clock.now = () => new Date('2025-07-10T01:00:00Z');
    const key = await destroy('2025-07');
    await blank();
    const second = await add('2025-07-10T00:30:00Z');
    const third = await add('2025-07-10T02:00:00Z');
    await blank();
    expect(await clear('parameters', [first, second, third])).toEqual([]);
    const amounts = () =>
      world.owner.query('SELECT amount FROM actions WHERE id = $1', [first]).then((r) => r.rows);
    // Today's amounts are still counted.
    expect(await amounts()).toEqual([{ amount: 750 }]);
    clock.now = () => new Date('2025-07-20T00:00:00Z');
    await blank();
    expect(await amounts()).toEqual([{ amount: null }]);
    expect(await stateOf(key)).toMatchObject({ done: false, left: 0 });
    clock.now = () => new Date('2025-08-04T00:00:00Z');
    await blank();
    expect(await stateOf(key)).toMatchObject({ done: true });
  });

  it('fails for one key alone, and goes on from there with the next run', async () => {
    const { add, agent, blank, clear, destroy, workspace } = await withKeys('2025-06', '2025-07');
    const others = [await add('2025-06-10T00:00:00Z')];
    // A chunk, with the one of June: results of July may be of it.
    const before = Array.from({ length: 4_999 }, () => newId('act'));
    const created = '2025-07-10T01:00:00Z';
    await addActions(world.owner, { workspace, agent, created }, before);
    const bad = await add('2025-07-12T00:00:00Z');
    await destroy('2025-06');
    const key = await destroy('2025-07');
    const name = `refuse_${bad.replaceAll('-', '_')}`;
    await world.owner.query(
      `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
       CREATE TRIGGER ${name} BEFORE UPDATE ON actions FOR EACH ROW WHEN (OLD.id = '${bad}') EXECUTE FUNCTION ${name}()`,
    );
    await expect(blank()).rejects.toThrow('payloads of 1 keys are not all blanked');
    expect(await clear('parameters', [...others, ...before, bad])).toEqual([bad]);
    expect((await stateOf(key))?.through.toISOString()).toMatch(/^2025-07-10T01/);
    await world.owner.query(`DROP FUNCTION ${name}() CASCADE`);
    await blank();
    expect(await clear('parameters', [bad])).toEqual([]);
    expect(await stateOf(key)).toMatchObject({ done: true });
  });
});
