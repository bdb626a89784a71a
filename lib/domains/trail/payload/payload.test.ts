import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { asRole } from '@/lib/infra/testing/as-role';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { closeTrailDb, connectAs } from '@/lib/infra/trail-db';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent, type NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { verifyInclusion } from '../merkle';
import { findEvent, reading } from '../repo';
import { keyOf, readRow, recordOf } from '../sequencer/record';
import { drainOutbox, LOCK } from '../sequencer/run';
import { newWriterState, writeBatch } from '../sequencer/writer';
import { getProof } from '../service/proof';
import { happened, load, memberContext, problemOf } from '../test/world';
import { checkLog } from '../verification/check';
import { blankPayloads } from './jobs';
import { loadKeys } from './keys';
import { openMember, sealedMembers } from './seal';
import { destroyKey, listKeys } from './service/keys';
import { getPayload, readPayload } from './service/read';
import { hashedTerms } from './terms';

let world: World;
let owner: pg.Client;

beforeAll(async () => {
  owner = new pg.Client({ connectionString: ownerUrl('control') });
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await closeTrailDb();
  await closeDb();
});

const secretive: NewEvent = {
  type: 'action.decided',
  object: { type: 'action_type', id: 'refunds.create' },
  outcome: 'allow',
  classification: 'Confidential',
  data: {
    summary: 'Refund for jane@example.com',
    why: 'She called from +44 20 7946 0958',
    reasons: [{ code: 'x', message: 'card 4111 1111 1111 1111' }],
    parameters: { note: 'zanzibar jane@example.com', amount: 750 },
    evidence: [{ title: 'Order of Jane' }],
  },
};
const open: NewEvent = { ...secretive, classification: 'Internal' };
const NOVEMBER = '2025-11-21T22:16:35.123Z';

async function bodyOf(workspace: string, id: string): Promise<string> {
  return (await findEvent(workspace, id))?.body ?? '';
}

function reader(workspace: string, ...roles: string[]): Context {
  const ctx = memberContext(workspace, ...roles);
  if (ctx.actor.type !== 'member') throw new Error('not a member');
  return { ...ctx, actor: { ...ctx.actor, abilities: ['trail.payload'] } };
}

async function keyIdOf(workspace: string, month = '2025-11', classification = 'Confidential') {
  const { rows } = await owner.query<{ id: string }>(
    'SELECT id FROM trail_keys WHERE workspace_id = $1 AND month = $2 AND classification = $3',
    [workspace, month, classification],
  );
  return rows[0]?.id ?? '';
}

async function indexOf(workspace: string, id: string): Promise<string> {
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ search: string }>(
      'SELECT search::text FROM events WHERE workspace_id = $1 AND id = $2',
      [workspace, id],
    );
    return rows[0]?.search ?? '';
  });
}

