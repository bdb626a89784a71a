import { inTenant, type Pool } from '@/lib/infra/pg';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { makeEvent } from '@/lib/kernel/event';
import { conflict, notFound } from '@/lib/kernel/problem';
import type { ActionRow } from './action';
import { findAction } from './find';
import { outboxInsert } from '@/lib/kernel/outbox';
import { sourcesOf } from './state';

/**
 * Withdraws a held action that no person has decided yet. Cancelling twice is no error.
 * Throws 404 for anyone else's action and 409 for one that has moved on.
 */
export async function cancelAction(
  pool: Pool,
  ctx: Context,
  agent: string,
  id: string,
): Promise<ActionRow> {
  const cancelled = await inTenant(pool, ctx.workspace, async (client) => {
    const { rows } = await client.query<ActionRow>({
      name: 'action-cancel',
      text: `UPDATE actions SET status = 'cancelled', finished_at = $4
             WHERE id = $1 AND agent_id = $2 AND status = ANY ($3) AND asked_by IS NULL RETURNING *`,
      values: [id, agent, sourcesOf('cancelled'), clock.now()],
    });
    const row = rows[0];
    if (!row) return undefined;
    const event = makeEvent(ctx, {
      type: 'action.cancelled',
      session: row.session_id,
      action: row.id,
      object: { type: 'action_type', id: row.type },
      outcome: 'cancelled',
      ...(row.tier ? { tier: row.tier } : {}),
      ...(row.classification ? { classification: row.classification } : {}),
      policy_version: row.policy_version,
      digest: row.digest,
    });
    await client.query(outboxInsert(event));
    return row;
  });
  if (cancelled) return cancelled;
  const row = await findAction({ pool }, ctx.workspace, agent, id);
  if (!row) throw notFound('action');
  if (row.status === 'cancelled') return row;
  if (row.status === 'pending') {
    throw conflict(
      'not_cancellable',
      'Another gateway asked for it, and only that can withdraw it.',
    );
  }
  throw conflict(
    'not_cancellable',
    `The action is ${row.status}; only one that waits for a person can be cancelled.`,
  );
}
