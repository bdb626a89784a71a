/**
 * Sequencing: everything between the outbox and a signed checkpoint (parsing, protecting,
 * hashing, search words, counts, tiles, insert, sign, emptying the outbox) beside a bare COPY
 * of the rows it made into a table of the same form on the same server.
 */
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { drainOutbox } from '@/lib/domains/trail/server';
import { ownerUrl } from '@/lib/infra/db-roles';
import { newId } from '@/lib/kernel/ids';
import { fill, outboxEvent } from './events';

const EVENTS = 50_000;
const WORKSPACES = 5;

export async function benchSequencing(rounds: number) {
  const control = new pg.Client({ connectionString: ownerUrl('control') });
  const trail = new pg.Client({ connectionString: ownerUrl('trail') });
  await control.connect();
  await trail.connect();
  const results: { sequencing: number; indexed: number; plain: number }[] = [];
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const workspaces = Array.from({ length: WORKSPACES }, () => newId('ws'));
      await fill(control, 'outbox (id, workspace_id, event)', EVENTS, (at) =>
        outboxEvent(workspaces[at % WORKSPACES] ?? '', at),
      );
      await control.query('VACUUM ANALYZE outbox');
      await trail.query('CHECKPOINT');
      const sequencing = await timed(drainOutbox);
      await trail.query('CHECKPOINT');
      const indexed = await copied(trail, workspaces, 'INCLUDING ALL');
      await trail.query('CHECKPOINT');
      const plain = await copied(trail, workspaces, '');
      // The first round warms up.
      if (round > 0) results.push({ sequencing, indexed, plain });
    }
  } finally {
    await control.end();
    await trail.end();
  }
  const mean = (pick: (result: (typeof results)[number]) => number) =>
    results.reduce((sum, result) => sum + pick(result), 0) / results.length;
  const [ours, indexed, plain] = [
    mean((result) => result.sequencing),
    mean((result) => result.indexed),
    mean((result) => result.plain),
  ];
  const perSecond = (ms: number) => Math.round((EVENTS / ms) * 1_000);
  const ratio = Math.round((indexed / ours) * 100) / 100;
  const ratioPlain = Math.round((plain / ours) * 100) / 100;
  console.log(
    [
      `sequencing, ${EVENTS} events in ${WORKSPACES} workspaces`,
      `  COPY into the same table and indexes ${String(perSecond(indexed)).padStart(8)}/s`,
      `  COPY into a table without indexes    ${String(perSecond(plain)).padStart(8)}/s`,
      `  sequencer                            ${String(perSecond(ours)).padStart(8)}/s`,
      `  ratio     ${ratio} of the COPY with indexes (${ratioPlain} of the one without)`,
    ].join('\n'),
  );
  return {
    events: EVENTS,
    perSecond: {
      sequencing: perSecond(ours),
      copy: perSecond(indexed),
      copyWithoutIndexes: perSecond(plain),
    },
    ratio: { copy: ratio, copyWithoutIndexes: ratioPlain },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Milliseconds to COPY the rows of these workspaces into a fresh table. */
async function copied(
  trail: pg.Client,
  workspaces: readonly string[],
  including: string,
): Promise<number> {
  await trail.query(`CREATE TABLE copied (LIKE events ${including})`);
  const list = workspaces.map((workspace) => pg.escapeLiteral(workspace)).join(', ');
  const chunks: Buffer[] = [];
  const rows = trail.query(
    copyTo(`COPY (SELECT * FROM events WHERE workspace_id IN (${list})) TO STDOUT (FORMAT binary)`),
  );
  for await (const chunk of rows) chunks.push(chunk as Buffer);
  const took = await timed(() =>
    pipeline(chunks, trail.query(copyFrom('COPY copied FROM STDIN (FORMAT binary)'))),
  );
  await trail.query('DROP TABLE copied');
  return took;
}