describe('what the trail keeps of an event', () => {
  it('has a protected payload sealed and the rest masked', async () => {
    const workspace = newId('ws');
    const [event] = await load(workspace, { ...secretive, time: NOVEMBER } as NewEvent);
    const body = await bodyOf(workspace, event?.id ?? '');
    expect(JSON.parse(body).data).toEqual({
      summary: 'Refund for [email]',
      why: 'She called from [phone]',
      reasons: [{ code: 'x', message: 'card [card …1111]' }],
      parameters: { sealed: 1, key: '2025-11.Confidential', text: expect.any(String) },
      evidence: { sealed: 1, key: '2025-11.Confidential', text: expect.any(String) },
    });
    expect(body).not.toMatch(/zanzibar|amount|jane|4111/i);
    const index = await indexOf(workspace, event?.id ?? '');
    expect(index).not.toMatch(/zanzibar|'750'|jane/i);
    expect(index).toMatch(/word=[0-9a-f]{16}/);
    expect(await checkLog(workspace)).toMatchObject({ status: 'ok', size: 1 });
  });

  it('has what is not protected readable, without personal data in its texts', async () => {
    const workspace = newId('ws');
    const [event] = await load(workspace, open);
    const { data } = JSON.parse(await bodyOf(workspace, event?.id ?? ''));
    expect(data.parameters).toEqual({ note: 'zanzibar [email]', amount: 750 });
    expect(data.summary).toBe('Refund for [email]');
    expect(await keyIdOf(workspace)).toBe('');
  });

  it('treats a classification that it does not know as the highest', async () => {
    const workspace = newId('ws');
    const [event] = await load(workspace, {
      ...secretive,
      classification: 'Cosmic',
      time: NOVEMBER,
    } as NewEvent);
    const { data } = JSON.parse(await bodyOf(workspace, event?.id ?? ''));
    expect(data.parameters.key).toBe('2025-11.Restricted');
  });

  it('seals what the outbox held that was no event', async () => {
    const workspace = newId('ws');
    const id = newId('evt');
    const event = { classification: 'Restricted', data: { parameters: 'zanzibar' } };
    await inWorkspace(workspace, (tx) =>
      tx.outbox.createMany({ data: [{ id, workspaceId: workspace, event }] }),
    );
    await load(workspace, { type: 'test.after' });
    const body = await bodyOf(workspace, id);
    expect(JSON.parse(body).data.event).toMatchObject({ sealed: 1 });
    expect(body).not.toContain('zanzibar');
  });

  it('is not fooled by a payload that looks sealed', async () => {
    const workspace = newId('ws');
    const parameters = { sealed: 1, key: '2025-11.Confidential', text: 'AAAA' };
    const [seen] = await load(workspace, { ...open, data: { parameters } });
    const view = await getPayload(reader(workspace, 'auditor'), { id: seen?.id });
    expect(view.members).toEqual([]);
    const [hidden] = await load(workspace, { ...secretive, data: { parameters } });
    const opened = await readPayload(reader(workspace, 'auditor'), {
      id: hidden?.id,
      reason: 'a test',
    });
    expect(opened.payload).toEqual({ parameters });
  });

  it('has a key of its own for each month and classification', async () => {
    const workspace = newId('ws');
    await load(
      workspace,
      { ...secretive, time: NOVEMBER } as NewEvent,
      { ...secretive, time: '2025-12-01T00:00:00.000Z' } as NewEvent,
      { ...secretive, classification: 'Restricted', time: NOVEMBER } as NewEvent,
    );
    const { items } = await listKeys(memberContext(workspace, 'auditor'), {});
    expect(items.map(({ name, events, state }) => [name, events, state])).toEqual([
      ['2025-12.Confidential', 1, 'live'],
      ['2025-11.Restricted', 1, 'live'],
      ['2025-11.Confidential', 1, 'live'],
    ]);
    expect(JSON.stringify(items)).not.toContain('wrapped');
  });
});

