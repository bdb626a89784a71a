/** A draft tried on recorded actions: how much of the time is spent deciding, and how much reading. */
import pg from 'pg';
import { createDraft, editDraft } from '@/lib/domains/access/server';
import { closeReplays, replayed, startReplay } from '@/lib/domains/gateway/server';
import { closeDb } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { closeQueue } from '@/lib/infra/queue';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { seed } from '../gateway/seed';

const DAYS = 30;
const CHUNK = 5_000;

export async function benchReplay(actions: number): Promise<unknown> {
  const owner = new pg.Pool({ connectionString: ownerUrl('control'), max: 2 });
  const { workspace } = await seed(owner, 'http://127.0.0.1:9', 'http://127.0.0.1:4000');
  await record(owner, workspace, actions);
  const ctx: Context = {
    workspace,
    requestId: newId('req'),
    actor: {
      type: 'member',
      id: newId('mbr'),
      name: 'Bench',
      roles: ['admin'],
      abilities: [],
      method: 'password',
      authenticatedAt: 0,
    },
  };
  const draft = await createDraft(ctx, { title: 'Narrower refunds' });
  await editDraft(ctx, {
    id: draft.id,
    edit: {
      do: 'set_permission',
      role: (await owner.query('SELECT name FROM roles WHERE workspace_id = $1', [workspace]))
        .rows[0].name,
      action: 'refunds.create',
      ladder: { parameter: 'amount', autonomous: 50, supervised: 200, gated: 400 },
    },
  });
  const { id } = await startReplay(ctx, { id: draft.id, days: DAYS });
  const { ms, decidingMs } = await replayed(ctx, id);
  const result = {
    actions,
    perSecond: Math.round((actions / ms) * 1000),
    inMemoryPerSecond: Math.round((actions / decidingMs) * 1000),
    /** At least 0.25. */
    ratio: Math.round((decidingMs / ms) * 100) / 100,
  };
  console.log(result);
  await Promise.all([owner.end(), closeReplays(), closeDb(), closeQueue()]);
  return result;
}

/** As many actions as are wanted, spread over the days, in one session of the workspace's agent. */
async function record(owner: pg.Pool, workspace: string, actions: number): Promise<void> {
  const session = newId('ses');
  await owner.query(
    `INSERT INTO sessions (id, workspace_id, agent_id, initiator, auth_context, attributes, canary, expires_at)
     SELECT $2, $1, id, '{}', '{}', '{"customer_id":"cus_1"}', 'x', now() + interval '1 day'
       FROM agents WHERE workspace_id = $1`,
    [workspace, session],
  );
  for (let from = 0; from < actions; from += CHUNK) {
    await owner.query(
      `INSERT INTO actions (id, workspace_id, agent_id, session_id, type, parameters, summary, why, evidence,
                            untrusted, decision, tier, reasons, permissions, policy_version, digest, status,
                            idempotency_key, request_hash, amount, created_at)
       SELECT 'act_' || gen_random_uuid(), $1, s.agent_id, s.id, 'refunds.create',
              json_build_object('order_id', n::text, 'amount', n % 600, 'currency', 'USD'), 'Refund', '', '[]',
              '[]', 'allow', 1, '[]', '{}', 'pol_x', 'x', 'succeeded', n::text, 'x', n % 600,
              now() - (n::float8 / $5) * interval '29 days'
         FROM sessions s, generate_series($3::int, $4::int) AS n WHERE s.id = $2`,
      [workspace, session, from, Math.min(actions, from + CHUNK) - 1, actions],
    );
  }
  await owner.query('VACUUM ANALYZE actions');
}
