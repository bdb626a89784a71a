import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { connectAs } from '@/lib/infra/trail-db';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { jobContext } from '@/lib/kernel/context';
import type { NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { verifyConsistency, verifyInclusion } from '../merkle';
import { destroyKey, listKeys } from '../payload/service/keys';
import { drainOutbox } from '../sequencer/run';
import { getConsistency, getProof, rollSigningKey } from '../service/proof';
import { type OwnDatabase, ownDatabase } from '../test/own-database';
import { happened, memberContext, problemOf } from '../test/world';
import { verifyNow } from '../verification/service';
import { defaultPeriods, isRemoved, retentionClass, retentionClasses } from './classes';
import { retentionJobs } from './jobs';
import { liftHold, listHolds, placeHold } from './service/holds';
import { getRetention, updateRetention } from './service/settings';
import { beginExpiry, findBegun } from './settings';
import { expireEvents, holdsCovering } from './trail';

let own: OwnDatabase;
let world: World;
let admin: Context;
let auditor: Context;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own?.stop());
beforeEach(async () => {
  world = await mintWorld();
  admin = memberContext(world.workspace, 'admin');
  auditor = memberContext(world.workspace, 'auditor');
});

/** Seven years and more before the tests' present; a month for each test. */
let year = 2001;
const { now } = clock;
beforeEach(() => {
  year += 1;
  clock.now = () => new Date(`${year + 7}-06-15T12:00:00Z`);
  return () => {
    clock.now = now;
  };
});

type Dated = NewEvent & { time: string };
const at = (month: string, n: number) =>
  new Date(Date.parse(`${year}-${month}-10T00:00:00Z`) + n * 60_000).toISOString();

function events(type: string, count: number, month = '03', more: Partial<NewEvent> = {}): Dated[] {
  return Array.from({ length: count }, (_, n) => ({
    ...{ type, time: at(month, n), data: { n: `word${n}` } },
    ...more,
  }));
}

const recorded = (...given: Dated[]) =>
  happened(jobContext(world.workspace, 'test.load'), ...given);
const run = () => retentionJobs[0]?.perform(world.workspace, {});
const sound = () => verifyNow(auditor, {});

async function left(): Promise<{ idx: number; type: string; body: string }[]> {
  const { rows } = await own.administrator.query<{ idx: string; type: string; body: string }>(
    'SELECT idx, type, body FROM events WHERE workspace_id = $1 ORDER BY idx',
    [world.workspace],
  );
  return rows.map((row) => ({ ...row, idx: Number(row.idx) }));
}
const leftOf = async (type: string) => (await left()).filter((row) => row.type === type).length;

async function said(type: string): Promise<Record<string, unknown>[]> {
  await drainOutbox();
  const found = (await left()).filter((row) => row.type === type);
  return found.map(({ body }) => JSON.parse(body).data);
}

async function exists(table: string): Promise<boolean> {
  const { rows } = await own.administrator.query('SELECT to_regclass($1) AS found', [table]);
  return rows[0].found !== null;
}

describe('the classes', () => {
  it('are the same in the database', async () => {
    const names = fc.sample(
      fc
        .tuple(
          fc.constantFrom(
            ...['action', 'approval', 'session', 'model', 'request', 'token', 'trail', 'agent'],
            ...['review', 'sample', 'memory', 'retrieval', 'firewall', 'permit', 'x'],
          ),
          fc.constantFrom(
            'payload_read',
            'exported',
            'verified',
            'anchor_failed',
            'a',
            'key_rolled',
          ),
        )
        .map(([kind, what]) => `${kind}.${what}`),
      200,
    );
    const { rows } = await own.administrator.query<{ type: string; class: string }>(
      'SELECT type, retention_class(type) AS class FROM unnest($1::text[]) AS type',
      [names],
    );
    expect(rows).toEqual(names.map((type) => ({ type, class: retentionClass(type) })));
  });
});

