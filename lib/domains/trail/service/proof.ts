import type { PoolClient } from '@/lib/infra/trail-db';
import { invalid, notFound } from '@/lib/kernel/problem';
import { query, verb } from '@/lib/kernel/verb';
import { originOf } from '../checkpoint';
import { KEY_ROLLED, readKeys, rollOver } from '../keys';
import { mayExport, mayRollKey, maySearch, maySeeCheckpoint, mayVerify } from '../policy';
import { type CheckpointRow, checkpointRowAt, latestCheckpointRow, reading } from '../repo';
import {
  checkpointView,
  consistencyInput,
  consistencyView,
  eventInput,
  keysView,
  nothing,
  proofView,
  rollView,
} from '../schema';
import { ProofReader } from '../tiles/read';

/** The latest signed state of a workspace's log; undefined while nothing has happened. */
export async function latestCheckpoint(workspace: string): Promise<CheckpointRow | undefined> {
  return reading(workspace, (client) => latestCheckpointRow(client, workspace));
}

async function currentKey(client: PoolClient, workspace: string): Promise<string> {
  return (await readKeys(client, workspace)).at(-1)?.key ?? '';
}

const base64 = (hash: Buffer): string => hash.toString('base64');

export const getCheckpoint = query({
  name: 'trail.checkpoint',
  input: nothing,
  output: checkpointView,
  permit: maySeeCheckpoint,
  run: ({ ctx }) =>
    reading(ctx.workspace, async (client) => {
      const row = await latestCheckpointRow(client, ctx.workspace);
      return {
        origin: originOf(ctx.workspace),
        verifier_key: await currentKey(client, ctx.workspace),
        checkpoint: row
          ? {
              size: row.size,
              root: base64(row.root),
              note: row.note,
              time: row.time.toISOString(),
            }
          : null,
        can: { verify: mayVerify(ctx.actor), export: mayExport(ctx.actor) },
      };
    }),
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
      const proof = await new ProofReader(client, ctx.workspace, head.size).inclusion(index);
      return {
        id: input.id,
        index,
        size: head.size,
        root: base64(head.root),
        leaf_hash: base64(event.leaf_hash),
        proof: proof.map(base64),
        checkpoint: head.note,
        verifier_key: await currentKey(client, ctx.workspace),
      };
    }),
});

/** That the log at one size extends what it was at an earlier one (RFC 9162, 2.1.4). */
export const getConsistency = query({
  name: 'trail.consistency',
  input: consistencyInput,
  output: consistencyView,
  permit: maySeeCheckpoint,
  run: ({ ctx, input }) =>
    reading(ctx.workspace, async (client) => {
      const head = await latestCheckpointRow(client, ctx.workspace);
      const to = input.to ?? head?.size ?? 0;
      for (const [field, size] of [['from', input.from] as const, ['to', to] as const]) {
        if (size <= (head?.size ?? 0)) continue;
        const message = `must not be larger than the log, which has ${head?.size ?? 0} events`;
        throw invalid([{ field, message }]);
      }
      const reader = new ProofReader(client, ctx.workspace, to);
      const signed = await checkpointRowAt(client, ctx.workspace, to);
      return {
        from: input.from,
        to,
        from_root: base64(await reader.rootAt(input.from)),
        to_root: base64(await reader.rootAt(to)),
        proof: (await reader.consistency(input.from)).map(base64),
        checkpoint: signed?.note ?? null,
        keys: (await readKeys(client, ctx.workspace)).map(({ key }) => key),
      };
    }),
});

export const listSigningKeys = query({
  name: 'trail.signing_keys',
  input: nothing,
  output: keysView,
  permit: maySeeCheckpoint,
  run: ({ ctx }) =>
    reading(ctx.workspace, async (client) => ({
      items: (await readKeys(client, ctx.workspace)).map(({ fromSize, ...key }) => ({
        ...key,
        from_size: fromSize,
      })),
      can: { roll: mayRollKey(ctx.actor) },
    })),
});

/**
 * Asks for the next version of the log's key. The event is the roll-over: the sequencer signs
 * with the next version from the checkpoint on that covers it. Asked for twice before that,
 * the second says the same and changes nothing.
 */
export const rollSigningKey = verb({
  name: 'trail.roll_signing_key',
  input: nothing,
  output: rollView,
  permit: mayRollKey,
  run: async ({ ctx, event }) => {
    const keys = await reading(ctx.workspace, (client) => readKeys(client, ctx.workspace));
    const rolled = rollOver(ctx.workspace, keys.at(-1)?.version ?? 1);
    event({
      type: KEY_ROLLED,
      object: { type: 'trail', id: ctx.workspace },
      data: { ...rolled },
    });
    return { version: rolled.version, key: rolled.next };
  },
});
