import { PolicyDocument } from '@/lib/domains/access/server';
import { type Client, inTenant, type Pool } from '@/lib/infra/pg';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { buildSnapshot } from '../snapshot/snapshot';
import { Comparison, type Recorded } from './compare';
import { currentParts, partsWith } from './parts';

const PAGE = 2_000;
const DAY_MS = 86_400_000;

interface ReplayRow {
  days: number;
  document: unknown;
}

/** How long a replay took, in milliseconds, and how much of that was spent deciding. */
export interface Took {
  ms: number;
  decidingMs: number;
}

/**
 * Carries a queued replay out: its progress is in its row, and it stops when the row says that
 * it is cancelled. Safe to run twice; a second run begins again.
 */
export async function runReplay(pool: Pool, ctx: Context, id: string): Promise<Took> {
  const started = performance.now();
  let decidingMs = 0;
  const took = (): Took => ({ ms: performance.now() - started, decidingMs });
  const tenant = <T>(work: (client: Client) => Promise<T>) => inTenant(pool, ctx.workspace, work);
  const replay = await tenant((client) => begin(client, id));
  if (!replay) return took();
  try {
    const document = PolicyDocument.parse(replay.document);
    const parts = await tenant(currentParts);
    const comparison = new Comparison(
      buildSnapshot(parts),
      buildSnapshot(partsWith(parts, document)),
      replay.days,
    );
    const since = new Date(clock.now().getTime() - replay.days * DAY_MS);
    let after: { at: Date; id: string } = { at: since, id: '' };
    for (;;) {
      const page = await tenant((client) => readPage(client, after));
      const before = performance.now();
      for (const action of page) comparison.add(action);
      decidingMs += performance.now() - before;
      if (!(await tenant((client) => progress(client, id, page.length)))) return took();
      const last = page.at(-1);
      if (!last || page.length < PAGE) break;
      after = { at: last.created_at, id: last.id };
    }
    await tenant((client) =>
      client.query(
        `UPDATE policy_replays SET status = 'done', result = $2, finished_at = $3
          WHERE id = $1 AND status = 'running'`,
        [id, JSON.stringify(comparison.result(clock.now())), clock.now()],
      ),
    );
    return took();
  } catch (error) {
    await tenant((client) =>
      client.query(
        `UPDATE policy_replays SET status = 'failed', error = $2, finished_at = $3
          WHERE id = $1 AND status = 'running'`,
        [id, 'It could not be carried out. Start it again.', clock.now()],
      ),
    );
    throw error;
  }
}

async function begin(client: Client, id: string): Promise<ReplayRow | undefined> {
  const { rows } = await client.query<ReplayRow>(
    `WITH begun AS (
       UPDATE policy_replays SET status = 'running', done = 0,
              total = (SELECT count(*) FROM actions
                        WHERE created_at >= $2::timestamptz - days * interval '1 day')
        WHERE id = $1 AND status IN ('queued', 'running')
        RETURNING days, draft_id)
     SELECT b.days, d.document FROM begun b JOIN policy_drafts d ON d.id = b.draft_id`,
    [id, clock.now()],
  );
  return rows[0];
}

/** False when it has been cancelled meanwhile. */
async function progress(client: Client, id: string, done: number): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE policy_replays SET done = done + $2 WHERE id = $1 AND status = 'running'`,
    [id, done],
  );
  return rowCount === 1;
}

/** Erased payloads cannot be decided anew, so their actions are left out. */
async function readPage(client: Client, after: { at: Date; id: string }): Promise<Recorded[]> {
  const { rows } = await client.query<Recorded>({
    name: 'replay-page',
    text: `SELECT a.id, a.agent_id, a.type, a.parameters, a.summary, a.on_behalf_of, a.address, a.amount,
                  a.created_at, a.session_id, s.attributes
             FROM actions a JOIN sessions s ON s.id = a.session_id
            WHERE a.created_at >= $1 AND (a.created_at, a.id) > ($1, $2)
              AND a.parameters::text <> '{"erased":true}'
            ORDER BY a.created_at, a.id LIMIT $3`,
    values: [after.at, after.id, PAGE],
  });
  return rows;
}
