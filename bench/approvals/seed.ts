/** Workspaces whose held actions are as the gateway would have kept them: what is signed is intact. */
import type pg from 'pg';
import type { Display } from '@/lib/domains/gateway';
import { actionDigest, displayDigest } from '@/lib/domains/gateway/server';
import type { Actor } from '@/lib/kernel/actor';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { seed } from '../gateway/seed';

const CHUNK = 500;
const DECIDED_CHUNK = 50_000;
const POLICY = 'pol_bench';

export interface Room {
  owner: pg.Pool;
  workspace: string;
  agent: string;
  session: string;
  /** An approver who signs as a browser does, and the group whose signatures it takes. */
  ctx: Context;
  group: string;
  /** One of another group, and that group. */
  colleague: Context;
  colleagues: string;
}

export async function makeRoom(owner: pg.Pool): Promise<Room> {
  await owner.query('DROP TABLE IF EXISTS bench_baseline');
  const { workspace } = await seed(owner, 'http://127.0.0.1:9', 'http://127.0.0.1:4000');
  const { rows } = await owner.query<{ id: string }>(
    'SELECT id FROM agents WHERE workspace_id = $1',
    [workspace],
  );
  const [session, agent] = [newId('ses'), rows[0]?.id ?? ''];
  await owner.query(
    `INSERT INTO sessions (id, workspace_id, agent_id, initiator, auth_context, attributes, canary, expires_at)
     VALUES ($2, $1, $3, '{"type":"customer"}', '{}', '{}', 'x', now() + interval '1 day')`,
    [workspace, session, agent],
  );
  const own = await approver(owner, workspace);
  const other = await approver(owner, workspace);
  return {
    ...{ owner, workspace, agent, session },
    ...{ ctx: own.ctx, group: own.group, colleague: other.ctx, colleagues: other.group },
  };
}

/** An approver in a group of their own. */
async function approver(owner: pg.Pool, workspace: string) {
  const [member, group] = [newId('mbr'), newId('grp')];
  await owner.query(
    `WITH one AS (
       INSERT INTO members (id, workspace_id, email, name, roles, updated_at)
       VALUES ($1, $2, $1 || '@example.test', 'Approver', '{approver}', now())
     ), theirs AS (
       INSERT INTO approver_groups (id, workspace_id, name, updated_at) VALUES ($3, $2, $3, now()) RETURNING id
     )
     INSERT INTO approver_group_members (group_id, workspace_id, member_id) SELECT id, $2, $1 FROM theirs`,
    [member, workspace, group],
  );
  const actor: Actor = {
    type: 'member',
    ...{ id: member, name: 'Approver', roles: ['approver'], abilities: [] },
    ...{ method: 'password', authenticatedAt: Date.now() },
  };
  const ctx: Context = { workspace, requestId: newId('req'), actor };
  return { ctx, group };
}

/** Adds so many held actions for a group, each a second younger than the one before. */
export async function hold(
  room: Room,
  from: number,
  count: number,
  group = room.group,
): Promise<void> {
  const needs = JSON.stringify([{ group, count: 1, escalation: [] }]);
  for (let at = from; at < from + count; at += CHUNK) {
    const made = Array.from({ length: Math.min(CHUNK, from + count - at) }, (_, nth) =>
      held(room, at + nth),
    );
    await room.owner.query(
      `INSERT INTO actions (id, workspace_id, agent_id, session_id, type, parameters, summary, why, evidence,
         untrusted, classification, decision, tier, reasons, permissions, policy_version, digest, status,
         idempotency_key, request_hash, amount, created_at, expires_at)
       SELECT r.id, $1, $2, $3, 'refunds.create', r.parameters, 'Refund', 'It was asked for', '[]', '[]', 'Internal',
         'hold', 3, '[]', '{}', $5, r.digest, 'pending', r.id, 'x', 750, r.created_at, now() + interval '7 days'
       FROM json_to_recordset($4) AS r(id text, parameters json, digest text, created_at timestamptz)`,
      [room.workspace, room.agent, room.session, JSON.stringify(made), POLICY],
    );
    await room.owner.query(
      `INSERT INTO approvals (action_id, workspace_id, display, display_digest, needs, requested_at, expires_at)
       SELECT r.id, $1, r.display, r.display_digest, $3, r.created_at, now() + interval '7 days'
       FROM json_to_recordset($2) AS r(id text, display jsonb, display_digest text, created_at timestamptz)`,
      [room.workspace, JSON.stringify(made), needs],
    );
  }
}

