import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ownerUrl } from '@/lib/infra/db-roles';
import { asRole } from '@/lib/infra/testing/as-role';
import { mintWorld } from '@/lib/infra/testing/world';
import { clock } from '@/lib/kernel/clock';
import { jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { addActions, type Clear } from '../payload/test/actions';
import { hangAll, hangItem, hangReplay, hungOn } from '../test/hung';
import { RetentionSuite } from '../test/retention';
import { expireNext } from './service/expire-actions';
import { liftHold, placeHold } from './service/holds';
import { updateRetention } from './service/settings';

const suite = new RetentionSuite();
let owner: pg.Client;

beforeAll(async () => {
  owner = new pg.Client({ connectionString: ownerUrl('control') });
  await owner.connect();
});
afterAll(() => owner.end());
// The trail has nothing that is past: its own removal has nothing to do.
beforeEach(() => suite.recorded(...suite.events('agent.created', 1, '12')));

/** A day of the suite's year: `03-10`. The months to `05` are past. */
const on = (day: string) => `${suite.year}-${day}T10:00:00.000Z`;

async function add(created: string, over: Partial<Clear> = {}, count = 1): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId('act'));
  const { agent, workspace } = suite.world;
  const given = { workspace, agent, created: on(created), classification: 'Internal' };
  await addActions(owner, { ...given, ...over }, ids);
  return ids;
}
const one = async (created: string, over: Partial<Clear> = {}): Promise<string> => {
  const [id = ''] = await add(created, over);
  return id;
};
const ended = (day: string): Partial<Clear> => ({ finished: on(day) });

async function leftOf(ids: readonly string[]): Promise<string[]> {
  const { rows } = await owner.query<{ id: string }>(
    'SELECT id FROM actions WHERE id = ANY ($1) ORDER BY id',
    [ids],
  );
  return rows.map(({ id }) => id);
}
const runSound = async () => {
  expect(await suite.sound()).toMatchObject({ status: 'ok' });
  await suite.run();
};
const said = () => suite.said('trail.actions_expired');

