/**
 * Verification and export of one log. Verification stands beside hashing the same records into
 * a Merkle tree in memory; CSV and NDJSON beside COPY TO STDOUT of the same columns.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { drainOutbox, trailApi, verifyTrail } from '@/lib/domains/trail/server';
import { newDataKey } from '@/lib/infra/crypto';
import { ownerUrl } from '@/lib/infra/db-roles';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { fill, outboxEvent } from './events';

/** A month of 10,000 a day, which is what is taken away at once. */
const EVENTS = 300_000;
const COLUMNS = `idx, id, time, type, actor_type, actor_id, on_behalf_of, agent_id, session_id, action_id,
  action_type, object_type, object_id, outcome, tier, classification, summary, encode(leaf_hash, 'base64'), body`;

export async function benchLog(rounds: number) {
  const workspace = newId('ws');
  const control = new pg.Client({ connectionString: ownerUrl('control') });
  const trail = new pg.Client({ connectionString: ownerUrl('trail') });
  await control.connect();
  await trail.connect();
  try {
    await control.query(
      'INSERT INTO workspaces (id, name, data_key, updated_at) VALUES ($1, $1, $2, now())',
      [workspace, Buffer.from(newDataKey(workspace))],
    );
    await fill(control, 'outbox (id, workspace_id, event)', EVENTS, (at) =>
      outboxEvent(workspace, at),
    );
    await drainOutbox();
    await trail.query('VACUUM ANALYZE events');
    const copy = (columns: string, options: string) => () =>
      drained(
        trail.query(
          copyTo(
            `COPY (SELECT ${columns} FROM events WHERE workspace_id = '${workspace}' ORDER BY idx) TO STDOUT ${options}`,
          ),
        ),
      );
    const { rows } = await trail.query<{ body: string }>(
      'SELECT body FROM events WHERE workspace_id = $1 ORDER BY idx',
      [workspace],
    );
    const bodies = rows.map(({ body }) => body);
    const results = [
      await compared(
        'verification',
        rounds,
        () => inMemory(bodies),
        () => verified(workspace),
      ),
      await compared('CSV', rounds, copy(COLUMNS, '(FORMAT csv)'), exported(workspace, 'csv')),
      await compared(
        'NDJSON',
        rounds,
        copy('idx, body, leaf_hash', ''),
        exported(workspace, 'ndjson'),
      ),
    ];
    return { events: EVENTS, results };
  } finally {
    await control.end();
    await trail.end();
  }
}

/** Both in turn, the first round for warming up. */
async function compared(
  name: string,
  rounds: number,
  baseline: () => Promise<unknown>,
  ours: () => Promise<unknown>,
) {
  const took = { baseline: 0, ours: 0 };
  for (let round = 0; round <= rounds; round += 1) {
    const [one, other] = [await timed(baseline), await timed(ours)];
    if (round === 0) continue;
    took.baseline += one;
    took.ours += other;
  }
  const perSecond = (ms: number) => Math.round((EVENTS * rounds * 1_000) / ms);
  const result = {
    name,
    perSecond: { baseline: perSecond(took.baseline), ours: perSecond(took.ours) },
    ratio: Math.round((took.baseline / took.ours) * 100) / 100,
  };
  console.log(
    `${name.padEnd(13)} ${String(result.perSecond.ours).padStart(8)}/s, baseline ${String(result.perSecond.baseline).padStart(8)}/s: ratio ${result.ratio}`,
  );
  return result;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function drained(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.length;
  return bytes;
}

/** RFC 6962 over records that are in memory: what no verification can do without. */
async function inMemory(bodies: readonly string[]): Promise<Buffer> {
  const roots: { height: number; hash: Buffer }[] = [];
  for (const body of bodies) {
    let node = {
      height: 0,
      hash: createHash('sha256')
        .update(Buffer.from([0]))
        .update(body)
        .digest(),
    };
    while (roots.at(-1)?.height === node.height) {
      const left = roots.pop() as typeof node;
      const hash = createHash('sha256')
        .update(Buffer.from([1]))
        .update(left.hash);
      node = { height: node.height + 1, hash: hash.update(node.hash).digest() };
    }
    roots.push(node);
  }
  return (roots.at(-1) as { hash: Buffer }).hash;
}

async function verified(workspace: string): Promise<void> {
  const { status, detail } = await verifyTrail(workspace);
  if (status !== 'ok') throw new Error(`the log does not verify: ${detail}`);
}

function exported(workspace: string, format: string): () => Promise<number> {
  const endpoint = trailApi.endpoints.find(({ path }) => path === '/api/trail/export');
  const ctx: Context = {
    workspace,
    requestId: newId('req'),
    actor: {
      type: 'member',
      id: newId('mbr'),
      name: 'bench',
      roles: ['auditor'],
      abilities: [],
      method: 'password',
      authenticatedAt: Date.now(),
    },
  };
  return async () => {
    const response = (await endpoint?.operation(ctx, { format })) as Response;
    return drained(response.body as unknown as AsyncIterable<Uint8Array>);
  };
}