function held({ workspace, agent, session }: Room, nth: number) {
  const parameters = { order_id: String(nth), amount: 750, currency: 'USD' };
  const policy_version = POLICY;
  const digest = actionDigest({
    ...{ workspace, agent, session, action_type: 'refunds.create', parameters, policy_version },
  });
  const display: Display = {
    ...{ sentence: `Refund $750 for order ${nth}`, summary: 'Refund', why: 'It was asked for' },
    ...{ evidence: [], untrusted: [], parameters },
    action_type: {
      ...{ key: 'refunds.create', title: 'Refund', tool: 'bench', effects: ['write'] },
      ...{ reversibility: 'reversible', classification: 'Internal' },
    },
    agent: { id: agent, name: 'bench', sponsor_id: null },
    on_behalf_of: null,
    session: { id: session, initiator: { type: 'customer' }, attributes: {} },
    ...{ tier: 3, reasons: [], permissions: [] },
    ladder: { parameter: 'amount', autonomous: 100, supervised: 300, gated: 500 },
    amount: { parameter: 'amount', value: 750 },
    ...{ policy_version, digest },
  };
  return {
    ...{ id: newId('act'), parameters, digest, display, display_digest: displayDigest(display) },
    created_at: new Date(Date.now() - 3_600_000 + nth * 100),
  };
}

/** Adds so many that were decided in the year before, each with the signature that decided it. */
export async function decided(room: Room, count: number): Promise<void> {
  // Nobody listens to what is announced of them.
  const announcing = (how: 'DISABLE' | 'ENABLE') =>
    Promise.all(
      ['actions', 'approvals', 'approval_signatures'].map((table) =>
        room.owner.query(`ALTER TABLE ${table} ${how} TRIGGER USER`),
      ),
    );
  await announcing('DISABLE');
  for (let from = 0; from < count; from += DECIDED_CHUNK) {
    await room.owner.query(
      `WITH made AS (
         INSERT INTO actions (id, workspace_id, agent_id, session_id, type, parameters, summary, why, evidence,
           untrusted, classification, decision, tier, reasons, permissions, policy_version, digest, status,
           idempotency_key, request_hash, amount, created_at, expires_at, finished_at)
         SELECT 'act_' || gen_random_uuid(), $1, $2, $3, 'refunds.create',
           json_build_object('order_id', n::text, 'amount', n % 900, 'currency', 'USD'), 'Refund', '', '[]', '[]',
           'Internal', 'hold', 3, '[]', '{}', 'pol_x', 'x', CASE WHEN n % 10 = 0 THEN 'rejected' ELSE 'succeeded' END,
           'decided ' || n, 'x', n % 900, at, at + interval '1 hour', at + interval '10 minutes'
         FROM generate_series($4::int, $5::int) AS n, LATERAL (SELECT now() - interval '1 day' - (n::float8 / $6) * interval '364 days') AS t(at)
         RETURNING id, workspace_id, status, created_at
       ), asked AS (
         INSERT INTO approvals (action_id, workspace_id, display, display_digest, requested_at, expires_at, decision, decided_by, decided_at)
         SELECT id, workspace_id, '{}', 'x', created_at, created_at + interval '1 hour',
           CASE status WHEN 'rejected' THEN 'rejected' ELSE 'approved' END, $7, created_at + interval '9 minutes' FROM made
         RETURNING action_id, workspace_id, decision, decided_at
       )
       INSERT INTO approval_signatures (id, workspace_id, action_id, member_id, in_place_of, decision, places, digest, display_digest, auth_method, signed_at)
       SELECT 'sgn_' || substr(action_id, 5), workspace_id, action_id, $7, $7, decision, '{0}', 'x', 'x', 'password', decided_at FROM asked`,
      [
        ...[room.workspace, room.agent, room.session],
        ...[from, Math.min(count, from + DECIDED_CHUNK) - 1, count, room.ctx.actor.id],
      ],
    );
  }
  await announcing('ENABLE');
}
