import { inTenant, type Client, type Pool } from '@/lib/infra/pg';
import { digest } from '@/lib/kernel/canonical';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { makeEvent } from '@/lib/kernel/event';
import { maskPii } from '@/lib/kernel/mask';
import { outboxInsert } from '@/lib/kernel/outbox';
import { conflict, notFound } from '@/lib/kernel/problem';
import type { ActionRow } from './action';
import { findAction, type FoundAction } from './find';
import type { AnswerRequest, Display } from './schema';
import { signedNow, type SignedRow } from './signed/intact';

type Approval = Pick<SignedRow, 'needs' | 'narrowed' | 'narrowed_digest' | 'display_digest'> & {
  display: Display;
};

/**
 * An agent's one answer to a question about its held action. It becomes part of what approvers
 * are shown, so no signature made before counts any more. Throws 404 for another agent's action
 * or question, and 409 when it is answered already or the action waits no longer.
 */
export async function answerQuestion(
  pool: Pool,
  ctx: Context,
  agent: string,
  id: string,
  request: AnswerRequest,
): Promise<FoundAction> {
  const answer = maskPii(request.answer);
  await inTenant(pool, ctx.workspace, async (client) => {
    // In the order in which a signature takes them.
    const approval = await one<Approval>(
      client,
      `SELECT display, display_digest, needs, narrowed, narrowed_digest
       FROM approvals WHERE action_id = $1 FOR UPDATE`,
      [id],
    );
    const row = await one<ActionRow>(
      client,
      'SELECT * FROM actions WHERE id = $1 AND agent_id = $2 FOR UPDATE',
      [id, agent],
    );
    if (!row || !approval) throw notFound('action');
    const now = clock.now();
    if (row.status !== 'pending' || (row.expires_at && row.expires_at <= now)) {
      throw conflict('not_waiting', 'The action does not wait any more. Read its state.');
    }
    const asked = await one<{ question: string; asked_by: string; asked_at: Date }>(
      client,
      `UPDATE approval_questions SET answer = $3, answered_at = $4
       WHERE id = $1 AND action_id = $2 AND answer IS NULL RETURNING question, asked_by, asked_at`,
      [request.question, id, answer, now],
    );
    if (!asked) throw await whyNot(client, request.question, id);
    // What was tampered with must not get a digest that is right.
    if (!signedNow(row, approval)) {
      throw conflict('approval_void', 'The action is not what was held. Propose it anew.');
    }
    const answers = [
      ...(approval.display.answers ?? []),
      {
        question: asked.question,
        answer,
        asked_by: asked.asked_by,
        asked_at: asked.asked_at.toISOString(),
        answered_at: now.toISOString(),
      },
    ];
    const display = { ...approval.display, answers };
    const displayDigest = digest(display);
    await client.query({
      name: 'approval-answered',
      text: 'UPDATE approvals SET display = $2, display_digest = $3 WHERE action_id = $1',
      values: [id, JSON.stringify(display), displayDigest],
    });
    const event = makeEvent(ctx, {
      type: 'approval.answered',
      session: row.session_id,
      action: row.id,
      object: { type: 'action_type', id: row.type },
      ...(row.tier ? { tier: row.tier } : {}),
      ...(row.classification ? { classification: row.classification } : {}),
      policy_version: row.policy_version,
      digest: approval.narrowed_digest ?? row.digest,
      data: {
        ...{ id: request.question, answer },
        display_digest: { before: approval.display_digest, after: displayDigest },
      },
    });
    await client.query(outboxInsert(event));
  });
  const row = await findAction({ pool }, ctx.workspace, agent, id);
  if (!row) throw notFound('action');
  return row;
}

async function one<R extends object>(
  client: Client,
  text: string,
  values: unknown[],
): Promise<R | undefined> {
  const { rows } = await client.query<R>(text, values);
  return rows[0];
}

async function whyNot(client: Client, question: string, id: string) {
  const known = await one(
    client,
    'SELECT 1 FROM approval_questions WHERE id = $1 AND action_id = $2',
    [question, id],
  );
  return known
    ? conflict('already_answered', 'The question has been answered; it is answered once.')
    : notFound('question');
}