describe('the daily job', () => {
  it('drops the partition of a month of which nothing is kept, and proofs go on', async () => {
    await recorded(...events('action.decided', 700));
    await recorded(...events('agent.created', 40, '12'));
    const before = await sound();
    expect(before).toMatchObject({ status: 'ok', size: 740 });
    expect(await exists(`events_${year}03`)).toBe(true);
    await run();
    expect(await exists(`events_${year}03`)).toBe(false);
    expect(await leftOf('action.decided')).toBe(0);
    expect(await leftOf('agent.created')).toBe(40);
    const [expired] = await said('trail.events_expired');
    expect(expired).toMatchObject({
      ...{ month: `${year}-03`, classes: [...retentionClasses], events: 700, range_count: 1 },
      ...{ ranges: [[0, 699]], partition_dropped: true, checkpoint: { size: 700 } },
    });
    // The leaves that no full tile holds are kept: 740 events fill two tiles.
    const kept = await own.administrator.query(
      'SELECT count(*)::int AS n FROM kept_leaves WHERE workspace_id = $1',
      [world.workspace],
    );
    expect(kept.rows[0].n).toBe(700 - 512);
    expect(await sound()).toMatchObject({ status: 'ok' });
    const [event] = (await left()).filter((row) => row.type === 'agent.created');
    const { id } = JSON.parse(event?.body ?? '{}');
    const proof = await getProof(auditor, { id });
    const hashes = (list: string[]) => list.map((hash) => Buffer.from(hash, 'base64'));
    const root = Buffer.from(proof.root, 'base64');
    const [leaf] = hashes([proof.leaf_hash]);
    expect(
      verifyInclusion(leaf as Buffer, proof.index, proof.size, hashes(proof.proof), root),
    ).toBe(true);
    const grown = await getConsistency(auditor, { from: 130, to: proof.size });
    const [from, to] = hashes([grown.from_root, grown.to_root]);
    expect(
      verifyConsistency(130, proof.size, hashes(grown.proof), from as Buffer, to as Buffer),
    ).toBe(true);
    const counts = await own.administrator.query(
      `SELECT sum(n)::int AS n FROM event_counts WHERE workspace_id = $1 AND span = 24 AND dim = 'all' AND at < $2`,
      [world.workspace, `${year + 1}-01-01`],
    );
    expect(counts.rows[0].n).toBe(40);
    // Nothing more to do, and nothing said about it.
    await run();
    expect(await said('trail.events_expired')).toHaveLength(1);
  });

  it('removes only the classes whose period is over', async () => {
    await updateRetention(admin, { decisions: 120, reads: 12 });
    await recorded(...events('action.decided', 10), ...events('request.refused', 10));
    await recorded(...events('session.started', 10), ...events('action.succeeded', 3));
    await sound();
    await run();
    expect(await leftOf('request.refused')).toBe(0);
    expect(await leftOf('session.started')).toBe(0);
    expect((await leftOf('action.decided')) + (await leftOf('action.succeeded'))).toBe(13);
    expect(await exists(`events_${year}03`)).toBe(true);
    expect(await said('trail.events_expired')).toMatchObject([
      { events: 20, classes: ['sessions', 'administration', 'reads'], partition_dropped: false },
    ]);
    expect(await sound()).toMatchObject({ status: 'ok' });
    expect(await said('trail.retention_updated')).toMatchObject([
      { before: defaultPeriods, after: { ...defaultPeriods, decisions: 120, reads: 12 } },
    ]);
  });

  it("leaves another workspace's events of the month alone", async () => {
    await recorded(...events('action.decided', 5));
    const other = await mintWorld();
    await happened(jobContext(other.workspace, 'test.load'), ...events('action.decided', 4));
    await sound();
    await run();
    expect(await leftOf('action.decided')).toBe(0);
    expect(await exists(`events_${year}03`)).toBe(true);
    await verifyNow(memberContext(other.workspace, 'auditor'), {});
    await retentionJobs[0]?.perform(other.workspace, {});
    expect(await exists(`events_${year}03`)).toBe(false);
  });

  it('removes nothing from a log that does not verify, nor from one never verified', async () => {
    await recorded(...events('action.decided', 5));
    await run();
    expect(await leftOf('action.decided')).toBe(5);
    await sound();
    await own.administrator.query(
      'UPDATE events SET tier = 1 WHERE workspace_id = $1 AND idx = 2',
      [world.workspace],
    );
    await sound();
    await run();
    expect(await leftOf('action.decided')).toBe(5);
  });

  it('passes on what a removed removal said, and a key that rolled over long ago', async () => {
    await recorded(...events('action.decided', 300));
    clock.now = () => new Date(`${year}-09-15T12:00:00Z`);
    for (const version of [2, 3]) {
      expect(await rollSigningKey(admin, {})).toMatchObject({ version });
      await drainOutbox();
    }
    await updateRetention(admin, { decisions: 1 });
    await sound();
    await run();
    await drainOutbox();
    expect(await sound()).toMatchObject({ status: 'ok' });
    const [first] = await said('trail.events_expired');
    expect(first).toMatchObject({ events: 300 });
    await drainOutbox();
    clock.now = () => new Date(`${year + 9}-06-15T12:00:00Z`);
    await run();
    expect(await said('trail.key_rolled')).toEqual([]);
    const all = await said('trail.events_expired');
    expect(all.every((one) => one['expiry'] !== first?.['expiry'])).toBe(true);
    expect(await sound()).toMatchObject({ status: 'ok' });
  });
});

