import type pg from 'pg';
import { newId } from '@/lib/kernel/ids';

/** An action as the control database has it, with a word, zanzibar, in clear wherever it may be. */
export interface Clear {
  workspace: string;
  agent: string;
  created: string;
  classification?: string;
  status?: string;
  /** When it ended, with a result. */
  finished?: string;
}

export async function addAction(owner: pg.ClientBase, given: Clear): Promise<string> {
  const id = newId('act');
  await addActions(owner, given, [id]);
  return id;
}

/** One for each id, all created within a second. */
export async function addActions(
  owner: pg.ClientBase,
  { workspace, agent, created, classification = 'Confidential', status, finished }: Clear,
  ids: readonly string[],
): Promise<void> {
  await owner.query(
    `INSERT INTO actions (id, workspace_id, agent_id, session_id, type, parameters, summary, why, evidence, untrusted,
       classification, decision, tier, reasons, permissions, policy_version, digest, status, idempotency_key,
       request_hash, amount, result, created_at, finished_at)
     SELECT id, $1, $2, 'ses_x', 'x', '{"name":"zanzibar"}', 'A summary', 'why', '[{"title":"zanzibar"}]', '["zanzibar"]',
       $3, 'hold', 3, '[]', '{}', 'v', 'd', $4, id, 'h', 750, $5, $6::timestamptz + (n % 1000) * interval '1 ms', $7
       FROM unnest($8::text[]) WITH ORDINALITY AS given (id, n)`,
    [
      ...[workspace, agent, classification, status ?? (finished ? 'succeeded' : 'rejected')],
      ...[finished ? '{"name":"zanzibar"}' : null, created, finished ?? null, ids],
    ],
  );
}

export async function endAction(owner: pg.Client, id: string, finished: string): Promise<void> {
  await owner.query(
    `UPDATE actions SET status = 'succeeded', result = '"zanzibar"', finished_at = $2 WHERE id = $1`,
    [id, finished],
  );
}
