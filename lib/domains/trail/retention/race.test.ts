import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { listKeys, destroyKey } from '../payload/service/keys';
import { addAction } from '../payload/test/actions';
import { hangAll } from '../test/hung';
import { RetentionSuite } from '../test/retention';
import { problemOf } from '../test/world';
import { listHolds, placeHold } from './service/holds';

const suite = new RetentionSuite();

const protectedIn = (month: string) =>
  suite.recorded(
    ...suite.events('action.decided', 1, month, {
      classification: 'Restricted',
      data: { parameters: { name: 'Ada' } },
    }),
  );
const hold = () =>
  placeHold(suite.auditor, {
    ...{ filters: { classification: 'Restricted' }, reason: 'Case 1', owner: suite.world.admin },
  });
const destroy = (id: string) => destroyKey(suite.admin, { id, reason: 'asked to be forgotten' });
const keyId = async () => (await listKeys(suite.admin, {})).items[0]?.id ?? '';
const isLive = async (id: string) =>
  inWorkspace(suite.world.workspace, async (tx) => {
    const row = await tx.trailKey.findUniqueOrThrow({ where: { id } });
    return row.wrapped !== null;
  });

/** So many waits for a lock of this kind. */
async function until(pool: pg.Pool, kind: string, waits: number, over?: () => boolean) {
  for (;;) {
    const { rows } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND locktype = ANY ($1)`,
      [kind === 'row' ? ['transactionid', 'tuple'] : [kind]],
    );
    if ((rows[0]?.n ?? 0) >= waits || over?.()) return;
    await pool.query('SELECT pg_sleep(0.02)');
  }
}

describe('a legal hold and the destruction of a key', () => {
  it('wait for each other: a hold is not in force while a key is being destroyed', async () => {
    await protectedIn('03');
    const id = await keyId();
    let over = false;
    const ends = () => {
      over = true;
    };
    // Someone else has the key's row: the destruction has looked at the holds and goes no further.
    const blocker = await suite.own.control.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM trail_keys WHERE id = $1 FOR UPDATE', [id]);
    const destroyed = destroy(id).finally(ends);
    await until(suite.own.administrator, 'row', 1);
    const liveOnceHeld = hold()
      .finally(ends)
      .then(() => isLive(id));
    await until(suite.own.administrator, 'advisory', 1, () => over);
    expect(over).toBe(false);
    await blocker.query('ROLLBACK');
    blocker.release();
    expect(await destroyed).toMatchObject({ state: 'destroyed' });
    expect(await liveOnceHeld).toBe(false);
  });

  it('wait for each other: what is placed first keeps the key', async () => {
    await protectedIn('03');
    const id = await keyId();
    // As a removal that is under way.
    const removal = await suite.own.administrator.connect();
    await removal.query('BEGIN');
    await removal.query('SELECT retention_lock()');
    const held = hold();
    await until(suite.own.administrator, 'advisory', 1);
    const refused = problemOf(destroy(id));
    await until(suite.own.administrator, 'advisory', 2);
    await removal.query('ROLLBACK');
    removal.release();
    await held;
    expect(await refused).toMatchObject({ status: 409, code: 'legal_hold' });
    expect(await isLive(id)).toBe(true);
    expect(await suite.said('trail.payload_key_destroyed')).toEqual([]);
    expect((await listHolds(suite.auditor, {})).items).toHaveLength(1);
  });
});

describe('a legal hold and the removal of actions', () => {
  /** An action that is past, with all that hangs on it, in a log that verifies. */
  const past = async (control: pg.PoolClient) => {
    const { agent, workspace } = suite.world;
    const created = suite.at('03', 0);
    const id = await addAction(control, { workspace, agent, created });
    await hangAll(control, workspace, id, created);
    await suite.recorded(...suite.events('agent.created', 1, '12'));
    await suite.sound();
    return async () => (await control.query('SELECT 1 FROM actions WHERE id = $1', [id])).rowCount;
  };

  it('wait for each other: a hold is not in force while actions are being removed', async () => {
    const blocker = await suite.own.control.connect();
    const left = await past(blocker);
    // The removal has looked at the holds and goes no further.
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM samples FOR UPDATE');
    let over = false;
    const ends = () => {
      over = true;
    };
    const removal = suite.run().finally(ends);
    await until(suite.own.administrator, 'row', 1);
    const held = hold().finally(ends);
    await until(suite.own.administrator, 'advisory', 1, () => over);
    expect(over).toBe(false);
    expect((await listHolds(suite.auditor, {})).items).toEqual([]);
    await blocker.query('ROLLBACK');
    await removal;
    await held;
    expect(await left()).toBe(0);
    expect(await suite.said('trail.actions_expired')).toHaveLength(1);
    blocker.release();
  });

  it('wait for each other: what is placed first keeps the actions', async () => {
    const control = await suite.own.control.connect();
    const left = await past(control);
    const other = await suite.own.administrator.connect();
    await other.query('BEGIN');
    await other.query('SELECT retention_lock()');
    const held = hold();
    await until(suite.own.administrator, 'advisory', 1);
    const removal = suite.run();
    await until(suite.own.administrator, 'advisory', 2);
    await other.query('ROLLBACK');
    other.release();
    await held;
    await removal;
    expect(await left()).toBe(1);
    expect(await suite.said('trail.actions_expired')).toEqual([]);
    control.release();
  });
});

describe('the daily job', () => {
  it('destroys each key by itself, so that one which cannot go keeps no other', async () => {
    await protectedIn('02');
    await protectedIn('03');
    await suite.sound();
    await suite.own.control.query(
      `CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
       CREATE TRIGGER no BEFORE UPDATE ON trail_keys FOR EACH ROW WHEN (OLD.month = '${suite.year}-02') EXECUTE FUNCTION no()`,
    );
    await suite.run();
    const months = async () =>
      (await suite.said('trail.payload_key_destroyed')).map((said) => said['month']);
    expect(await months()).toEqual([`${suite.year}-03`]);
    await suite.own.control.query('DROP FUNCTION no() CASCADE');
    await suite.run();
    expect(await months()).toEqual([`${suite.year}-03`, `${suite.year}-02`]);
  });
});