describe('a crash', () => {
  const begin = async () => {
    const expiry = { id: newId('xpr'), month: `${year}-03`, classes: [...retentionClasses] };
    await inWorkspace(world.workspace, (tx) => beginExpiry(tx, world.workspace, expiry));
    return expiry;
  };

  it('before the removal leaves one to be carried out', async () => {
    await recorded(...events('action.decided', 5));
    await sound();
    await begin();
    expect(await sound()).toMatchObject({ status: 'ok' });
    await run();
    expect(await leftOf('action.decided')).toBe(0);
    expect(await said('trail.events_expired')).toHaveLength(1);
    expect(await sound()).toMatchObject({ status: 'ok' });
  });

  it('after the removal leaves no gap that is not explained, and one event', async () => {
    await recorded(...events('action.decided', 5));
    await recorded(...events('agent.created', 5, '12'));
    await sound();
    const expiry = await begin();
    await expireEvents(world.workspace, expiry);
    expect(await leftOf('action.decided')).toBe(0);
    expect(await said('trail.events_expired')).toEqual([]);
    expect(await sound()).toMatchObject({ status: 'ok' });
    await run();
    expect(await inWorkspace(world.workspace, findBegun)).toEqual([]);
    // Its event waits in the outbox for a while.
    expect(await sound()).toMatchObject({ status: 'ok' });
    expect(await said('trail.events_expired')).toMatchObject([{ expiry: expiry.id, events: 5 }]);
    expect(await sound()).toMatchObject({ status: 'ok' });
    await run();
    expect(await said('trail.events_expired')).toHaveLength(1);
  });
});

describe('a verification of what expired', () => {
  const tamper = async (sql: string) => {
    const { rowCount } = await own.administrator.query(sql, [world.workspace]);
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
    await recorded(...events('action.decided', 10));
    await recorded(...events('agent.created', 290, '12'));
    await recorded(...events('action.decided', 3));
    await recorded(...events('agent.created', 20, '12'));
    await sound();
    await run();
    await drainOutbox();
    expect(await sound()).toMatchObject({ status: 'ok' });
    for (const sql of statements) await tamper(sql);
    expect(await sound()).toMatchObject({ status: 'failed', first_bad: index });
  });
});

