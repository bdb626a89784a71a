import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { drainOutbox } from '../sequencer/run';
import { getCheckpoint, rollSigningKey } from '../service/proof';
import { listEvents } from '../search/service';
import { type OwnDatabase, ownDatabase } from '../test/own-database';
import { happened, load, memberContext, problemOf } from '../test/world';
import { checkLog } from './check';
import { insertRun } from './findings';
import { verificationJobs } from './jobs';
import {
  cancelVerification,
  getVerification,
  getVerificationState,
  listVerifications,
  verifyNow,
  verifyTrail,
} from './service';

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own?.stop());

async function logOf(
  count: number,
): Promise<{ workspace: string; auditor: ReturnType<typeof memberContext> }> {
  const workspace = newId('ws');
  await load(workspace, ...eventsOf(count));
  return { workspace, auditor: memberContext(workspace, 'auditor') };
}

function eventsOf(count: number) {
  return Array.from({ length: count }, (_, n) => ({
    type: 'test.happened',
    data: { n: `<${n}>` },
  }));
}

async function change(workspace: string, sql: string, ...values: unknown[]): Promise<void> {
  const { rowCount } = await own.administrator.query(sql, [workspace, ...values]);
  expect(rowCount).toBeGreaterThan(0);
}

async function failuresOf(workspace: string) {
  return (await own.failures()).filter((row) => row.workspace_id === workspace);
}

const spoil = `UPDATE events SET body = replace(body, '<5>', '<7>') WHERE workspace_id = $1 AND idx = 5`;
const mend = `UPDATE events SET body = replace(body, '<7>', '<5>') WHERE workspace_id = $1 AND idx = 5`;

describe('a verification', () => {
  it('of a sound log is recorded, with its events, and says who may', async () => {
    const { auditor, workspace } = await logOf(5);
    expect(await verifyNow(auditor, {})).toMatchObject({
      ...{ status: 'ok', size: 5, first_bad: null, detail: '', scope: 'all', from: 0, done: 5 },
    });
    await drainOutbox();
    const said = (await listEvents(auditor, { type: 'trail.*' })).items;
    expect(said.map(({ outcome, type }) => [type, outcome])).toEqual([
      ['trail.verified', 'succeeded'],
      ['trail.verification_started', undefined],
    ]);
    expect(said[0]?.data).toMatchObject({ size: 5, scope: 'all' });
    expect(await verifyNow(jobContext(workspace, 'trail.verify'), {})).toMatchObject({ size: 7 });
    const approver = memberContext(workspace, 'approver');
    expect(await problemOf(verifyNow(approver, {}))).toMatchObject({ status: 403 });
    const { items } = await listVerifications(approver, {});
    expect(items.map((item) => item.size)).toEqual([7, 5]);
    expect((await getCheckpoint(approver, {})).can.verify).toMatchObject({ allowed: false });
  });

  it('of a log without events is good', async () => {
    const auditor = memberContext(newId('ws'), 'auditor');
    expect(await verifyNow(auditor, {})).toMatchObject({ status: 'ok', size: 0 });
  });

  it('refuses what is no scope, and shows nothing of another workspace', async () => {
    const { auditor } = await logOf(1);
    expect(await problemOf(verifyNow(auditor, { scope: 'some' }))).toMatchObject({
      ...{ status: 422, fields: ['scope'] },
    });
    expect((await listVerifications(auditor, {})).items).toEqual([]);
    const { id } = await verifyNow(auditor, {});
    const other = memberContext(newId('ws'), 'auditor');
    expect(await problemOf(getVerification(other, { id }))).toMatchObject({ status: 404 });
    expect(await problemOf(cancelVerification(other, { id }))).toMatchObject({ status: 404 });
    expect(await problemOf(cancelVerification(auditor, { id }))).toMatchObject({
      ...{ status: 409, code: 'verification_ended' },
    });
  });

  it('takes no offence at what is only inferred, nor at what has to be parsed', async () => {
    const { workspace } = await logOf(0);
    await happened(
      jobContext(workspace, 'test "quoted" \\ job'),
      { type: 'test.happened', data: { summary: 'as it was' } },
      {
        type: 'test.happened',
        session: newId('ses'),
        action: newId('act'),
        agent: newId('agt'),
        tier: 2,
      },
      { type: 'test.happened', object: { type: 'session', id: newId('ses') }, policy_version: '7' },
      {
        type: 'test.happened',
        object: { type: 'action_type', id: 'refunds.create' },
        digest: 'sha256:0',
      },
      {
        type: 'test.happened',
        classification: 'Internal',
        outcome: 'allow',
        data: { '"id":"': '","workspace":"x"}' },
      },
      { type: 'test.happened', object: { type: 'thing', id: 'ünïcode "x"' }, session: '🜲' },
    );
    await change(
      workspace,
      `UPDATE events SET summary = 'otherwise' WHERE workspace_id = $1 AND idx = 0`,
    );
    expect(await verifyTrail(workspace)).toMatchObject({ status: 'ok', size: 6, detail: '' });
  });

  it('goes along with the signing key as it rolls over', async () => {
    const { auditor, workspace } = await logOf(300);
    const admin = memberContext(workspace, 'admin');
    for (const version of [2, 3]) {
      expect(await rollSigningKey(admin, {})).toMatchObject({ version });
      // Asked for twice: the second is only an event.
      await rollSigningKey(admin, {});
      await drainOutbox();
      await load(workspace, ...eventsOf(3));
    }
    const good = await verifyNow(auditor, {});
    expect(good).toMatchObject({ status: 'ok', size: 310 });
    expect(await verifyNow(auditor, { scope: 'new' })).toMatchObject({ status: 'ok', from: 310 });
    await change(
      workspace,
      'UPDATE signing_keys SET from_size = 305 WHERE workspace_id = $1 AND version = 2',
    );
    expect(await verifyNow(auditor, {})).toMatchObject({ status: 'failed', first_bad: 300 });
    await change(
      workspace,
      'UPDATE signing_keys SET from_size = 301 WHERE workspace_id = $1 AND version = 2',
    );
    await change(workspace, 'DELETE FROM signing_keys WHERE workspace_id = $1 AND version = 3');
    expect(await verifyNow(auditor, {})).toMatchObject({ status: 'failed', first_bad: 305 });
  });
});