describe('a sealed payload', () => {
  it('is bound to its event, its member and its key', async () => {
    const workspace = newId('ws');
    const [one, two] = await load(workspace, secretive, secretive);
    const { client } = await connectAs('countersign_sequencer');
    const event = JSON.parse(await bodyOf(workspace, one?.id ?? ''));
    const month = event.time.slice(0, 7);
    const keys = await loadKeys(client, [{ workspace, month, classification: 'Confidential' }]);
    const other = newId('ws');
    const foreign = { workspace: other, month, classification: 'Confidential' } as const;
    const otherKeys = await loadKeys(client, [foreign]);
    await client.end();
    const key = keys({ workspace, month, classification: 'Confidential' })?.key ?? Buffer.alloc(32);
    const text = sealedMembers(event).get('parameters')?.text ?? '';
    expect(openMember(key, event.id, 'parameters', text)).toEqual(secretive.data?.['parameters']);
    expect(() => openMember(key, event.id, 'result', text)).toThrow(/authenticate/);
    expect(() => openMember(key, two?.id ?? '', 'parameters', text)).toThrow(/authenticate/);
    const wrong = otherKeys(foreign)?.key ?? Buffer.alloc(32);
    expect(() => openMember(wrong, event.id, 'parameters', text)).toThrow(/authenticate/);
  });

  it('is sealed by one key though many make it at once', async () => {
    const workspace = newId('ws');
    const needed = { workspace, month: '2025-11', classification: 'Restricted' } as const;
    const keys = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { client } = await connectAs('countersign_sequencer');
        const found = await loadKeys(client, [needed, needed]);
        await client.end();
        return found(needed)?.id;
      }),
    );
    expect(new Set(keys).size).toBe(1);
    expect(await keyIdOf(workspace, '2025-11', 'Restricted')).toBe(keys[0]);
  });

  it('is sealed once, though the sequencer dies between the two databases', async () => {
    const workspace = newId('ws');
    const made = makeEvent(memberContext(workspace, 'admin'), secretive);
    await inWorkspace(workspace, (tx) => appendEvents(tx, [made]));
    const row = {
      ...{ id: made.id, workspace_id: workspace, created_at: new Date() },
      event: JSON.stringify(made),
    };
    const [outbox, trail] = await Promise.all([
      connectAs('countersign_sequencer'),
      connectAs('countersign_trail_writer'),
    ]);
    const read = readRow(row);
    const needed = keyOf(read);
    const record = recordOf(read, await loadKeys(outbox.client, needed ? [needed] : []));
    await trail.client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await writeBatch(trail.client, [record], newWriterState());
    // Here it dies: the trail has the event, and the outbox still has it in clear.
    await Promise.all([outbox.client.end(), trail.client.end()]);
    await drainOutbox();
    expect(await bodyOf(workspace, made.id)).toBe(record.body);
    expect(await checkLog(workspace)).toMatchObject({ status: 'ok', size: 1 });
    const { rows } = await owner.query('SELECT 1 FROM outbox WHERE workspace_id = $1', [workspace]);
    expect(rows).toEqual([]);
  });

  it('waits in the outbox, alone, when its key does not open', async () => {
    const workspace = newId('ws');
    await load(workspace, { ...secretive, time: NOVEMBER } as NewEvent);
    const id = await keyIdOf(workspace);
    const broken = newId('ws');
    // A row whose key was wrapped for another workspace, as a bad restore might leave it.
    await owner.query(
      `INSERT INTO trail_keys (id, workspace_id, month, classification, wrapped)
       SELECT $1, $2, month, classification, wrapped FROM trail_keys WHERE id = $3`,
      [newId('tky'), broken, id],
    );
    await load(broken, { ...secretive, time: NOVEMBER } as NewEvent, { type: 'test.happened' });
    expect(await checkLog(broken)).toMatchObject({ status: 'ok', size: 1 });
    await owner.query('DELETE FROM trail_keys WHERE workspace_id = $1', [broken]);
    await load(broken, { type: 'test.after' });
    expect(await checkLog(broken)).toMatchObject({ status: 'ok', size: 3 });
  });
});

describe('reading a payload', () => {
  it('needs the ability, which no role has, and says so in the trail', async () => {
    const workspace = newId('ws');
    const [event] = await load(workspace, secretive);
    const id = event?.id;
    for (const roles of [['admin'], ['auditor'], ['admin', 'approver', 'auditor'], []]) {
      const call = readPayload(memberContext(workspace, ...roles), { id, reason: 'curious' });
      expect(await problemOf(call)).toMatchObject({ status: 403 });
    }
    // The ability alone, without a role that reads the trail, is not enough either.
    const call = readPayload(reader(workspace, 'approver'), { id, reason: 'curious' });
    expect(await problemOf(call)).toMatchObject({ status: 403 });
    const said = (await eventsOf(workspace)).map(({ type }) => type);
    expect(said.filter((type) => type === 'trail.payload_read')).toEqual([]);
    expect(said.filter((type) => type === 'request.refused')).toHaveLength(5);

    const opened = await readPayload(reader(workspace, 'auditor'), {
      id,
      reason: 'Complaint of jane@example.com',
    });
    expect(opened.payload).toEqual({
      parameters: secretive.data?.['parameters'],
      evidence: secretive.data?.['evidence'],
    });
    const read = (await eventsOf(workspace)).find(({ type }) => type === 'trail.payload_read');
    expect(read).toMatchObject({
      object: { type: 'event', id },
      data: { reason: 'Complaint of [email]', members: ['evidence', 'parameters'] },
    });
    expect(JSON.stringify(read)).not.toContain('zanzibar');
  });

  it('wants a reason, an event of this workspace, and something sealed', async () => {
    const workspace = newId('ws');
    const [sealed, plain] = await load(workspace, secretive, open);
    const ctx = reader(workspace, 'auditor');
    expect(await problemOf(readPayload(ctx, { id: sealed?.id }))).toMatchObject({
      status: 422,
      fields: ['reason'],
    });
    const foreign = readPayload(reader(newId('ws'), 'auditor'), {
      id: sealed?.id,
      reason: 'a test',
    });
    expect(await problemOf(foreign)).toMatchObject({ status: 404 });
    expect(
      await problemOf(getPayload(reader(newId('ws'), 'auditor'), { id: sealed?.id })),
    ).toMatchObject({ status: 404 });
    expect(await problemOf(readPayload(ctx, { id: plain?.id, reason: 'a test' }))).toMatchObject({
      status: 409,
      code: 'payload_not_protected',
    });
    expect((await eventsOf(workspace)).map(({ type }) => type)).not.toContain('trail.payload_read');
  });
});

