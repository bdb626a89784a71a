import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { openCheckpoint, parseVerifierKey } from './note';
import { leafHash, verifyInclusion } from './merkle';
import { getCheckpoint, getProof } from './service/proof';
import { getEvent, listEvents } from './service/search';
import { listVerifications, verifyNow, verifyTrail } from './service/verify';
import { load, memberContext, problemOf } from './test/world';

/** The databases' administrator, who is not supposed to be trusted. */
const administrator = new pg.Pool({ connectionString: ownerUrl('trail'), max: 1 });

afterAll(async () => {
  await administrator.end();
  await closeTrailDb();
  await closeDb();
});

/** A log of `count` events in checkpoints of at most three. */
async function logOf(count: number): Promise<{ workspace: string; ids: string[] }> {
  const workspace = newId('ws');
  const ids: string[] = [];
  for (let at = 0; at < count; at += 3) {
    const size = Math.min(3, count - at);
    const made = await load(
      workspace,
      ...Array.from({ length: size }, (_, n) => ({ type: 'test.happened', data: { n: at + n } })),
    );
    ids.push(...made.map((event) => event.id));
  }
  return { workspace, ids };
}

describe('an inclusion proof', () => {
  it('of each event leads to the root that the checkpoint signs', async () => {
    const { workspace, ids } = await logOf(11);
    const auditor = memberContext(workspace, 'auditor');
    for (const [index, id] of ids.entries()) {
      const view = await getProof(auditor, { id });
      const { body } = await getEvent(auditor, { id });
      const signed = openCheckpoint(view.checkpoint, [parseVerifierKey(view.verifier_key)]);
      expect(view).toMatchObject({ index, size: 11, root: signed.root.toString('base64') });
      const proof = view.proof.map((hash) => Buffer.from(hash, 'base64'));
      expect(verifyInclusion(leafHash(body), index, signed.size, proof, signed.root)).toBe(true);
      expect(verifyInclusion(leafHash(`${body} `), index, signed.size, proof, signed.root)).toBe(
        false,
      );
    }
    const other = memberContext(newId('ws'), 'auditor');
    expect(await problemOf(getProof(other, { id: ids[0] }))).toMatchObject({ status: 404 });
    expect((await getCheckpoint(other, {})).checkpoint).toBeNull();
  });
});

describe('verification', () => {
  it('of a sound log is recorded, with its event, and says who may', async () => {
    const { workspace } = await logOf(5);
    const auditor = memberContext(workspace, 'auditor');
    expect(await verifyNow(auditor, {})).toMatchObject({ status: 'ok', size: 5, first_bad: null });
    await load(workspace);
    expect((await listEvents(auditor, { type: 'trail.verified' })).items[0]).toMatchObject({
      outcome: 'succeeded',
      data: { size: 5 },
    });
    expect(await verifyNow(jobContext(workspace, 'trail.verify'), {})).toMatchObject({
      status: 'ok',
      size: 6,
    });
    const approver = memberContext(workspace, 'approver');
    expect(await problemOf(verifyNow(approver, {}))).toMatchObject({ status: 403 });
    const { items } = await listVerifications(approver, {});
    expect(items.map((item) => item.size)).toEqual([6, 5]);
    expect((await getCheckpoint(approver, {})).can.verify).toMatchObject({ allowed: false });
  });

  const at = 'workspace_id = $1 AND idx = $2';
  const tampering: [string, (workspace: string) => [string, unknown[]][], number, string][] = [
    [
      'one byte changed',
      (w) => [[`UPDATE events SET body = replace(body, '"n":4', '"n":5') WHERE ${at}`, [w, 4]]],
      4,
      'hash',
    ],
    [
      'a column changed',
      (w) => [[`UPDATE events SET actor_id = 'somebody' WHERE ${at}`, [w, 5]]],
      5,
      'actor_id',
    ],
    ['an event deleted', (w) => [[`DELETE FROM events WHERE ${at}`, [w, 2]]], 2, 'missing'],
    [
      'the tail cut off',
      (w) => [['DELETE FROM events WHERE workspace_id = $1 AND idx >= $2', [w, 7]]],
      7,
      'ends at 7',
    ],
    [
      'an event inserted twice',
      (w) => [
        [
          `INSERT INTO events SELECT workspace_id, idx, id || 'x', time + interval '1 ms', type, actor_type, actor_id, on_behalf_of, agent_id, session_id, action_id, action_type, object_type, object_id, outcome, tier, classification, summary, leaf_hash, body, search FROM events WHERE ${at}`,
          [w, 1],
        ],
      ],
      1,
      'index 1',
    ],
    [
      'two events swapped',
      (w) => [
        [`UPDATE events SET idx = 99 WHERE ${at}`, [w, 3]],
        [`UPDATE events SET idx = 3 WHERE ${at}`, [w, 4]],
        [`UPDATE events SET idx = 4 WHERE ${at}`, [w, 99]],
      ],
      3,
      'checkpoint at size 6',
    ],
    [
      'a checkpoint deleted',
      (w) => [['DELETE FROM checkpoints WHERE workspace_id = $1 AND size = $2', [w, 6]]],
      3,
      'missing',
    ],
    [
      'a checkpoint edited',
      (w) => [
        [
          `UPDATE checkpoints SET note = replace(note, E'\\n6\\n', E'\\n7\\n') WHERE workspace_id = $1 AND size = $2`,
          [w, 6],
        ],
      ],
      3,
      'not genuine',
    ],
    [
      'a rollback with its checkpoints',
      (w) => [
        ['DELETE FROM events WHERE workspace_id = $1 AND idx >= 6', [w]],
        ['DELETE FROM checkpoints WHERE workspace_id = $1 AND size > 6', [w]],
      ],
      6,
      'earlier verification found 8',
    ],
  ];

  it.each(tampering)('finds %s, and names the index', async (_name, statements, index, words) => {
    const { workspace } = await logOf(8);
    const auditor = memberContext(workspace, 'auditor');
    await verifyNow(auditor, {});
    for (const [sql, values] of statements(workspace)) {
      expect((await administrator.query(sql, values)).rowCount).toBeGreaterThan(0);
    }
    const finding = await verifyNow(auditor, {});
    expect(finding).toMatchObject({ status: 'failed', first_bad: index });
    expect(finding.detail).toContain(words);
  });

  it('takes no offence at what is only inferred, and shows what the event says', async () => {
    const workspace = newId('ws');
    await load(workspace, { type: 'test.happened', data: { summary: 'as it was' } });
    await administrator.query(`UPDATE events SET summary = 'otherwise' WHERE workspace_id = $1`, [
      workspace,
    ]);
    expect(await verifyTrail(workspace)).toMatchObject({ status: 'ok' });
    const { items } = await listEvents(memberContext(workspace, 'auditor'), {});
    expect(items[0]?.summary).toBe('as it was');
  });

  it('finds a body that was changed together with its hash', async () => {
    const { workspace, ids } = await logOf(8);
    const { rows } = await administrator.query<{ body: string }>(
      'SELECT body FROM events WHERE workspace_id = $1 AND id = $2',
      [workspace, ids[4]],
    );
    const forged = (rows[0]?.body ?? '').replace('"n":4', '"n":5');
    await administrator.query(
      'UPDATE events SET body = $3, leaf_hash = $4 WHERE workspace_id = $1 AND id = $2',
      [workspace, ids[4], forged, leafHash(forged)],
    );
    const check = await verifyTrail(workspace);
    expect(check).toMatchObject({ status: 'failed', firstBad: 3 });
    expect(check.detail).toContain('events 3 to 5');
  });
});
