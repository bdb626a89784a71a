import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consistencyProof, leafHash, rootOf } from '../merkle';
import type { ConsistencyView } from '../schema';
import { checkConsistency } from './browser-proof';

const leaves = Array.from({ length: 70 }, (_, at) => leafHash(`event ${at}`));
const base64 = (hash: Buffer) => hash.toString('base64');

function viewOf(from: number, to: number): ConsistencyView {
  const all = leaves.slice(0, to);
  return {
    from,
    to,
    from_root: base64(rootOf(all.slice(0, from))),
    to_root: base64(rootOf(all)),
    proof: consistencyProof(all, from).map(base64),
    checkpoint: null,
    keys: [],
  };
}

const sizes = fc
  .tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 70 }))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

describe('consistency in the browser', () => {
  it('holds between any two sizes of one log', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ([from, to]) => {
        expect(await checkConsistency(viewOf(from, to))).toBe('proved');
      }),
    );
  });

  it('holds for no other root, size or proof', async () => {
    const other = base64(leafHash('other'));
    await fc.assert(
      fc.asyncProperty(sizes, async ([from, to]) => {
        const view = viewOf(from, to);
        const changed = [
          { ...view, from_root: other },
          { ...view, to_root: other },
          { ...view, proof: [...view.proof, other] },
          ...view.proof.map((_, at) => ({ ...view, proof: view.proof.with(at, other) })),
          ...(view.proof.length > 0 ? [{ ...view, proof: view.proof.slice(1) }] : []),
        ];
        for (const one of changed) expect(await checkConsistency(one)).toBe('broken');
      }),
    );
  });
});
