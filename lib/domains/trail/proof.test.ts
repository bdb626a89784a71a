import { afterAll, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { newId } from '@/lib/kernel/ids';
import { openCheckpoint, parseVerifierKey } from './note';
import { leafHash, verifyInclusion } from './merkle';
import { getCheckpoint, getProof } from './service/proof';
import { getEvent } from './service/events';
import { load, memberContext, problemOf } from './test/world';

afterAll(async () => {
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
