import { inTenant, type Pool } from '@/lib/infra/pg';
import type { ActionRow } from './action';

interface Database {
  pool: Pool;
}

const POLL_MS = 100;
const PATIENCE_MS = 10_000;

/** An action of an agent, or undefined: another agent's or workspace's is not there. */
export async function findAction(
  { pool }: Database,
  workspace: string,
  agent: string,
  id: string,
): Promise<ActionRow | undefined> {
  return inTenant(pool, workspace, async (client) => {
    const { rows } = await client.query<ActionRow>({
      name: 'action-by-id',
      text: 'SELECT * FROM actions WHERE id = $1 AND agent_id = $2',
      values: [id, agent],
    });
    return rows[0];
  });
}

/**
 * The action that an idempotency key has already made. One that another process is running
 * is waited for, at most ten seconds.
 */
export async function findByKey(
  { pool }: Database,
  workspace: string,
  agent: string,
  key: string,
): Promise<ActionRow | undefined> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const row = await inTenant(pool, workspace, async (client) => {
      const { rows } = await client.query<ActionRow>({
        name: 'action-by-key',
        text: 'SELECT * FROM actions WHERE agent_id = $1 AND idempotency_key = $2',
        values: [agent, key],
      });
      return rows[0];
    });
    if (row?.status !== 'running' || performance.now() > until) return row;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
