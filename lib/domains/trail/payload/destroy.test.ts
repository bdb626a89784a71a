import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { asRole } from '@/lib/infra/testing/as-role';
import { eventsOf } from '@/lib/infra/testing/events';
import { settledText } from '@/lib/infra/testing/settled';
import { mintWorld } from '@/lib/infra/testing/world';
import { newId } from '@/lib/kernel/ids';
import { type Job, startJobs } from '@/lib/kernel/job';
import { verifyInclusion } from '../merkle';
import { getProof } from '../service/proof';
import { happened, load, memberContext, problemOf } from '../test/world';
import { checkLog } from '../verification/check';
import { blankPayloads } from './jobs';
import { destroyKey } from './service/keys';
import { getPayload, readPayload } from './service/read';
import { hashedTerms } from './terms';
import { at, bodyOf, indexOf, NOVEMBER, openWorld, reader, secretive } from './test/world';

let world: Awaited<ReturnType<typeof openWorld>>;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

const termsOf = (workspace: string) =>
  inWorkspace(workspace, (tx) =>
    hashedTerms(tx, reader(workspace, 'auditor').actor, { q: 'zanzibar' }),
  );

describe('destroying a key', () => {
  it('leaves the proofs and nothing to read', async () => {
    const workspace = newId('ws');
    const [event] = await load(workspace, at(NOVEMBER, secretive));
    const id = event?.id ?? '';
    const key = await world.keyIdOf(workspace);
    const terms = await termsOf(workspace);
    const before = await bodyOf(workspace, id);
    const view = await destroyKey(memberContext(workspace, 'admin'), {
      id: key,
      reason: 'asked to',
    });
    expect(view).toMatchObject({ state: 'destroyed', events: 1, reason: 'asked to' });

    const read = readPayload(reader(workspace, 'auditor'), { id, reason: 'a test' });
    expect(await problemOf(read)).toMatchObject({ status: 410, code: 'payload_erased' });
    const { members } = await getPayload(reader(workspace, 'auditor'), { id });
    expect(members.map(({ state }) => state)).toEqual(['erased', 'erased']);
    expect((await termsOf(workspace)).get('zanzibar')).toEqual([]);
    expect(terms.get('zanzibar')).toHaveLength(1);

    // A late event of that month: nothing readable is written, not even hashes of its words.
    const [late] = await load(workspace, at(NOVEMBER, secretive));
    const body = await bodyOf(workspace, late?.id ?? '');
    expect(JSON.parse(body).data.parameters).toEqual({
      sealed: 1,
      key: '2025-11.Confidential',
      erased: true,
    });
    expect(await indexOf(workspace, late?.id ?? '')).not.toMatch(/word=|zanzibar/);

    expect(await bodyOf(workspace, id)).toBe(before);
    expect(await checkLog(workspace)).toMatchObject({ status: 'ok', size: 3 });
    const proof = await getProof(memberContext(workspace, 'auditor'), { id });
    expect(
      verifyInclusion(
        Buffer.from(proof.leaf_hash, 'base64'),
        proof.index,
        proof.size,
        proof.proof.map((hash) => Buffer.from(hash, 'base64')),
        Buffer.from(proof.root, 'base64'),
      ),
    ).toBe(true);
    const said = (await eventsOf(workspace)).find(
      ({ type }) => type === 'trail.payload_key_destroyed',
    );
    expect(said).toMatchObject({
      object: { id: key },
      data: { month: '2025-11', classification: 'Confidential', reason: 'asked to', events: 1 },
    });
  });

  it('is for admins, once, in their own workspace, and undone by nobody', async () => {
    const workspace = newId('ws');
    await load(workspace, at(NOVEMBER, secretive));
    const id = await world.keyIdOf(workspace);
    const input = { id, reason: 'a test' };
    for (const roles of [['auditor'], ['approver'], []]) {
      const call = destroyKey(memberContext(workspace, ...roles), input);
      expect(await problemOf(call)).toMatchObject({ status: 403 });
    }
    const foreign = destroyKey(memberContext(newId('ws'), 'admin'), input);
    expect(await problemOf(foreign)).toMatchObject({ status: 404 });
    const replaced = asRole('countersign_app', workspace, (client) =>
      client.query(`UPDATE trail_keys SET wrapped = '\\x00' WHERE id = $1`, [id]),
    );
    await expect(replaced).rejects.toThrow(/row-level security/);
    expect((await eventsOf(workspace)).map(({ type }) => type)).not.toContain(
      'trail.payload_key_destroyed',
    );

    const admin = memberContext(workspace, 'admin');
    const calls = await Promise.allSettled([destroyKey(admin, input), destroyKey(admin, input)]);
    expect(calls.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const restored = await asRole('countersign_app', workspace, (client) =>
      client.query(`UPDATE trail_keys SET wrapped = '\\x00', destroyed_at = NULL WHERE id = $1`, [
        id,
      ]),
    ).then(
      ({ rowCount }) => rowCount,
      () => 0,
    );
    expect(restored).toBe(0);
    const destroyed = (await eventsOf(workspace)).filter(
      ({ type }) => type === 'trail.payload_key_destroyed',
    );
    expect(destroyed).toHaveLength(1);
  });

  it('blanks what the control database has in clear of actions that have ended', async () => {
    const { workspace, agent } = await mintWorld();
    await happened(memberContext(workspace, 'admin'), at(NOVEMBER, secretive));
    const add = async (status: string, classification = 'Confidential', created = NOVEMBER) => {
      const id = newId('act');
      await world.owner.query(
        `INSERT INTO actions (id, workspace_id, agent_id, session_id, type, parameters, summary, why, evidence, untrusted,
           classification, decision, tier, reasons, permissions, policy_version, digest, status, idempotency_key,
           request_hash, amount, result, created_at, finished_at)
         VALUES ($1, $2, $3, 'ses_x', 'x', '{"name":"zanzibar"}', 'A summary', 'why', '[{"title":"zanzibar"}]', '["zanzibar"]',
           $4, 'hold', 3, '[]', '{}', 'v', 'd', $5, $1, 'h', 750, $7, $6, $8)`,
        [
          ...[id, workspace, agent, classification, status, created],
          ...(status === 'succeeded' ? ['{"name":"zanzibar"}', created] : [null, null]),
        ],
      );
      await world.owner.query(
        `INSERT INTO approvals (action_id, workspace_id, display, display_digest, narrowed, requested_at, expires_at)
         VALUES ($1, $2, '{"summary":"A summary","sentence":"To zanzibar","parameters":{"name":"zanzibar"},"evidence":[],"untrusted":[],
           "answers":[{"answer":"zanzibar"}],"narrowed":{"sentence":"zanzibar"}}', 'd', '{"name":"zanzibar"}', now(), now())`,
        [id, workspace],
      );
      await world.owner.query(
        `INSERT INTO approval_questions (id, workspace_id, action_id, question, asked_by, asked_at, answer, answered_at)
         VALUES ($1, $2, $3, 'To zanzibar?', 'mbr_x', now(), 'zanzibar', now())`,
        [newId('qst'), workspace, id],
      );
      return id;
    };
    const gone = await add('succeeded');
    const rejected = await add('rejected');
    const running = await add('running');
    const kept = [
      await add('succeeded', 'Restricted'),
      await add('succeeded', 'Internal'),
      await add('succeeded', 'Confidential', '2025-12-01T00:00:00Z'),
    ];
    const textOf = async (id: string) => {
      const { rows } = await world.owner.query(
        `SELECT to_jsonb(a) || to_jsonb(p) || to_jsonb(q) AS all FROM actions a
         JOIN approvals p ON p.action_id = a.id JOIN approval_questions q ON q.action_id = a.id WHERE a.id = $1`,
        [id],
      );
      return JSON.stringify(rows[0]);
    };
    const admin = memberContext(workspace, 'admin');
    await destroyKey(admin, { id: await world.keyIdOf(workspace), reason: 'asked to' });
    // Which has queued the job; without its schedule nothing else would run it.
    const jobs = await startJobs([{ ...(blankPayloads as Job), schedule: undefined }]);
    for (const id of [gone, rejected]) {
      while ((await textOf(id)).includes('zanzibar')) {
        await world.owner.query('SELECT pg_sleep(0.02)');
      }
    }
    await jobs.close();
    for (const id of [gone, rejected]) {
      const text = await textOf(id);
      expect(text).not.toContain('zanzibar');
      expect(text).toContain('A summary');
      expect(text).toContain('"erased":true');
    }
    for (const id of [running, ...kept]) expect(await textOf(id)).toContain('zanzibar');
    expect(settledText(await textOf(gone))).not.toContain('750');

    // It ends later: the job takes it then.
    await world.owner.query(
      `UPDATE actions SET status = 'succeeded', result = '"zanzibar"', finished_at = created_at WHERE id = $1`,
      [running],
    );
    await blankPayloads.perform(workspace, {});
    expect(await textOf(running)).not.toContain('zanzibar');
    for (const id of kept) expect(await textOf(id)).toContain('zanzibar');
  });
});