describe('what is new', () => {
  it('begins where the last good verification ended', async () => {
    const { auditor, workspace } = await logOf(530);
    expect(await verifyNow(auditor, { scope: 'new' })).toMatchObject({ scope: 'all', from: 0 });
    await load(workspace, ...eventsOf(300));
    const next = await verifyNow(auditor, { scope: 'new' });
    expect(next).toMatchObject({ status: 'ok', scope: 'new', from: 530, size: 832, done: 832 });
    // What is old is the daily one's affair.
    await change(workspace, spoil);
    await load(workspace, ...eventsOf(10));
    expect(await verifyNow(auditor, { scope: 'new' })).toMatchObject({ status: 'ok', from: 832 });
    expect(await verifyNow(auditor, { scope: 'all' })).toMatchObject({
      ...{ status: 'failed', first_bad: 5, from: 0 },
    });
    expect(await failuresOf(workspace)).toMatchObject([{ scope: 'all', first_bad: '5' }]);
  });

  const from = 530;
  it.each([
    ['its event', `UPDATE events SET tier = 1 WHERE workspace_id = $1 AND idx = 540`, 540],
    [
      'the checkpoint it begins at',
      `UPDATE checkpoints SET root = sha256(root) WHERE workspace_id = $1 AND size = ${from}`,
      0,
    ],
    [
      'the checkpoint it begins at, gone',
      `DELETE FROM checkpoints WHERE workspace_id = $1 AND size = ${from}`,
      0,
    ],
    [
      'a leaf before it in the open tile',
      `UPDATE events SET leaf_hash = sha256(leaf_hash) WHERE workspace_id = $1 AND idx = 520`,
      520,
    ],
    [
      'an event before it in the open tile, gone',
      `DELETE FROM events WHERE workspace_id = $1 AND idx = 520`,
      520,
    ],
    [
      'the root of a tile before it',
      `UPDATE tiles SET root = sha256(root) WHERE workspace_id = $1 AND idx = 1`,
      256,
    ],
    [
      'all that came after',
      `WITH gone AS (DELETE FROM checkpoints WHERE workspace_id = $1 AND size > 400) DELETE FROM events WHERE workspace_id = $1 AND idx >= 400`,
      0,
    ],
  ])('finds %s', async (_, sql, index) => {
    const { auditor, workspace } = await logOf(from);
    await verifyNow(auditor, {});
    await load(workspace, ...eventsOf(20));
    await change(workspace, sql);
    const finding = await verifyNow(auditor, { scope: 'new' });
    expect(finding).toMatchObject({ status: 'failed', first_bad: index });
  });

  it('recovers with the next good one of its scope, and everything with everything', async () => {
    const { auditor, workspace } = await logOf(20);
    await verifyNow(auditor, {});
    await load(workspace, ...eventsOf(5));
    const wrong = `UPDATE events SET tier = 1 WHERE workspace_id = $1 AND idx = 23`;
    await change(workspace, wrong);
    await verifyNow(auditor, { scope: 'new' });
    expect(await failuresOf(workspace)).toMatchObject([{ scope: 'new', first_bad: '23' }]);
    const state = await getVerificationState(auditor, {});
    expect(state).toMatchObject({ running: null, failure: { first_bad: 23 }, verified_to: 20 });
    await change(workspace, wrong.replace('= 1', '= NULL'));
    await verifyNow(auditor, { scope: 'new' });
    expect(await failuresOf(workspace)).toEqual([]);
    await change(workspace, spoil);
    await verifyNow(auditor, {});
    await verifyNow(auditor, { scope: 'new' });
    expect(await failuresOf(workspace)).toMatchObject([{ scope: 'all' }]);
    await change(workspace, mend);
    await verifyNow(auditor, {});
    expect(await failuresOf(workspace)).toEqual([]);
    await drainOutbox();
    const alerts = (await listEvents(auditor, { type: 'trail.verification_failed' })).items;
    expect(alerts.map(({ data }) => data?.['first_bad'])).toEqual([5, 23]);
  });
});

