import { inTenant, type Pool } from '@/lib/infra/pg';
import type { ActionRow, Told } from './action';

interface Database {
  pool: Pool;
}

/** An action with what is told of it: a question while it waits, less than was proposed once it is approved. */
const TOLD = `SELECT a.*,
  CASE WHEN a.status = 'pending' THEN (
    SELECT json_build_object('id', q.id, 'text', q.question, 'asked_at', q.asked_at)
    FROM approval_questions q WHERE q.workspace_id = a.workspace_id AND q.action_id = a.id AND q.answer IS NULL
    ORDER BY q.asked_at LIMIT 1
  ) END AS question,
  CASE WHEN a.decision = 'hold' AND a.status <> 'pending' THEN (
    SELECT p.narrowed FROM approvals p WHERE p.action_id = a.id AND p.decision = 'approved'
  ) END AS narrowed
FROM actions a`;

export type FoundAction = ActionRow & Told;

const POLL_MS = 100;
const PATIENCE_MS = 10_000;

/** An action of an agent, or undefined: another agent's or workspace's is not there. */
export async function findAction(
  { pool }: Database,
  workspace: string,
  agent: string,
  id: string,
): Promise<FoundAction | undefined> {
  return inTenant(pool, workspace, async (client) => {
    const { rows } = await client.query<FoundAction>({
      name: 'action-by-id',
      text: `${TOLD} WHERE a.id = $1 AND a.agent_id = $2`,
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
): Promise<FoundAction | undefined> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const row = await inTenant(pool, workspace, async (client) => {
      const { rows } = await client.query<FoundAction>({
        name: 'action-by-key',
        text: `${TOLD} WHERE a.agent_id = $1 AND a.idempotency_key = $2`,
        values: [agent, key],
      });
      return rows[0];
    });
    if (row?.status !== 'running' || performance.now() > until) return row;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
