import type { PoolClient } from '@/lib/infra/trail-db';
import { notFound } from '@/lib/kernel/problem';
import { query } from '@/lib/kernel/verb';
import { originOf, verifierKey, verifierOf } from '../checkpoint';
import { Frontier, inclusionRanges, type Range } from '../merkle';
import { mayExport, maySearch, maySeeCheckpoint, mayVerify } from '../policy';
import { type CheckpointRow, latestCheckpointRow, reading, rowsOf } from '../repo';
import { checkpointView, eventInput, nothing, proofView } from '../schema';

/** The latest signed state of a workspace's log; undefined while nothing has happened. */
export async function latestCheckpoint(workspace: string): Promise<CheckpointRow | undefined> {
  return reading(workspace, (client) => latestCheckpointRow(client, workspace));
}

export const getCheckpoint = query({
  name: 'trail.checkpoint',
  input: nothing,
  output: checkpointView,
  permit: maySeeCheckpoint,
  run: async ({ ctx }) => {
    const row = await latestCheckpoint(ctx.workspace);
    return {
      origin: originOf(ctx.workspace),
      verifier_key: verifierKey(verifierOf(ctx.workspace)),
      checkpoint: row
        ? {
            size: row.size,
            root: row.root.toString('base64'),
            note: row.note,
            time: row.time.toISOString(),
          }
        : null,
      can: { verify: mayVerify(ctx.actor), export: mayExport(ctx.actor) },
    };
  },
});

/** That an event is in the log as the latest checkpoint signs it (RFC 9162, 2.1.3). */
export const getProof = query({
  name: 'trail.proof',
  input: eventInput,
  output: proofView,
  permit: maySearch,
  run: ({ ctx, input }) =>
    reading(ctx.workspace, async (client) => {
      const { rows } = await client.query<{ idx: string; leaf_hash: Buffer }>(
        'SELECT idx, leaf_hash FROM events WHERE workspace_id = $1 AND id = $2',
        [ctx.workspace, input.id],
      );
      const [event] = rows;
      const head = await latestCheckpointRow(client, ctx.workspace);
      if (!event || !head) throw notFound('event');
      const index = Number(event.idx);
      const proof = await rootsOf(client, ctx.workspace, inclusionRanges(index, head.size));
      return {
        id: input.id,
        index,
        size: head.size,
        root: head.root.toString('base64'),
        leaf_hash: event.leaf_hash.toString('base64'),
        proof: proof.map((hash) => hash.toString('base64')),
        checkpoint: head.note,
        verifier_key: verifierKey(verifierOf(ctx.workspace)),
      };
    }),
});

/** The root of each range of leaves, in one pass over the stored hashes. */
async function rootsOf(
  client: PoolClient,
  workspace: string,
  ranges: readonly Range[],
): Promise<Buffer[]> {
  const found = ranges.map((range) => ({ ...range, frontier: new Frontier() }));
  const inOrder = found.toSorted((a, b) => a.start - b.start);
  const text =
    'SELECT idx, leaf_hash FROM events WHERE workspace_id = $1 ORDER BY workspace_id, idx';
  let at = 0;
  for await (const rows of rowsOf<{ idx: string; leaf_hash: Buffer }>(
    client,
    'leaves',
    text,
    [workspace],
    5_000,
  )) {
    for (const row of rows) {
      const index = Number(row.idx);
      while (index >= (inOrder[at]?.end ?? Number.POSITIVE_INFINITY)) at += 1;
      const range = inOrder[at];
      if (range && index >= range.start) range.frontier.push(row.leaf_hash);
    }
  }
  return found.map(({ frontier }) => frontier.root());
}