describe('a verification by a clock that was ahead', () => {
  const ahead = async (work: () => Promise<unknown>) => {
    const { now } = clock;
    clock.now = () => new Date(Date.now() + 40 * 86_400_000);
    await work().finally(() => {
      clock.now = now;
    });
  };

  it('hides no failure that is found later, where it was good', async () => {
    const { auditor, workspace } = await logOf(20);
    await ahead(() => verifyNow(auditor, {}));
    await change(workspace, spoil);
    expect(await verifyNow(auditor, {})).toMatchObject({ status: 'failed' });
    expect(await failuresOf(workspace)).toMatchObject([{ scope: 'all', first_bad: '5' }]);
    expect(await getVerificationState(auditor, {})).toMatchObject({
      ...{ last: { status: 'failed' }, failure: { first_bad: 5 }, verified_to: 20 },
    });
  });

  it('is cleared by the next good one, where it failed', async () => {
    const { auditor, workspace } = await logOf(20);
    await verifyNow(auditor, {});
    await change(workspace, spoil);
    await ahead(() => verifyNow(auditor, {}));
    expect(await failuresOf(workspace)).toMatchObject([{ scope: 'all', first_bad: '5' }]);
    await change(workspace, mend);
    expect(await verifyNow(auditor, {})).toMatchObject({ status: 'ok' });
    expect(await failuresOf(workspace)).toEqual([]);
    expect(await getVerificationState(auditor, {})).toMatchObject({ failure: null });
  });
});

describe('a verification under way', () => {
  it('is one at a time: whoever asks for no more gets its finding', async () => {
    const { auditor } = await logOf(50);
    const [one, two, three] = await Promise.all([
      verifyNow(auditor, {}),
      verifyNow(auditor, {}),
      verifyNow(auditor, { scope: 'new' }),
    ]);
    expect([one.status, two.status, three.status]).toEqual(['ok', 'ok', 'ok']);
    expect((await listVerifications(auditor, {})).items.length).toBeLessThan(4);
  });

  it('says how far it is, and ends when it is told to', async () => {
    const { workspace } = await logOf(18_000);
    const seen: number[] = [];
    await expect(
      checkLog(workspace, {
        onProgress: async (done, total) => {
          seen.push(done);
          expect(total).toBe(18_000);
          if (done > 16_000) throw new Error('enough');
        },
      }),
    ).rejects.toThrow('enough');
    expect(seen).toEqual([0, 16_384]);
  });

  it('can be cancelled from elsewhere, and one without a process is given up', async () => {
    const { auditor, workspace } = await logOf(3);
    const elsewhere = async () => {
      const id = newId('vrf');
      await inWorkspace(workspace, (tx) =>
        insertRun(tx, { id, workspace, startedBy: 'job', scope: 'new', from: 0 }),
      );
      return id;
    };
    const first = await elsewhere();
    expect(await getVerificationState(auditor, {})).toMatchObject({
      ...{
        running: {
          id: first,
          status: 'running',
          finished_at: null,
          can: { cancel: { allowed: true } },
        },
      },
    });
    const approver = memberContext(workspace, 'approver');
    expect(await problemOf(cancelVerification(approver, { id: first }))).toMatchObject({
      status: 403,
    });
    expect(await getVerification(auditor, { id: first })).toMatchObject({ status: 'running' });
    const cancelled = await cancelVerification(auditor, { id: first });
    expect(cancelled).toMatchObject({ status: 'cancelled', can: { cancel: { allowed: false } } });
    const second = await elsewhere();
    const { now } = clock;
    clock.now = () => new Date(Date.now() + 61_000);
    try {
      expect(await verifyNow(auditor, {})).toMatchObject({ status: 'ok' });
    } finally {
      clock.now = now;
    }
    expect(await getVerification(auditor, { id: second })).toMatchObject({ status: 'cancelled' });
    expect(await failuresOf(workspace)).toEqual([]);
  });
});

describe('the job', () => {
  it('verifies all once a day and what is new once an hour', async () => {
    const { auditor, workspace } = await logOf(3);
    const tick = (hours: number) => {
      clock.now = () => new Date(Date.now() + hours * 3_600_000);
      return verificationJobs[0]?.perform(workspace, {});
    };
    const { now } = clock;
    try {
      for (const hours of [0, 0.5, 1, 1.5, 2, 22.9, 23.1, 23.2]) await tick(hours);
    } finally {
      clock.now = now;
    }
    const { items } = await listVerifications(auditor, {});
    expect(items.map(({ scope }) => scope).toReversed()).toEqual([
      'all',
      'new',
      'new',
      'new',
      'all',
    ]);
  });
});
