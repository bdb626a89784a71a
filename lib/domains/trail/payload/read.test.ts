import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { eventsOf } from '@/lib/infra/testing/events';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { countMatching, listEvents } from '../search/service';
import { load, memberContext, problemOf } from '../test/world';
import { getPayload, readPayload } from './service/read';
import { hashedTerms } from './terms';
import { at, indexOf, NOVEMBER, openWorld, plain, reader, secretive } from './test/world';

let world: Awaited<ReturnType<typeof openWorld>>;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

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
    const [sealed, shown] = await load(workspace, secretive, plain);
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
    expect(await problemOf(readPayload(ctx, { id: shown?.id, reason: 'a test' }))).toMatchObject({
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
      at(NOVEMBER, secretive),
      at('2025-12-01T00:00:00.000Z', secretive),
    );
    const ctx = reader(workspace, 'auditor');
    const termsOf = (asking: Context, asked: { q: string; from?: string; to?: string }) =>
      inWorkspace(asking.workspace, (tx) => hashedTerms(tx, asking.actor, asked));
    const all = await termsOf(ctx, { q: 'Zanzibar 750' });
    expect([...all].map(([word, terms]) => [word, terms.length])).toEqual([
      ['zanzibar', 2],
      ['750', 2],
    ]);
    const november = await termsOf(ctx, { q: 'zanzibar', from: NOVEMBER, to: NOVEMBER });
    const [term = ''] = november.get('zanzibar') ?? [];
    expect(await indexOf(workspace, event?.id ?? '')).toContain(`'${term}'`);
    const without = await termsOf(memberContext(workspace, 'auditor'), { q: 'zanzibar' });
    expect(without).toEqual(new Map());
    const foreign = await termsOf(reader(newId('ws'), 'auditor'), { q: 'zanzibar' });
    expect(foreign.get('zanzibar')).toEqual([]);
  });

  it('finds them for who may read them, and for nobody else', async () => {
    const workspace = newId('ws');
    const [sealed, shown] = await load(workspace, secretive, plain);
    const found = async (ctx: Context, q: string) => {
      const { items } = await listEvents(ctx, { q });
      const { count } = await countMatching(ctx, { q });
      expect(count).toBe(items.length);
      return items.map(({ id }) => id).toSorted();
    };
    const both = [sealed?.id, shown?.id].toSorted();
    const [may, mayNot] = [reader(workspace, 'auditor'), memberContext(workspace, 'auditor')];
    expect(await found(may, 'zanzibar 750')).toEqual(both);
    expect(await found(mayNot, 'zanzibar 750')).toEqual([shown?.id]);
    expect(await found(may, 'refund -zanzibar')).toEqual([]);
    expect(await found(mayNot, 'refund -zanzibar')).toEqual([sealed?.id]);
    // Neither a beginning nor a phrase is told by the hashes of whole words.
    expect(await found(may, 'zanz*')).toEqual([shown?.id]);
    // And what everyone may read is found by everyone.
    expect(await found(mayNot, 'refund')).toEqual(both);
  });
});

describe('a key that cannot be opened', () => {
  it('is named by what needs it, and hides no other workspace’s events', async () => {
    const [damaged, sound] = [newId('ws'), newId('ws')];
    const key = newId('tky');
    await world.owner.query(
      `INSERT INTO trail_keys (id, workspace_id, month, classification, wrapped)
       VALUES ($1, $2, '2025-11', 'Confidential', '\\x01')`,
      [key, damaged],
    );
    const search = (workspace: string) =>
      listEvents(reader(workspace, 'auditor'), { q: 'zanzibar' });
    await expect(search(damaged)).rejects.toMatchObject({
      status: 500,
      code: 'trail_key_unreadable',
      message: expect.stringContaining(`${key} (2025-11, Confidential)`),
    });
    const [event] = await load(sound, at(NOVEMBER, plain));
    expect((await search(sound)).items).toMatchObject([{ id: event?.id }]);
  });
});