describe('a legal hold', () => {
  const hold = (filters: Record<string, string>, ctx = auditor) =>
    placeHold(ctx, { filters, reason: 'Case 4711', owner: world.admin });

  it('stops the job until it is lifted', async () => {
    const [first] = await recorded(
      ...events('action.decided', 5, '03', { outcome: 'deny' }),
      ...events('action.decided', 7, '03', { outcome: 'allow' }),
    );
    await sound();
    const placed = await hold({ type: 'action.*', outcome: 'deny' });
    expect(placed).toMatchObject({ owner: world.admin, reason: 'Case 4711', lifted_at: null });
    expect(placed.can.lift.allowed).toBe(false);
    await run();
    expect(await leftOf('action.decided')).toBe(5);
    expect(await exists(`events_${year}03`)).toBe(true);
    expect(JSON.parse((await left())[0]?.body ?? '').id).toBe(first?.id);
    expect(await sound()).toMatchObject({ status: 'ok' });
    expect((await listHolds(auditor, {})).items).toMatchObject([{ id: placed.id }]);
    await liftHold(admin, { id: placed.id, reason: 'Case closed' });
    expect(await problemOf(liftHold(admin, { id: placed.id, reason: 'again' }))).toMatchObject({
      code: 'hold_lifted',
    });
    await run();
    expect(await leftOf('action.decided')).toBe(0);
    expect(await exists(`events_${year}03`)).toBe(false);
    expect((await listHolds(auditor, {})).items).toMatchObject([
      { lift_reason: 'Case closed', can: { lift: { allowed: false } } },
    ]);
    expect(await said('trail.hold_placed')).toMatchObject([
      { filters: { type: 'action.*', outcome: 'deny' }, owner: world.admin },
    ]);
    expect(await said('trail.hold_lifted')).toMatchObject([{ reason: 'Case closed' }]);
  });

  it('is placed and lifted by who may, with all that it needs', async () => {
    const approver = memberContext(world.workspace, 'approver');
    expect(await problemOf(hold({ outcome: 'deny' }, approver))).toMatchObject({ status: 403 });
    expect((await listHolds(auditor, {})).items).toEqual([]);
    const bad = (input: Record<string, unknown>) => problemOf(placeHold(auditor, input));
    const good = { filters: { outcome: 'deny' }, reason: 'Case 1', owner: world.admin };
    expect(await bad({ ...good, filters: {} })).toMatchObject({ fields: ['filters'] });
    expect(await bad({ ...good, filters: { tier: '9' } })).toMatchObject({
      fields: ['filters.tier'],
    });
    expect(await bad({ ...good, reason: ' ' })).toMatchObject({ fields: ['reason'] });
    expect(await bad({ ...good, owner: newId('mbr') })).toMatchObject({ fields: ['owner'] });
    const other = await mintWorld();
    expect(await bad({ ...good, owner: other.admin })).toMatchObject({ fields: ['owner'] });
    const { id } = await placeHold(auditor, good);
    expect(await problemOf(liftHold(auditor, { id, reason: 'because' }))).toMatchObject({
      status: 403,
    });
    const stranger = memberContext(other.workspace, 'admin');
    expect(await problemOf(liftHold(stranger, { id, reason: 'because' }))).toMatchObject({
      status: 404,
    });
    expect((await listHolds(stranger, {})).items).toEqual([]);
    expect((await listHolds(auditor, {})).items).toMatchObject([{ id, lifted_at: null }]);
  });

  it('covers a time and a classification for who asks', async () => {
    await hold({ from: `${year}-03-01`, to: `${year}-04-01`, classification: 'Restricted' });
    const covering = (from: string, to: string, classification: string) =>
      holdsCovering(world.workspace, {
        ...{ from: new Date(`${year}-${from}`), to: new Date(`${year}-${to}`) },
        classification,
      });
    expect(await covering('03-31', '05-01', 'Restricted')).toHaveLength(1);
    expect(await covering('04-01', '05-01', 'Restricted')).toHaveLength(0);
    expect(await covering('02-01', '03-01', 'Restricted')).toHaveLength(0);
    expect(await covering('03-01', '04-01', 'Confidential')).toHaveLength(0);
  });

  it('keeps by any filter exactly what is not past or held, whatever there is', async () => {
    const outcomes = ['allow', 'deny', undefined] as const;
    const anEvent = fc.record({
      type: fc.constantFrom(
        'action.decided',
        'session.started',
        'agent.created',
        'request.refused',
      ),
      outcome: fc.constantFrom(...outcomes),
      tier: fc.constantFrom(1, 2, undefined),
      month: fc.constantFrom('01', '02', '08'),
      word: fc.constantFrom('alpha', 'beta'),
    });
    const aHold = fc.constantFrom<Record<string, string>>(
      ...[{ type: 'action.*' }, { type: 'agent.created,request.*' }, { outcome: 'deny' }],
      ...[{ tier: '1,2', outcome: 'allow' }, { q: 'alpha' }, { q: '-alpha', tier: '2' }],
    );
    const holds = fc.uniqueArray(aHold, { maxLength: 2 });
    const kept = fc.constantFrom(60, 86, 87, 100);
    const cases = fc.sample(
      fc.tuple(fc.array(anEvent, { minLength: 20, maxLength: 40 }), holds, kept, kept),
      { numRuns: 6, seed: 4711 },
    );
    for (const [made, filters, decisions, reads] of cases) {
      world = await mintWorld();
      admin = memberContext(world.workspace, 'admin');
      auditor = memberContext(world.workspace, 'auditor');
      await recorded(
        ...made.map(({ month, outcome, tier, type, word }, n) => ({
          ...{ type, time: at(month, n), data: { word } },
          ...(outcome ? { outcome } : {}),
          ...(tier ? { tier } : {}),
        })),
      );
      for (const each of filters) await hold(each);
      const periods = await updateRetention(admin, { decisions, reads });
      await sound();
      await run();
      const held = (one: (typeof made)[number]) =>
        filters.some(
          ({ outcome, q, tier, type }) =>
            (type?.split(',').some((t) => one.type === t || one.type.startsWith(t.slice(0, -1))) ??
              true) &&
            (outcome === undefined || outcome === one.outcome) &&
            (tier?.split(',').includes(String(one.tier)) ?? true) &&
            (q === undefined || (q === 'alpha') === (one.word === 'alpha')),
        );
      const wanted = made.flatMap((one, n) => {
        const time = new Date(at(one.month, n));
        return isRemoved({ type: one.type, time }, periods, clock.now(), held(one)) ? [] : [n];
      });
      const there = (await left()).map(({ idx }) => idx).filter((idx) => idx < made.length);
      expect(there).toEqual(wanted);
      expect(await sound()).toMatchObject({ status: 'ok' });
    }
  });
});

