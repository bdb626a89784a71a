import { afterAll, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld } from '@/lib/infra/testing/world';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { originOf } from './checkpoint';
import { rollOver, verifiersOf } from './keys';
import { openCheckpoint, openNote, parseVerifierKey } from './note';
import { drainOutbox } from './sequencer/run';
import { getCheckpoint, listSigningKeys, rollSigningKey } from './service/proof';
import { load, memberContext, problemOf } from './test/world';

afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

describe('rolling the signing key over', () => {
  it('is an event in the log, covered by both keys once and by the next one from then on', async () => {
    const { workspace } = await mintWorld();
    const admin = memberContext(workspace, 'admin');
    await load(workspace, { type: 'test.before' });
    const before = await getCheckpoint(admin, {});
    const rolled = await rollSigningKey(admin, {});
    await drainOutbox();
    const covering = await getCheckpoint(admin, {});
    expect(covering.verifier_key).toBe(rolled.key);
    expect(covering.verifier_key).not.toBe(before.verifier_key);

    const [first, second] = [before.verifier_key, rolled.key].map(parseVerifierKey);
    if (!first || !second) throw new Error('two keys are expected');
    const both = openNote(covering.checkpoint?.note ?? '', [first, second]);
    expect(both.signers).toEqual([first, second]);

    await load(workspace, { type: 'test.after' });
    const after = await getCheckpoint(admin, {});
    expect(openCheckpoint(after.checkpoint?.note ?? '', [second]).size).toBe(3);
    expect(() => openCheckpoint(after.checkpoint?.note ?? '', [first])).toThrow('not signed by');

    const { items } = await listSigningKeys(admin, {});
    expect(items.map((item) => [item.version, item.from_size])).toEqual([
      [1, 0],
      [2, 2],
    ]);
    expect(verifiersOf(originOf(workspace), items).map(({ id }) => id)).toEqual([
      first.id,
      second.id,
    ]);
    const [, said] = await eventsOf(workspace);
    expect(said).toMatchObject({
      type: 'trail.key_rolled',
      data: { version: 2, next: rolled.key },
    });
    expect(items[1]?.event).toBe(said?.id);
  });

  it('asked for twice at once happens once, and the next time goes on', async () => {
    const { workspace } = await mintWorld();
    const admin = memberContext(workspace, 'admin');
    await Promise.all([rollSigningKey(admin, {}), rollSigningKey(admin, {})]);
    await drainOutbox();
    expect((await rollSigningKey(admin, {})).version).toBe(3);
    await drainOutbox();
    const { items } = await listSigningKeys(admin, {});
    expect(items.map((item) => item.version)).toEqual([1, 2, 3]);
  });

  it('does not happen for an event that names another key', async () => {
    const { workspace } = await mintWorld();
    const { next } = rollOver((await mintWorld()).workspace, 1);
    await load(workspace, { type: 'trail.key_rolled', data: { version: 2, next } });
    const { items } = await listSigningKeys(memberContext(workspace, 'auditor'), {});
    expect(items).toHaveLength(1);
  });

  it('is refused to all but admins, and nothing rolls', async () => {
    const { workspace } = await mintWorld();
    for (const role of ['auditor', 'approver']) {
      const refused = await problemOf(rollSigningKey(memberContext(workspace, role), {}));
      expect(refused.status).toBe(403);
    }
    const events = await eventsOf(workspace);
    expect(events.map((event) => event.type)).toEqual(['request.refused', 'request.refused']);
  });
});

describe('a chain of keys', () => {
  it('breaks at a key that the one before does not endorse, and at one of another log', () => {
    const [one, other] = ['ws_1', 'ws_2'];
    const { previous, next, endorsement } = rollOver(one, 1);
    const chain = [{ key: previous }, { key: next, endorsement }];
    expect(verifiersOf(originOf(one), chain)).toHaveLength(2);
    expect(() => verifiersOf(originOf(one), [{ key: previous }, { key: next }])).toThrow(
      'not endorsed',
    );
    const foreign = rollOver(other, 1);
    expect(() => verifiersOf(originOf(one), [{ key: foreign.next }])).toThrow('another log');
    const stolen = [{ key: previous }, { key: next, endorsement: foreign.endorsement }];
    expect(() => verifiersOf(originOf(one), stolen)).toThrow('not endorsed');
  });
});
