/** A task as the profile tells of it; all of it is read from the held actions' own rows. */
import { signStatement } from '@/lib/domains/identity/server';
import { type Client, inTenant } from '@/lib/infra/pg';
import { clock } from '@/lib/kernel/clock';
import { makeEvent } from '@/lib/kernel/event';
import { outboxInsert } from '@/lib/kernel/outbox';
import type { Gateway } from '../../gateway';
import { approvedParameters } from '../../signed/intact';
import { readSigned } from '../../signed/read';
import { RELEVANT } from '../agents';
import type { From } from '../from';
import { endpointOf } from './binding';
import { requestProblem, unknownTask } from './problems';
import { cancelItems, findRequest, type ItemRow, itemsOf, type RequestRow } from './repo';
import { NARROWED, type Result, type TaskAnswer, type TaskStatus } from './schema';

/** How long an approval may be used. */
const APPROVAL_MS = 24 * 3_600_000;
export const STATE_TYPE = 'authzen-approval+jwt';

export interface Stand {
  item: ItemRow;
  status: TaskStatus;
  /** Set when it was approved, is what was signed, and the signatures suffice. */
  approved?: { parameters: Record<string, unknown>; at: Date; until: Date };
}

/** Where an item stands; what was changed since it was signed is approved no more. */
export async function standOf(client: Client, item: ItemRow, now: Date): Promise<Stand> {
  switch (item.status) {
    case 'pending':
      return { item, status: item.expires_at && item.expires_at > now ? 'pending' : 'expired' };
    case 'rejected':
      return { item, status: 'denied' };
    case 'expired':
    case 'cancelled':
      return { item, status: item.status };
    case 'permitted': {
      const parameters = approvedParameters(item, await readSigned(client, item.id));
      const at = item.decided_at;
      if (!parameters || !at) return { item, status: 'failed' };
      const latest = at.getTime() + APPROVAL_MS;
      const until = new Date(Math.min(latest, item.until?.getTime() ?? latest));
      return { item, status: 'approved', approved: { parameters, at, until } };
    }
    default:
      return { item, status: 'failed' };
  }
}

/** GET of a task. Throws unknown_task for anyone else's, and task_expired past its time. */
export function readTask(gateway: Gateway, from: From, id: string): Promise<TaskAnswer> {
  return inTenant(gateway.pool, from.ctx.workspace, async (client) =>
    taskOf(gateway, client, await ownTask(client, from, id)),
  );
}

/** Cancels what of a task still waits. Throws as `readTask`, and invalid_task_state when nothing does. */
export function cancelTask(
  gateway: Gateway,
  from: From,
  id: string,
  said: { reason?: string | undefined; comment?: string | undefined },
): Promise<TaskAnswer> {
  const { ctx } = from;
  return inTenant(gateway.pool, ctx.workspace, async (client) => {
    const request = await ownTask(client, from, id);
    const cancelled = await cancelItems(client, request.id, clock.now());
    if (cancelled.length === 0) {
      throw requestProblem('invalid_task_state', 'The task waits for nobody any more.');
    }
    for (const row of cancelled) {
      const event = makeEvent(ctx, {
        type: 'action.cancelled',
        agent: row.agent_id,
        session: row.session_id,
        action: row.id,
        object: { type: 'action_type', id: row.type },
        outcome: 'cancelled',
        ...(row.tier ? { tier: row.tier } : {}),
        ...(row.classification ? { classification: row.classification } : {}),
        policy_version: row.policy_version,
        digest: row.digest,
        data: { task: request.id, ...said },
      });
      await client.query(outboxInsert(event));
    }
    return taskOf(gateway, client, request);
  });
}

async function ownTask(client: Client, { ctx }: From, id: string): Promise<RequestRow> {
  const request = await findRequest(client, ctx.actor.id, { id });
  if (!request) throw unknownTask();
  assertKept(request);
  return request;
}

export function assertKept({ expires_at: end }: RequestRow): void {
  if (end <= clock.now()) {
    throw requestProblem('task_expired', 'The task has expired. Evaluate anew, and ask again.');
  }
}

export async function taskOf(
  gateway: Gateway,
  client: Client,
  request: RequestRow,
): Promise<TaskAnswer> {
  const now = clock.now();
  const stands: Stand[] = [];
  for (const item of await itemsOf(client, request.id)) {
    stands.push(await standOf(client, item, now));
  }
  const results = stands.map((stand) => resultOf(gateway, stand));
  const status = together(stands.map((stand) => stand.status));
  const at = `${endpointOf(gateway.issuer)}/${request.id}`;
  return {
    task: {
      id: request.id,
      status,
      status_endpoint: at,
      expires_at: request.expires_at.toISOString(),
      links: { cancel: `${at}/cancel` },
      display: { title: titles[status], description: sentences[status] },
      ...(request.bundled
        ? {
            items: stands.map(({ item, status: own }, index) => ({
              resource: item.resource,
              action: { name: item.type, properties: item.parameters },
              status: own,
              ...(results[index] ? { result: results[index] } : {}),
            })),
          }
        : {}),
    },
    ...(!request.bundled && results[0] ? { result: results[0] } : {}),
  };
}

/** The text's rule for several. */
function together(statuses: readonly TaskStatus[]): TaskStatus {
  if (statuses.includes('pending')) return 'pending';
  const [first = 'failed', ...others] = new Set(statuses);
  return others.length > 0 ? 'partial' : first;
}

function resultOf({ issuer }: Gateway, { item, approved }: Stand): Result | undefined {
  if (!approved) return undefined;
  const { at, until, parameters } = approved;
  return {
    mode: 'reevaluate',
    approval: {
      id: item.approval_id,
      approved_at: at.toISOString(),
      approved_until: until.toISOString(),
      state: signStatement(STATE_TYPE, {
        iss: issuer,
        aud: issuer,
        sub: item.requester,
        iat: Math.floor(at.getTime() / 1_000),
        exp: Math.ceil(until.getTime() / 1_000),
        approval_id: item.approval_id,
        task_id: item.request_id,
        evaluation_id: item.evaluation_id,
        binding_context_members: RELEVANT,
        binding_hash: item.binding_hash,
        cst_ws: item.workspace_id,
      }),
    },
    ...(parameters === item.parameters ? {} : { [NARROWED]: parameters }),
  };
}

const titles: Record<TaskStatus, string> = {
  pending: 'Waits for a person',
  approved: 'Approved',
  denied: 'Rejected',
  expired: 'Nobody decided in time',
  cancelled: 'Cancelled',
  failed: 'Void',
  partial: 'Decided, each for itself',
};
const sentences: Record<TaskStatus, string> = {
  pending: 'Its approvers have been asked.',
  approved: 'Evaluate again with the approval.',
  denied: 'A person rejected it.',
  expired: 'The time to decide has ended.',
  cancelled: 'It was withdrawn.',
  failed: 'What was approved is not what was asked for any more. Ask again.',
  partial: 'See its items.',
};