describe('actions past the retention of decisions', () => {
  it('go with everything that hangs on them', async () => {
    const { workspace } = suite.world;
    const [gone, young] = [await one('03-10', ended('03-11')), await one('06-10', ended('06-11'))];
    await hangAll(owner, workspace, gone, on('03-10'));
    const kept = await hangAll(owner, workspace, young, on('06-10'));
    await hangItem(owner, workspace, await one('04-01'), kept.request);
    const replay = await hangReplay(owner, workspace, [gone, young], on('06-20'));
    // Of a table that is new and names actions, this asks for a row in hangAll.
    const before = await hungOn(owner, gone);
    expect(Object.entries(before).filter(([, n]) => n === 0)).toEqual([]);
    expect(Object.keys(before)).toHaveLength(11);
    await runSound();

    expect(await leftOf([gone, young])).toEqual([young]);
    expect(new Set(Object.values(await hungOn(owner, gone)))).toEqual(new Set([0]));
    expect(await hungOn(owner, young)).toEqual(before);
    const { rows } = await owner.query<{ table: string; id: string }>(
      `SELECT 'sample_reviews' AS table, sample_id AS id FROM sample_reviews WHERE workspace_id = $1
       UNION ALL SELECT 'review_findings', id FROM review_findings WHERE workspace_id = $1
       UNION ALL SELECT 'review_follow_ups', finding_id FROM review_follow_ups WHERE workspace_id = $1
       UNION ALL SELECT 'approval_grants', made_from FROM approval_grants WHERE workspace_id = $1
       UNION ALL SELECT 'access_requests', id FROM access_requests WHERE workspace_id = $1`,
      [workspace],
    );
    expect(rows).toEqual([
      { table: 'sample_reviews', id: kept.sample },
      { table: 'review_findings', id: kept.finding },
      { table: 'review_follow_ups', id: kept.finding },
      { table: 'approval_grants', id: young },
      { table: 'access_requests', id: kept.request },
    ]);
    const replays = await owner.query('SELECT result FROM policy_replays WHERE id = $1', [replay]);
    expect(replays.rows).toEqual([{ result: { flips: 2, examples: [{ action: young }] } }]);
    expect(await said()).toEqual([
      { month: `${suite.year}-03`, actions: 1 },
      { month: `${suite.year}-04`, actions: 1 },
    ]);
  });

  it('stay when they are not past, have not ended, ended later, or are of another workspace', async () => {
    const statuses = ['denied', 'rejected', 'expired', 'cancelled', 'unknown', 'permitted'];
    const goes = [await one('05-31', ended('05-31'))];
    for (const status of statuses) goes.push(await one('03-10', { status }));
    const [planted = ''] = await add('03-10', { status: 'cancelled' });
    await owner.query('UPDATE actions SET planted = true WHERE id = $1', [planted]);
    const stays = [await one('06-01'), await one('05-31', ended('06-01'))];
    for (const status of ['pending', 'approved', 'running']) {
      stays.push(await one('03-10', { status }));
    }
    const { agent, workspace } = await mintWorld();
    stays.push(await one('03-10', { agent, workspace }));
    await runSound();
    expect(await leftOf([...goes, planted, ...stays])).toEqual(stays.toSorted());
    expect(await said()).toEqual([
      { month: `${suite.year}-03`, actions: statuses.length + 1 },
      { month: `${suite.year}-05`, actions: 1 },
    ]);
    // A second run finds nothing and says nothing.
    await runSound();
    expect(await leftOf(stays)).toEqual(stays.toSorted());
    expect(await said()).toHaveLength(2);
  });

  it.each([
    ['an open finding', 'review_findings', `status = 'open', closed_at = NULL`],
    ['a finding that was closed later', 'review_findings', 'closed_at = $2'],
    ['what was done about it later', 'review_follow_ups', 'done_at = $2'],
    ['a later verdict', 'samples', 'reviewed_at = $2'],
    ['the first of two reviews, later', 'sample_reviews', 'reviewed_at = $2'],
  ])('stay with %s', async (_, table, change) => {
    const { workspace } = suite.world;
    const id = await one('03-10', ended('03-11'));
    await hangAll(owner, workspace, id, on('03-11'));
    const set = (what: string, at: string[]) =>
      owner.query(`UPDATE ${table} SET ${what} WHERE workspace_id = $1`, [workspace, ...at]);
    await set(change, change.includes('$2') ? [on('06-02')] : []);
    const before = await hungOn(owner, id);
    await runSound();
    expect(await leftOf([id])).toEqual([id]);
    expect(await hungOn(owner, id)).toEqual(before);
    expect(await said()).toEqual([]);
    if (table === 'review_findings') await set(`status = 'closed', closed_at = $2`, [on('05-31')]);
    else await set(change, [on('05-31')]);
    await runSound();
    expect(await leftOf([id])).toEqual([]);
  });

  it('go by the period of decisions alone, and by the shortest that there is', async () => {
    await updateRetention(suite.admin, { decisions: 120 });
    const id = await one('03-10');
    await runSound();
    expect(await leftOf([id])).toEqual([id]);
    await updateRetention(suite.admin, { decisions: 1 });
    clock.now = () => new Date(`${suite.year}-04-30T23:59:00Z`);
    await suite.run();
    expect(await leftOf([id])).toEqual([id]);
    clock.now = () => new Date(`${suite.year}-05-01T00:00:00Z`);
    await suite.run();
    expect(await leftOf([id])).toEqual([]);
  });

  it('stay while a hold may need a month in which they were created, ended, or between', async () => {
    const [before, through, after, later] = [
      await one('02-10', ended('03-31')),
      await one('03-20', ended('05-01')),
      await one('04-10', ended('04-10')),
      await one('05-10'),
    ];
    const filters = { agent: newId('agt'), from: on('04-05'), to: on('04-20') };
    const owned = { reason: 'Case 1', owner: suite.world.admin };
    const { id } = await placeHold(suite.auditor, { filters, ...owned });
    await runSound();
    expect(await leftOf([before, through, after, later])).toEqual([through, after].toSorted());
    expect(await said()).toEqual([
      { month: `${suite.year}-02`, actions: 1 },
      { month: `${suite.year}-05`, actions: 1 },
    ]);
    await liftHold(suite.admin, { id, reason: 'Case closed' });
    // One without a time covers every month.
    const words = await placeHold(suite.auditor, { filters: { q: 'zanzibar' }, ...owned });
    await runSound();
    expect(await leftOf([through, after])).toHaveLength(2);
    await liftHold(suite.admin, { id: words.id, reason: 'Case closed' });
    await runSound();
    expect(await leftOf([through, after])).toEqual([]);
  });

  it('stay while the log does not verify, or never did', async () => {
    const id = await one('03-10');
    await suite.run();
    expect(await leftOf([id])).toEqual([id]);
    await suite.sound();
    await suite.own.administrator.query('UPDATE events SET tier = 1 WHERE workspace_id = $1', [
      suite.world.workspace,
    ]);
    expect(await suite.sound()).toMatchObject({ status: 'failed' });
    await suite.run();
    expect(await leftOf([id])).toEqual([id]);
    expect(await said()).toEqual([]);
  });

  it('go chunk by chunk, each with its event, from wherever a crash left them', async () => {
    const ids = await add('03-10', ended('03-11'), 12_345);
    const job = jobContext(suite.world.workspace, 'trail.expire');
    const at = await expireNext(job, {
      month: `${suite.year}-03`,
      through: `${suite.year}-05`,
    });
    const left = await leftOf(ids);
    expect(left).toHaveLength(7_345);
    expect(left).not.toContain(at?.id);
    expect(await said()).toEqual([{ month: `${suite.year}-03`, actions: 5_000 }]);
    await runSound();
    expect(await leftOf(ids)).toEqual([]);
    expect((await said()).map((data) => data['actions'])).toEqual([5_000, 5_000, 2_345]);
  });

  it('go month by month, so that one which fails keeps no other and says nothing', async () => {
    const [bad, good] = [await one('03-10'), await one('04-10')];
    await owner.query(
      `CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
       CREATE TRIGGER no BEFORE DELETE ON actions FOR EACH ROW WHEN (OLD.id = '${bad}') EXECUTE FUNCTION no()`,
    );
    await runSound();
    expect(await leftOf([bad, good])).toEqual([bad]);
    expect(await said()).toEqual([{ month: `${suite.year}-04`, actions: 1 }]);
    await owner.query('DROP FUNCTION no() CASCADE');
    await suite.run();
    expect(await leftOf([bad])).toEqual([]);
  });

  it('that somebody is at are left to the next run', async () => {
    const [busy, free] = [await one('03-10'), await one('03-11')];
    await owner.query('BEGIN');
    await owner.query('SELECT 1 FROM actions WHERE id = $1 FOR KEY SHARE', [busy]);
    await runSound();
    await owner.query('COMMIT');
    expect(await leftOf([busy, free])).toEqual([busy]);
    await suite.run();
    expect(await leftOf([busy])).toEqual([]);
  });
});

