import { describe, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { connectAs } from '@/lib/infra/trail-db';
import { clock } from '@/lib/kernel/clock';
import { destroyKey, listKeys } from '../payload/service/keys';
import { drainOutbox } from '../sequencer/run';
import { RetentionSuite } from '../test/retention';
import { memberContext, problemOf } from '../test/world';
import { defaultPeriods } from './classes';
import { liftHold, placeHold } from './service/holds';
import { getRetention, updateRetention } from './service/settings';

const suite = new RetentionSuite();

describe('a verification of what expired', () => {
  const tamper = async (sql: string) => {
    const { rowCount } = await suite.own.administrator.query(sql, [suite.world.workspace]);
    expect(rowCount).toBeGreaterThan(0);
  };

  it.each([
    [
      'an event removed under a removal that never was',
      [
        'DELETE FROM events WHERE workspace_id = $1 AND idx = 303',
        `INSERT INTO expired_ranges VALUES ($1, 303, 303, 'xpr_made_up')`,
        'INSERT INTO kept_leaves SELECT workspace_id, 303, leaf_hash FROM kept_leaves WHERE workspace_id = $1 LIMIT 1',
      ],
      303,
    ],
    [
      'an event removed under a removal that was',
      [
        'DELETE FROM events WHERE workspace_id = $1 AND idx = 10',
        'UPDATE expired_ranges SET last = 10 WHERE workspace_id = $1 AND first = 0',
      ],
      0,
    ],
    ['a range taken away', ['DELETE FROM expired_ranges WHERE workspace_id = $1'], 0],
    [
      'an event said to have expired that is there',
      [`INSERT INTO expired_ranges VALUES ($1, 20, 20, 'xpr_made_up')`],
      20,
    ],
    [
      'a range past the end',
      [`INSERT INTO expired_ranges VALUES ($1, 9000, 9001, 'xpr_made_up')`],
      9000,
    ],
    [
      'a kept leaf',
      [
        'UPDATE kept_leaves SET leaf_hash = sha256(leaf_hash) WHERE workspace_id = $1 AND idx = 301',
      ],
      300,
    ],
  ])('finds %s', async (_, statements, index) => {
    await suite.recorded(...suite.events('action.decided', 10));
    await suite.recorded(...suite.events('agent.created', 290, '12'));
    await suite.recorded(...suite.events('action.decided', 3));
    await suite.recorded(...suite.events('agent.created', 20, '12'));
    await suite.sound();
    await suite.run();
    await drainOutbox();
    expect(await suite.sound()).toMatchObject({ status: 'ok' });
    for (const sql of statements) await tamper(sql);
    expect(await suite.sound()).toMatchObject({ status: 'failed', first_bad: index });
  });
});

describe('payload keys', () => {
  const protectedEvents = () =>
    suite.recorded(
      ...suite.events('action.decided', 2, '03', {
        classification: 'Restricted',
        data: { parameters: { name: 'Ada' } },
      }),
    );
  const keys = async () =>
    inWorkspace(suite.world.workspace, (tx) =>
      tx.trailKey.findMany({ select: { month: true, wrapped: true } }),
    );

  it('are destroyed at the end of retention, unless a hold may need them', async () => {
    await protectedEvents();
    await suite.sound();
    const { id } = await placeHold(suite.auditor, {
      ...{ filters: { classification: 'Restricted' }, reason: 'Case 1', owner: suite.world.admin },
    });
    await suite.run();
    expect((await keys()).filter(({ wrapped }) => wrapped === null)).toEqual([]);
    expect(await keys()).toHaveLength(1);
    const [key] = (await listKeys(suite.admin, {})).items;
    expect(
      await problemOf(destroyKey(suite.admin, { id: key?.id, reason: 'asked to be forgotten' })),
    ).toMatchObject({ status: 409, code: 'legal_hold' });
    expect(await keys()).toMatchObject([{ wrapped: expect.anything() }]);
    await liftHold(suite.admin, { id, reason: 'Case closed' });
    await suite.run();
    expect(await keys()).toMatchObject([{ month: `${suite.year}-03`, wrapped: null }]);
    expect(await suite.said('trail.payload_key_destroyed')).toHaveLength(1);
    await suite.run();
    expect(await suite.said('trail.payload_key_destroyed')).toHaveLength(1);
  });
});

describe('the settings', () => {
  it('forecast a young log by its own age, and nothing from less than a day', async () => {
    const ago = (ms: number) => new Date(clock.now().getTime() - ms).toISOString();
    const of = (count: number, ms: number) =>
      Array.from({ length: count }, () => ({ type: 'action.decided', time: ago(ms) }));
    await suite.recorded(...of(40, 60_000));
    const young = await getRetention(suite.auditor, {});
    expect(young.observed_ms).toBeGreaterThanOrEqual(60_000);
    expect(young.observed_ms).toBeLessThan(3_600_000);
    expect(young.forecast[0]).toMatchObject({ events: 40, events_a_day: 40 });

    await suite.recorded(...of(40, 4 * 86_400_000));
    const older = await getRetention(suite.auditor, {});
    expect(older.observed_ms / 86_400_000).toBeCloseTo(4, 1);
    expect(older.forecast[0]?.events_a_day).toBeCloseTo(20, 0);
  });

  it('forecast by the last thirty days, and say who may change them', async () => {
    const recent = new Date(clock.now().getTime() - 5 * 86_400_000).toISOString();
    await suite.recorded(
      ...Array.from({ length: 60 }, () => ({ type: 'action.decided', time: recent })),
      ...suite.events('agent.created', 9),
    );
    const view = await getRetention(suite.auditor, {});
    const [decisions, , administration] = view.forecast;
    expect(decisions).toMatchObject({ class: 'decisions', events: 60, events_a_day: 2, past: 0 });
    expect(decisions?.events_at_end).toBe(Math.round(2 * 84 * (365.25 / 12)));
    expect(administration).toMatchObject({ events: 9, past: 9, events_a_day: 0 });
    expect(view.observed_ms).toBe(30 * 86_400_000);
    expect(view.event_bytes).toBeGreaterThan(100);
    expect(view).toMatchObject({ updated_by: null, can: { edit: { allowed: false } } });
    expect(await problemOf(updateRetention(suite.auditor, { reads: 3 }))).toMatchObject({
      status: 403,
    });
    const wrong = [{}, { reads: 0 }, { reads: 1.5 }, { decisions: 1_201 }, { other: 3 }];
    for (const input of wrong) {
      expect(await problemOf(updateRetention(suite.admin, input))).toMatchObject({ status: 422 });
    }
    expect((await getRetention(suite.admin, {})).periods).toEqual(defaultPeriods);
    await updateRetention(suite.admin, { reads: 12 });
    expect((await getRetention(suite.admin, {})).periods).toEqual({ ...defaultPeriods, reads: 12 });
    const approver = memberContext(suite.world.workspace, 'approver');
    expect(await problemOf(getRetention(approver, {}))).toMatchObject({ status: 403 });
  });
});

describe('the database', () => {
  it('lets only the retention role remove, only past months, only of the workspace at hand', async () => {
    await suite.recorded(...suite.events('action.decided', 3));
    const refusal = async (role: Parameters<typeof connectAs>[0], sql: string, set = true) => {
      const { client } = await connectAs(role);
      try {
        if (set) {
          await client.query(`SELECT set_config('countersign.workspace', $1, false)`, [
            suite.world.workspace,
          ]);
        }
        return await client.query(sql).then(
          () => 'done',
          (error: { code?: string }) => error.code,
        );
      } finally {
        await client.end();
      }
    };
    const past = `SELECT expire_events('xpr_1', '${suite.year}-03-01', '{decisions}')`;
    expect(await refusal('countersign_trail_reader', past)).toBe('42501');
    expect(await refusal('countersign_trail_writer', past)).toBe('42501');
    expect(await refusal('countersign_trail_retention', past, false)).toBe('42501');
    const within = (id: string, months: number, classes = '{decisions}') =>
      `SELECT expire_events('${id}', (current_date - interval '${months} months')::date, '${classes}')`;
    expect(await refusal('countersign_trail_retention', within('xpr_2', 0))).toBe('CS001');
    // Also where only one of the classes is not past its period, which is 84 months of each.
    const recent = new Date();
    recent.setUTCDate(10);
    recent.setUTCMonth(recent.getUTCMonth() - 20);
    const time = recent.toISOString();
    await suite.recorded({ type: 'action.decided', time }, { type: 'request.refused', time });
    expect(await refusal('countersign_trail_retention', within('xpr_3', 20))).toBe('CS001');
    await updateRetention(suite.admin, { reads: 12 });
    // The log does not say so yet.
    expect(await refusal('countersign_trail_retention', within('xpr_4', 20, '{reads}'))).toBe(
      'CS001',
    );
    await drainOutbox();
    expect(
      await refusal('countersign_trail_retention', within('xpr_5', 20, '{reads,decisions}')),
    ).toBe('CS001');
    const traces = `SELECT (SELECT count(*) FROM expiries WHERE workspace_id = $1)
                         + (SELECT count(*) FROM expired_ranges WHERE workspace_id = $1) AS n`;
    const { rows } = await suite.own.administrator.query(traces, [suite.world.workspace]);
    expect(rows).toEqual([{ n: '0' }]);
    expect(await suite.leftOf('action.decided')).toBe(4);
    expect(await suite.leftOf('request.refused')).toBe(1);
    expect(await refusal('countersign_trail_retention', within('xpr_6', 20, '{reads}'))).toBe(
      'done',
    );
    expect(await suite.leftOf('request.refused')).toBe(0);
    for (const sql of [
      'DELETE FROM events',
      'SELECT * FROM events',
      'DROP TABLE events',
      'DELETE FROM legal_holds',
      'UPDATE legal_holds SET lifted_at = now()',
      'DELETE FROM expired_ranges',
      `SELECT remove_events('xpr_7', '${suite.year}-03-01', '{decisions}')`,
      `SELECT note_retention_periods('${suite.world.workspace}')`,
      `UPDATE retention_periods SET months = '{"decisions":1}'`,
      `SELECT place_legal_hold('{"id":"lgh_1","workspace_id":"ws_other","reason":"x","owner":"y","filters":{},"placed_by":"z","placed_at":"2026-01-01"}')`,
    ]) {
      expect([sql, await refusal('countersign_trail_retention', sql)]).toEqual([sql, '42501']);
    }
    expect(await suite.leftOf('action.decided')).toBe(4);
  });
});
