import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { mintWorld } from '@/lib/infra/testing/world';
import { clock } from '@/lib/kernel/clock';
import { jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { verifyConsistency, verifyInclusion } from '../merkle';
import { drainOutbox } from '../sequencer/run';
import { getConsistency, getProof, rollSigningKey } from '../service/proof';
import { RetentionSuite } from '../test/retention';
import { happened, memberContext } from '../test/world';
import { verifyNow } from '../verification/service';
import { defaultPeriods, retentionClass, retentionClasses } from './classes';
import { retentionJobs } from './jobs';
import { updateRetention } from './service/settings';
import { beginExpiry, findBegun } from './settings';
import { expireEvents } from './trail';

const suite = new RetentionSuite();

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
    const { rows } = await suite.own.administrator.query<{ type: string; class: string }>(
      'SELECT type, retention_class(type) AS class FROM unnest($1::text[]) AS type',
      [names],
    );
    expect(rows).toEqual(names.map((type) => ({ type, class: retentionClass(type) })));
  });
});

describe('the daily job', () => {
  it('drops the partition of a month of which nothing is kept, and proofs go on', async () => {
    await suite.recorded(...suite.events('action.decided', 700));
    await suite.recorded(...suite.events('agent.created', 40, '12'));
    const before = await suite.sound();
    expect(before).toMatchObject({ status: 'ok', size: 740 });
    expect(await suite.exists(`events_${suite.year}03`)).toBe(true);
    await suite.run();
    expect(await suite.exists(`events_${suite.year}03`)).toBe(false);
    expect(await suite.leftOf('action.decided')).toBe(0);
    expect(await suite.leftOf('agent.created')).toBe(40);
    const [expired] = await suite.said('trail.events_expired');
    expect(expired).toMatchObject({
      ...{ month: `${suite.year}-03`, classes: [...retentionClasses], events: 700, range_count: 1 },
      ...{ ranges: [[0, 699]], partition_dropped: true, checkpoint: { size: 700 } },
    });
    // The leaves that no full tile holds are kept: 740 events fill two tiles.
    const kept = await suite.own.administrator.query(
      'SELECT count(*)::int AS n FROM kept_leaves WHERE workspace_id = $1',
      [suite.world.workspace],
    );
    expect(kept.rows[0].n).toBe(700 - 512);
    expect(await suite.sound()).toMatchObject({ status: 'ok' });
    const [event] = (await suite.left()).filter((row) => row.type === 'agent.created');
    const { id } = JSON.parse(event?.body ?? '{}');
    const proof = await getProof(suite.auditor, { id });
    const hashes = (list: string[]) => list.map((hash) => Buffer.from(hash, 'base64'));
    const root = Buffer.from(proof.root, 'base64');
    const [leaf] = hashes([proof.leaf_hash]);
    expect(
      verifyInclusion(leaf as Buffer, proof.index, proof.size, hashes(proof.proof), root),
    ).toBe(true);
    const grown = await getConsistency(suite.auditor, { from: 130, to: proof.size });
    const [from, to] = hashes([grown.from_root, grown.to_root]);
    expect(
      verifyConsistency(130, proof.size, hashes(grown.proof), from as Buffer, to as Buffer),
    ).toBe(true);
    const counts = await suite.own.administrator.query(
      `SELECT sum(n)::int AS n FROM event_counts WHERE workspace_id = $1 AND span = 24 AND dim = 'all' AND at < $2`,
      [suite.world.workspace, `${suite.year + 1}-01-01`],
    );
    expect(counts.rows[0].n).toBe(40);
    // Nothing more to do, and nothing said about it.
    await suite.run();
    expect(await suite.said('trail.events_expired')).toHaveLength(1);
  });

  it('removes only the classes whose period is over', async () => {
    await updateRetention(suite.admin, { decisions: 120, reads: 12 });
    await suite.recorded(
      ...suite.events('action.decided', 10),
      ...suite.events('request.refused', 10),
    );
    await suite.recorded(
      ...suite.events('session.started', 10),
      ...suite.events('action.succeeded', 3),
    );
    await suite.sound();
    await suite.run();
    expect(await suite.leftOf('request.refused')).toBe(0);
    expect(await suite.leftOf('session.started')).toBe(0);
    expect((await suite.leftOf('action.decided')) + (await suite.leftOf('action.succeeded'))).toBe(
      13,
    );
    expect(await suite.exists(`events_${suite.year}03`)).toBe(true);
    expect(await suite.said('trail.events_expired')).toMatchObject([
      { events: 20, classes: ['sessions', 'administration', 'reads'], partition_dropped: false },
    ]);
    expect(await suite.sound()).toMatchObject({ status: 'ok' });
    expect(await suite.said('trail.retention_updated')).toMatchObject([
      { before: defaultPeriods, after: { ...defaultPeriods, decisions: 120, reads: 12 } },
    ]);
  });

  it("leaves another workspace's events of the month alone", async () => {
    await suite.recorded(...suite.events('action.decided', 5));
    const other = await mintWorld();
    await happened(jobContext(other.workspace, 'test.load'), ...suite.events('action.decided', 4));
    await suite.sound();
    await suite.run();
    expect(await suite.leftOf('action.decided')).toBe(0);
    expect(await suite.exists(`events_${suite.year}03`)).toBe(true);
    await verifyNow(memberContext(other.workspace, 'auditor'), {});
    await retentionJobs[0]?.perform(other.workspace, {});
    expect(await suite.exists(`events_${suite.year}03`)).toBe(false);
  });

  it('removes nothing from a log that does not verify, nor from one never verified', async () => {
    await suite.recorded(...suite.events('action.decided', 5));
    await suite.run();
    expect(await suite.leftOf('action.decided')).toBe(5);
    await suite.sound();
    await suite.own.administrator.query(
      'UPDATE events SET tier = 1 WHERE workspace_id = $1 AND idx = 2',
      [suite.world.workspace],
    );
    await suite.sound();
    await suite.run();
    expect(await suite.leftOf('action.decided')).toBe(5);
  });

  it('removes nothing that is past its period by a clock that is ahead alone', async () => {
    const time = new Date(Date.now() - 70 * 86_400_000).toISOString();
    await suite.recorded({ type: 'action.decided', time });
    await suite.sound();
    clock.now = () => new Date(Date.now() + 20 * 365 * 86_400_000);
    await suite.run();
    expect(await suite.leftOf('action.decided')).toBe(1);
    expect(await suite.said('trail.events_expired')).toEqual([]);
  });

  it('passes on what a removed removal said, and a key that rolled over long ago', async () => {
    await suite.recorded(...suite.events('action.decided', 300));
    clock.now = () => new Date(`${suite.year}-09-15T12:00:00Z`);
    for (const version of [2, 3]) {
      expect(await rollSigningKey(suite.admin, {})).toMatchObject({ version });
      await drainOutbox();
    }
    await updateRetention(suite.admin, { decisions: 1 });
    await suite.sound();
    await suite.run();
    await drainOutbox();
    expect(await suite.sound()).toMatchObject({ status: 'ok' });
    const [first] = await suite.said('trail.events_expired');
    expect(first).toMatchObject({ events: 300 });
    await drainOutbox();
    clock.now = () => new Date(`${suite.year + 9}-06-15T12:00:00Z`);
    await suite.run();
    expect(await suite.said('trail.key_rolled')).toEqual([]);
    const all = await suite.said('trail.events_expired');
    expect(all.every((one) => one['expiry'] !== first?.['expiry'])).toBe(true);
    expect(await suite.sound()).toMatchObject({ status: 'ok' });
  });
});