describe('the database', () => {
  it('removes actions for the jobs alone, none within their retention, none of another workspace', async () => {
    const id = await one('03-10');
    const past = `SELECT expire_actions('-infinity', '', 'infinity', '${suite.year}-06-01Z', 10)`;
    const present = `SELECT expire_actions('-infinity', '', 'infinity', now() - interval '84 months', 10)`;
    const refusal = (role: 'countersign_app' | 'countersign_gateway', sql: string, at: string) =>
      asRole(role, at, (client) => client.query(sql)).then(
        ({ rows }) => rows[0] as unknown,
        (error: { code?: string }) => error.code,
      );
    const { workspace } = suite.world;
    expect(await refusal('countersign_gateway', past, workspace)).toBe('42501');
    expect(await refusal('countersign_app', past, '')).toBe('42501');
    expect(await refusal('countersign_app', present, workspace)).toBe('42501');
    for (const table of ['actions', 'approvals', 'approval_signatures', 'samples']) {
      const sql = `DELETE FROM ${table} WHERE workspace_id = '${workspace}'`;
      expect([table, await refusal('countersign_app', sql, workspace)]).toEqual([table, '42501']);
    }
    await updateRetention(suite.admin, { decisions: 1_200 });
    expect(await refusal('countersign_app', past, workspace)).toBe('42501');
    expect(await refusal('countersign_app', past, (await mintWorld()).workspace)).toEqual({
      expire_actions: '(0,,)',
    });
    expect(await leftOf([id])).toEqual([id]);
  });
});