describe('payload keys', () => {
  const protectedEvents = () =>
    recorded(
      ...events('action.decided', 2, '03', {
        classification: 'Restricted',
        data: { parameters: { name: 'Ada' } },
      }),
    );
  const keys = async () =>
    inWorkspace(world.workspace, (tx) =>
      tx.trailKey.findMany({ select: { month: true, wrapped: true } }),
    );

  it('are destroyed at the end of retention, unless a hold may need them', async () => {
    await protectedEvents();
    await sound();
    const { id } = await placeHold(auditor, {
      ...{ filters: { classification: 'Restricted' }, reason: 'Case 1', owner: world.admin },
    });
    await run();
    expect((await keys()).filter(({ wrapped }) => wrapped === null)).toEqual([]);
    expect(await keys()).toHaveLength(1);
    const [key] = (await listKeys(admin, {})).items;
    expect(
      await problemOf(destroyKey(admin, { id: key?.id, reason: 'asked to be forgotten' })),
    ).toMatchObject({ status: 409, code: 'legal_hold' });
    expect(await keys()).toMatchObject([{ wrapped: expect.anything() }]);
    await liftHold(admin, { id, reason: 'Case closed' });
    await run();
    expect(await keys()).toMatchObject([{ month: `${year}-03`, wrapped: null }]);
    expect(await said('trail.payload_key_destroyed')).toHaveLength(1);
    await run();
    expect(await said('trail.payload_key_destroyed')).toHaveLength(1);
  });
});

describe('the settings', () => {
  it('forecast by the last thirty days, and say who may change them', async () => {
    const recent = new Date(clock.now().getTime() - 5 * 86_400_000).toISOString();
    await recorded(
      ...Array.from({ length: 60 }, () => ({ type: 'action.decided', time: recent })),
      ...events('agent.created', 9),
    );
    const view = await getRetention(auditor, {});
    const [decisions, , administration] = view.forecast;
    expect(decisions).toMatchObject({ class: 'decisions', events: 60, events_a_day: 2, past: 0 });
    expect(decisions?.events_at_end).toBe(Math.round(2 * 84 * (365.25 / 12)));
    expect(administration).toMatchObject({ events: 9, past: 9, events_a_day: 0 });
    expect(view.event_bytes).toBeGreaterThan(100);
    expect(view).toMatchObject({ updated_by: null, can: { edit: { allowed: false } } });
    expect(await problemOf(updateRetention(auditor, { reads: 3 }))).toMatchObject({ status: 403 });
    const wrong = [{}, { reads: 0 }, { reads: 1.5 }, { decisions: 1_201 }, { other: 3 }];
    for (const input of wrong) {
      expect(await problemOf(updateRetention(admin, input))).toMatchObject({ status: 422 });
    }
    expect((await getRetention(admin, {})).periods).toEqual(defaultPeriods);
    await updateRetention(admin, { reads: 12 });
    expect((await getRetention(admin, {})).periods).toEqual({ ...defaultPeriods, reads: 12 });
    const approver = memberContext(world.workspace, 'approver');
    expect(await problemOf(getRetention(approver, {}))).toMatchObject({ status: 403 });
  });
});

describe('the database', () => {
  it('lets only the retention role remove, only past months, only of the workspace at hand', async () => {
    await recorded(...events('action.decided', 3));
    const refusal = async (role: Parameters<typeof connectAs>[0], sql: string, set = true) => {
      const { client } = await connectAs(role);
      try {
        if (set) {
          await client.query(`SELECT set_config('countersign.workspace', $1, false)`, [
            world.workspace,
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
    const past = `SELECT expire_events('xpr_1', '${year}-03-01', '{decisions}')`;
    expect(await refusal('countersign_trail_reader', past)).toBe('42501');
    expect(await refusal('countersign_trail_writer', past)).toBe('42501');
    expect(await refusal('countersign_trail_retention', past, false)).toBe('42501');
    const present = `SELECT expire_events('xpr_2', current_date, '{decisions}')`;
    expect(await refusal('countersign_trail_retention', present)).toBe('42501');
    for (const sql of [
      'DELETE FROM events',
      'SELECT * FROM events',
      'DROP TABLE events',
      'DELETE FROM legal_holds',
      'UPDATE legal_holds SET lifted_at = now()',
      'DELETE FROM expired_ranges',
      `SELECT place_legal_hold('{"id":"lgh_1","workspace_id":"ws_other","reason":"x","owner":"y","filters":{},"placed_by":"z","placed_at":"2026-01-01"}')`,
    ]) {
      expect([sql, await refusal('countersign_trail_retention', sql)]).toEqual([sql, '42501']);
    }
    expect(await leftOf('action.decided')).toBe(3);
  });
});
