import type pg from 'pg';
import { insertRow } from '@/lib/infra/testing/as-role';
import { newId } from '@/lib/kernel/ids';

/** Hangs on an action whatever can hang on one; answers the ids of what is found by others. */
export async function hangAll(owner: pg.ClientBase, workspace: string, action: string, at: string) {
  const member = newId('mbr');
  const ids = { sample: newId('smp'), finding: newId('fnd'), request: newId('arq') };
  const insert = (table: string, row: object) =>
    insertRow(owner, table, { workspace_id: workspace, ...row });
  const of = { action_id: action };

  await insert('approvals', {
    ...{ ...of, display: {}, display_digest: 'd', requested_at: at, expires_at: at },
    ...{ decision: 'approved', decided_by: member, decided_at: at },
  });
  await insert('approval_signatures', {
    ...{ ...of, id: newId('sgn'), member_id: member, in_place_of: member, decision: 'approved' },
    ...{ places: [0], digest: 'd', display_digest: 'd', auth_method: 'password', signed_at: at },
  });
  await insert('approval_notices', { ...of, kind: 'half', at });
  await insert('approval_questions', {
    ...{ ...of, id: newId('qst'), question: 'zanzibar?', asked_by: member, asked_at: at },
  });
  await insert('approval_openings', {
    ...{ ...of, id: newId('opn'), member_id: member, opened_at: at },
  });
  await insert('planted_requests', {
    ...{ ...of, kind: 'amount', wrong: {}, source_id: newId('act'), salt: Buffer.alloc(32) },
    ...{ commitment: 'c', planted_at: at },
  });
  await insert('approval_grants', {
    ...{ id: newId('gnt'), made_from: action, agent_id: newId('agt'), action_type: 'x' },
    ...{ reasons: [], max_uses: 1, reason: 'zanzibar', granted_by: member, signing: 'session' },
    ...{ auth_method: 'password', created_at: at },
    ends_at: new Date(Date.parse(at) + 3_600_000).toISOString(),
  });

  await insert('samples', {
    ...{ ...of, id: ids.sample, day: at.slice(0, 10), due_at: at, verdict: 'wrong' },
    reviewed_at: at,
  });
  await insert('sample_reviews', {
    ...{ sample_id: ids.sample, place: 1, verdict: 'wrong', reviewed_at: at },
  });
  await insert('review_findings', {
    ...{ id: ids.finding, sample_id: ids.sample, opened_by: member, opened_at: at },
    ...{ status: 'closed', closed_by: member, closed_at: at },
  });
  await insert('review_follow_ups', {
    ...{ id: newId('flw'), finding_id: ids.finding, kind: 'correct', done_by: member, done_at: at },
  });

  await insert('access_requests', {
    ...{ id: ids.request, requester: member, request_hash: 'h', bundled: false },
    ...{ created_at: at, expires_at: at },
  });
  await hangItem(owner, workspace, action, ids.request);

  await insert('notifications', {
    ...{ ...of, id: newId('ntf'), occasion: 'held', subject: action, next_try_at: at },
    created_at: at,
  });
  await insert('notification_waits', { ...of, requested_at: at });
  await insert('trail_unblanked', { ...of, key_id: newId('key') });
  return ids;
}

/** One more action that an access request is for. */
export async function hangItem(
  owner: pg.ClientBase,
  workspace: string,
  action: string,
  request: string,
): Promise<void> {
  await insertRow(owner, 'access_request_items', {
    ...{ workspace_id: workspace, action_id: action, request_id: request, position: 0 },
    ...{ resource: {}, evaluation_id: newId('evl'), binding_hash: 'h', approval_id: newId('apr') },
  });
}

/** A replay of a draft that shows these actions as examples; answers its id. */
export async function hangReplay(
  owner: pg.ClientBase,
  workspace: string,
  actions: readonly string[],
  at: string,
): Promise<string> {
  const [draft, replay] = [newId('pdr'), newId('prp')];
  await insertRow(owner, 'policy_drafts', {
    ...{ id: draft, workspace_id: workspace, title: 'A draft', base: 1, document: {} },
    created_by: newId('mbr'),
  });
  await insertRow(owner, 'policy_replays', {
    ...{ id: replay, workspace_id: workspace, draft_id: draft, revision: 1, days: 30 },
    ...{ started_by: newId('mbr'), status: 'done', created_at: at },
    result: { flips: actions.length, examples: actions.map((action) => ({ action })) },
  });
  return replay;
}

/** How many rows of each table that names actions by `action_id` name this one. */
export async function hungOn(
  owner: pg.ClientBase,
  action: string,
): Promise<Record<string, number>> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name = 'action_id' ORDER BY 1`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await owner.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${name} WHERE action_id = $1`,
      [action],
    );
    counts[name] = rows[0]?.n ?? 0;
  }
  return counts;
}
