/** Access requests as they are stored; every statement runs in its caller's transaction. */
import type { Client } from '@/lib/infra/pg';
import type { ActionRow } from '../../action';
import { recordQuery, type Write } from '../../recorder';
import type { Session } from '../../sessions';
import type { Named } from '../schema';

export interface RequestRow {
  id: string;
  requester: string;
  idempotency_key: string | null;
  request_hash: string;
  bundled: boolean;
  created_at: Date;
  expires_at: Date;
}

/** An item with the held action that it is, and how that was decided. */
export interface ItemRow extends ActionRow {
  request_id: string;
  requester: string;
  resource: Named;
  evaluation_id: string;
  binding_hash: string;
  approval_id: string;
  until: Date | null;
  used_at: Date | null;
  decided_at: Date | null;
}

/** A requester's task, by its id or by the key that it was asked for with. */
export async function findRequest(
  client: Client,
  requester: string,
  by: { id: string } | { key: string },
): Promise<RequestRow | undefined> {
  const [id, key] = 'id' in by ? [by.id, null] : [null, by.key];
  const { rows } = await client.query<RequestRow>({
    name: 'access-request-find',
    text: `SELECT id, requester, idempotency_key, request_hash, bundled, created_at, expires_at
           FROM access_requests WHERE requester = $1 AND (id = $2 OR idempotency_key = $3)`,
    values: [requester, id, key],
  });
  return rows[0];
}

const items = `SELECT a.*, i.request_id, r.requester, i.resource, i.evaluation_id, i.binding_hash,
    i.approval_id, i.until, i.used_at, p.decided_at
  FROM access_request_items i
  JOIN access_requests r ON r.id = i.request_id
  JOIN actions a ON a.id = i.action_id
  JOIN approvals p ON p.action_id = i.action_id`;

export async function itemsOf(client: Client, request: string): Promise<ItemRow[]> {
  const { rows } = await client.query<ItemRow>({
    name: 'access-request-items',
    text: `${items} WHERE i.request_id = $1 ORDER BY i.position`,
    values: [request],
  });
  return rows;
}

export async function itemsByApproval(
  client: Client,
  requester: string,
  approvals: readonly string[],
): Promise<ItemRow[]> {
  const { rows } = await client.query<ItemRow>({
    name: 'access-request-approvals',
    text: `${items} WHERE i.approval_id = ANY ($1) AND r.requester = $2`,
    values: [approvals, requester],
  });
  return rows;
}

/** Of any number of users of an approval one wins. */
export async function takeApproval(client: Client, approval: string, at: Date): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'access-request-use',
    text: `UPDATE access_request_items SET used_at = $2
           WHERE approval_id = $1 AND used_at IS NULL`,
    values: [approval, at],
  });
  return rowCount === 1;
}

/** Cancels whatever of a task still waits. */
export async function cancelItems(client: Client, request: string, at: Date): Promise<ActionRow[]> {
  const { rows } = await client.query<ActionRow>({
    name: 'access-request-cancel',
    text: `UPDATE actions SET status = 'cancelled', finished_at = $2
           WHERE id IN (SELECT action_id FROM access_request_items WHERE request_id = $1)
             AND status = 'pending' AND expires_at > $2 RETURNING *`,
    values: [request, at],
  });
  return rows;
}

export interface NewItem {
  action: string;
  resource: Named;
  evaluation: string;
  hash: string;
  approval: string;
  until: Date | null;
}

/** False when the requester has used the key before; then nothing of it is written. */
export async function insertRequest(
  client: Client,
  workspace: string,
  row: RequestRow,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'access-request-insert',
    text: `INSERT INTO access_requests
             (id, workspace_id, requester, idempotency_key, request_hash, bundled, created_at, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (workspace_id, requester, idempotency_key) DO NOTHING`,
    values: [
      row.id,
      workspace,
      row.requester,
      row.idempotency_key,
      row.request_hash,
      row.bundled,
      row.created_at,
      row.expires_at,
    ],
  });
  return rowCount === 1;
}

/** False when one of the denials has served another request before. */
export async function insertItems(
  client: Client,
  workspace: string,
  request: string,
  added: readonly NewItem[],
): Promise<boolean> {
  const rows = added.map((one, position) => ({
    action_id: one.action,
    workspace_id: workspace,
    request_id: request,
    position,
    resource: one.resource,
    evaluation_id: one.evaluation,
    binding_hash: one.hash,
    approval_id: one.approval,
    until: one.until,
  }));
  const { rowCount } = await client.query({
    name: 'access-request-add',
    text: `INSERT INTO access_request_items
           SELECT * FROM json_populate_recordset(NULL::access_request_items, $1)
           ON CONFLICT (workspace_id, evaluation_id) DO NOTHING`,
    values: [JSON.stringify(rows)],
  });
  return rowCount === added.length;
}

/** The session of a request, over as soon as it is there. */
export async function insertSession(client: Client, session: Session, at: Date): Promise<void> {
  await client.query({
    name: 'access-request-session',
    text: `INSERT INTO sessions
             (id, workspace_id, agent_id, initiator, auth_context, attributes, canary, created_at, expires_at, ended_at)
           VALUES ($1, $2, $3, $4, '{}', $5, $6, $7, $7, $7)`,
    values: [
      session.id,
      session.workspace,
      session.agentId,
      JSON.stringify(session.initiator),
      JSON.stringify(session.attributes),
      session.canary,
      at,
    ],
  });
}

/** The held actions, their approvals and their events, as the recorder would write them. */
export async function insertHeld(
  client: Client,
  workspace: string,
  writes: readonly Write[],
): Promise<void> {
  await client.query(recordQuery(workspace, writes));
}