describe('a crash', () => {
  const begin = async () => {
    const expiry = { id: newId('xpr'), month: `${suite.year}-03`, classes: [...retentionClasses] };
    await inWorkspace(suite.world.workspace, (tx) =>
      beginExpiry(tx, suite.world.workspace, expiry),
    );
    return expiry;
  };

  it('before the removal leaves one to be carried out', async () => {
    await suite.recorded(...suite.events('action.decided', 5));
    await suite.sound();
    await begin();
    expect(await suite.sound()).toMatchObject({ status: 'ok' });
    await suite.run();
    expect(await suite.leftOf('action.decided')).toBe(0);
    expect(await suite.said('trail.events_expired')).toHaveLength(1);
    expect(await suite.sound()).toMatchObject({ status: 'ok' });
  });

  it('leaves one that the log has come to keep for longer, and retention goes on', async () => {
    await suite.recorded(...suite.events('action.decided', 5));
    await suite.recorded(...suite.events('agent.created', 5, '02'));
    await begin();
    await updateRetention(suite.admin, { decisions: 1_200 });
    await drainOutbox();
    await suite.sound();
    await suite.run();
    expect(await suite.leftOf('action.decided')).toBe(5);
    expect(await suite.leftOf('agent.created')).toBe(0);
    expect(await suite.said('trail.events_expired')).toHaveLength(1);
    expect(await inWorkspace(suite.world.workspace, findBegun)).toEqual([]);
    expect(await suite.sound()).toMatchObject({ status: 'ok' });
  });

  it('keeps what the control database alone takes for past, until the log says so', async () => {
    const time = new Date(Date.now() - 70 * 86_400_000).toISOString();
    await suite.recorded({ type: 'action.decided', time });
    await suite.sound();
    clock.now = () => new Date();
    await updateRetention(suite.admin, { decisions: 1 });
    await suite.run();
    expect(await suite.leftOf('action.decided')).toBe(1);
    expect(await inWorkspace(suite.world.workspace, findBegun)).toEqual([]);
    await drainOutbox();
    await suite.sound();
    await suite.run();
    expect(await suite.leftOf('action.decided')).toBe(0);
    expect(await suite.said('trail.events_expired')).toContainEqual(
      expect.objectContaining({ month: time.slice(0, 7), classes: ['decisions'], events: 1 }),
    );
  });

  it('after the removal leaves no gap that is not explained, and one event', async () => {
    await suite.recorded(...suite.events('action.decided', 5));
    await suite.recorded(...suite.events('agent.created', 5, '12'));
    await suite.sound();
    const expiry = await begin();
    await expireEvents(suite.world.workspace, expiry);
    expect(await suite.leftOf('action.decided')).toBe(0);
    expect(await suite.said('trail.events_expired')).toEqual([]);
    expect(await suite.sound()).toMatchObject({ status: 'ok' });
    await suite.run();
    expect(await inWorkspace(suite.world.workspace, findBegun)).toEqual([]);
    // Its event waits in the outbox for a while.
    expect(await suite.sound()).toMatchObject({ status: 'ok' });
    expect(await suite.said('trail.events_expired')).toMatchObject([
      { expiry: expiry.id, events: 5 },
    ]);
    expect(await suite.sound()).toMatchObject({ status: 'ok' });
    await suite.run();
    expect(await suite.said('trail.events_expired')).toHaveLength(1);
  });
});