describe('searching protected words', () => {
  it('finds whole words by their hashes, under the keys of the time that is asked for', async () => {
    const workspace = newId('ws');
    const [event] = await load(
      workspace,
      { ...secretive, time: NOVEMBER } as NewEvent,
      { ...secretive, time: '2025-12-01T00:00:00.000Z' } as NewEvent,
    );
    const all = await hashedTerms(workspace, ['zanzibar', '750']);
    expect([...all.values()].map((terms) => terms.length)).toEqual([2, 2]);
    const november = await hashedTerms(workspace, ['zanzibar'], NOVEMBER, NOVEMBER);
    const [term = ''] = november.get('zanzibar') ?? [];
    const index = await indexOf(workspace, event?.id ?? '');
    expect(index).toContain(`'${term}'`);
    const foreign = await hashedTerms(newId('ws'), ['zanzibar']);
    expect(foreign.get('zanzibar')).toEqual([]);
  });
});

describe('destroying a key', () => {
  it('leaves the proofs and nothing to read', async () => {
    const workspace = newId('ws');
    const [event] = await load(workspace, { ...secretive, time: NOVEMBER } as NewEvent);
    const id = event?.id ?? '';
    const key = await keyIdOf(workspace);
    const terms = await hashedTerms(workspace, ['zanzibar']);
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
    expect((await hashedTerms(workspace, ['zanzibar'])).get('zanzibar')).toEqual([]);
    expect(terms.get('zanzibar')).toHaveLength(1);

    // A late event of that month: nothing readable is written, not even hashes of its words.
    const [late] = await load(workspace, { ...secretive, time: NOVEMBER } as NewEvent);
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
    await load(workspace, { ...secretive, time: NOVEMBER } as NewEvent);
    const id = await keyIdOf(workspace);
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
    world = await mintWorld();
    const { workspace, agent } = world;
    await happened(memberContext(workspace, 'admin'), { ...secretive, time: NOVEMBER } as NewEvent);
    const add = async (status: string, classification = 'Confidential', created = NOVEMBER) => {
      const id = newId('act');
      await owner.query(
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
      await owner.query(
        `INSERT INTO approvals (action_id, workspace_id, display, display_digest, requested_at, expires_at)
         VALUES ($1, $2, '{"summary":"A summary","sentence":"To zanzibar","parameters":{"name":"zanzibar"},"evidence":[],"untrusted":[]}', 'd', now(), now())`,
        [id, workspace],
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
      const { rows } = await owner.query(
        'SELECT to_jsonb(a) || to_jsonb(p) AS all FROM actions a JOIN approvals p ON p.action_id = a.id WHERE a.id = $1',
        [id],
      );
      return JSON.stringify(rows[0]);
    };
    const admin = memberContext(workspace, 'admin');
    await destroyKey(admin, { id: await keyIdOf(workspace), reason: 'asked to' });
    for (const id of [gone, rejected]) {
      const text = await textOf(id);
      expect(text).not.toContain('zanzibar');
      expect(text).toContain('A summary');
      expect(text).toContain('"erased":true');
    }
    for (const id of [running, ...kept]) expect(await textOf(id)).toContain('zanzibar');
    expect(JSON.stringify(await textOf(gone))).not.toContain('750');

    // It ends later: the job takes it then.
    await owner.query(
      `UPDATE actions SET status = 'succeeded', result = '"zanzibar"', finished_at = created_at WHERE id = $1`,
      [running],
    );
    await blankPayloads.perform(workspace, {});
    expect(await textOf(running)).not.toContain('zanzibar');
    for (const id of kept) expect(await textOf(id)).toContain('zanzibar');
  });
});
