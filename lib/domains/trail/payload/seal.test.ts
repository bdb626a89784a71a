import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { settledText } from '@/lib/infra/testing/settled';
import { connectAs } from '@/lib/infra/trail-db';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { keyOf, readRow, recordOf } from '../sequencer/record';
import { drainOutbox, LOCK } from '../sequencer/run';
import { newWriterState, writeBatch } from '../sequencer/writer';
import { batchOf } from '../test/batch';
import { load, memberContext } from '../test/world';
import { checkLog } from '../verification/check';
import { loadKeys } from './keys';
import { openMember, sealedMembers } from './seal';
import { listKeys } from './service/keys';
import { getPayload, readPayload } from './service/read';
import { at, bodyOf, indexOf, NOVEMBER, openWorld, plain, reader, secretive } from './test/world';

let world: Awaited<ReturnType<typeof openWorld>>;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

describe('what the trail keeps of an event', () => {
  it('has a protected payload sealed and the rest masked', async () => {
    const workspace = newId('ws');
    const [event] = await load(workspace, at(NOVEMBER, secretive));
    const body = await bodyOf(workspace, event?.id ?? '');
    expect(JSON.parse(body).data).toEqual({
      summary: 'Refund for [email]',
      why: 'She called from [phone]',
      reasons: [{ code: 'x', message: 'card [card …1111]' }],
      parameters: { sealed: 1, key: '2025-11.Confidential', text: expect.any(String) },
      evidence: { sealed: 1, key: '2025-11.Confidential', text: expect.any(String) },
    });
    expect(settledText(body)).not.toMatch(/zanzibar|amount|jane|4111/i);
    const index = await indexOf(workspace, event?.id ?? '');
    expect(index).not.toMatch(/zanzibar|'750'|jane/i);
    expect(index).toMatch(/word=[0-9a-f]{16}/);
    expect(await checkLog(workspace)).toMatchObject({ status: 'ok', size: 1 });
  });

  it('has what is not protected readable, without personal data in its texts', async () => {
    const workspace = newId('ws');
    const [event] = await load(workspace, plain);
    const { data } = JSON.parse(await bodyOf(workspace, event?.id ?? ''));
    expect(data.parameters).toEqual({ note: 'zanzibar [email]', amount: 750 });
    expect(data.summary).toBe('Refund for [email]');
    expect(await world.keyIdOf(workspace)).toBe('');
  });

  it('treats a classification that it does not know as the highest', async () => {
    const workspace = newId('ws');
    const [event] = await load(workspace, at(NOVEMBER, { ...secretive, classification: 'Cosmic' }));
    const { data } = JSON.parse(await bodyOf(workspace, event?.id ?? ''));
    expect(data.parameters.key).toBe('2025-11.Restricted');
  });

  it('seals what the outbox held that was no event', async () => {
    const workspace = newId('ws');
    const id = newId('evt');
    const event = JSON.stringify({
      classification: 'Restricted',
      data: { parameters: 'zanzibar' },
    });
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
    const [seen] = await load(workspace, { ...plain, data: { parameters } });
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
      at(NOVEMBER, secretive),
      at('2025-12-01T00:00:00.000Z', secretive),
      at(NOVEMBER, { ...secretive, classification: 'Restricted' }),
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
    expect(await world.keyIdOf(workspace, '2025-11', 'Restricted')).toBe(keys[0]);
  });

  it('is sealed once, though the sequencer dies between the two databases', async () => {
    const workspace = newId('ws');
    const made = makeEvent(memberContext(workspace, 'admin'), secretive);
    const [outbox, trail] = await Promise.all([
      connectAs('countersign_sequencer'),
      connectAs('countersign_trail_writer'),
    ]);
    // Before the event is there, or another sequencer might take it.
    await trail.client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await inWorkspace(workspace, (tx) => appendEvents(tx, [made]));
    const row = {
      ...{ id: made.id, workspace_id: workspace, created_at: new Date() },
      event: JSON.stringify(made),
    };
    const read = readRow(row);
    const needed = keyOf(read);
    const record = recordOf(read, await loadKeys(outbox.client, needed ? [needed] : []));
    await writeBatch(trail.client, batchOf([record]), newWriterState());
    // Here it dies: the trail has the event, and the outbox still has it in clear.
    await Promise.all([outbox.client.end(), trail.client.end()]);
    await drainOutbox();
    expect(await bodyOf(workspace, made.id)).toBe(record.body);
    expect(await checkLog(workspace)).toMatchObject({ status: 'ok', size: 1 });
    const { rows } = await world.owner.query('SELECT 1 FROM outbox WHERE workspace_id = $1', [
      workspace,
    ]);
    expect(rows).toEqual([]);
  });

  it('waits in the outbox, alone, when its key does not open', async () => {
    const workspace = newId('ws');
    await load(workspace, at(NOVEMBER, secretive));
    const id = await world.keyIdOf(workspace);
    const broken = newId('ws');
    // A row whose key was wrapped for another workspace, as a bad restore might leave it.
    await world.owner.query(
      `INSERT INTO trail_keys (id, workspace_id, month, classification, wrapped)
       SELECT $1, $2, month, classification, wrapped FROM trail_keys WHERE id = $3`,
      [newId('tky'), broken, id],
    );
    await load(broken, at(NOVEMBER, secretive), { type: 'test.happened' });
    expect(await checkLog(broken)).toMatchObject({ status: 'ok', size: 1 });
    await world.owner.query('DELETE FROM trail_keys WHERE workspace_id = $1', [broken]);
    await load(broken, { type: 'test.after' });
    expect(await checkLog(broken)).toMatchObject({ status: 'ok', size: 3 });
  });
});
