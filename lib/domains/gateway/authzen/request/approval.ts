/** Re-evaluation: an approval lets through what policy leaves to a person, once, and nothing else. */
import { readStatement } from '@/lib/domains/identity/server';
import { type Client, inTenant } from '@/lib/infra/pg';
import { canonicalJson } from '@/lib/kernel/canonical';
import { clock } from '@/lib/kernel/clock';
import { makeEvent } from '@/lib/kernel/event';
import { outboxInsert } from '@/lib/kernel/outbox';
import type { Gateway } from '../../gateway';
import { AGENT } from '../agents';
import type { From } from '../from';
import type { Decision, Evaluation } from '../schema';
import { bindingHash, denialOf } from './binding';
import { itemsByApproval, takeApproval } from './repo';
import { requestableBy } from './requestable';
import { Presented } from './schema';
import { type Stand, standOf, STATE_TYPE } from './task';

/** Why an approval lets nothing through, and what to do then. */
const refusals = {
  approval_unverifiable: 'none',
  out_of_scope: 'request',
  approval_expired: 'request',
  /** Not the text's: it has let its one evaluation through. */
  approval_used: 'request',
  policy_denied: 'none',
} as const;
type Refusal = keyof typeof refusals;

/** The approvals that a request brings, by id; those of anyone else are not there. */
export interface Approvals {
  known: ReadonlyMap<string, Stand>;
  /** Those that have let something through in this request. */
  spent: Map<string, Stand>;
}

export async function approvalsIn(
  gateway: Gateway,
  { ctx }: From,
  asked: readonly Evaluation[],
): Promise<Approvals> {
  const ids = asked.flatMap((one) => presented(one)?.id ?? []);
  const spent = new Map<string, Stand>();
  if (ids.length === 0) return { known: new Map(), spent };
  const now = clock.now();
  return inTenant(gateway.pool, ctx.workspace, async (client) => {
    const known = new Map<string, Stand>();
    for (const item of await itemsByApproval(client, ctx.actor.id, [...new Set(ids)])) {
      known.set(item.approval_id, await standOf(client, item, now));
    }
    return { known, spent };
  });
}

/**
 * The answer with what the profile adds: how to ask for an approval where a person would have
 * to decide, and what the approval that was brought means. What policy says now comes first.
 */
export function considered(
  gateway: Gateway,
  from: From,
  asked: Evaluation,
  answer: Decision,
  approvals: Approvals,
): Decision {
  const { snapshot, ctx, now } = from;
  const agent = requestableBy(snapshot, asked, answer);
  const parties = { snapshot, issuer: gateway.issuer, requester: ctx.actor.id };
  const requestable: Decision = agent
    ? {
        decision: false,
        context: {
          ...answer.context,
          reason: 'approval_required',
          ...denialOf(parties, asked, now),
        },
      }
    : answer;
  if (!brings(asked) || answer.decision) return requestable;
  const stand = presentedStand(gateway, from, asked, approvals);
  const refusal = !stand ? 'approval_unverifiable' : whyNot(from, asked, stand, approvals);
  if (refusal) return refused(refusal, requestable, answer);
  if (!agent || !stand?.approved) return refused('policy_denied', requestable, answer);
  approvals.spent.set(stand.item.approval_id, stand);
  return {
    decision: true,
    context: {
      ...(answer.context?.tier ? { tier: answer.context.tier } : {}),
      approval: {
        id: stand.item.approval_id,
        approved_until: stand.approved.until.toISOString(),
      },
    },
  };
}

/** A request for which nothing is requestable may not be told to request. */
function refused(refusal: Refusal, requestable: Decision, answer: Decision): Decision {
  const asks = refusals[refusal] === 'request' && requestable.context?.access_request !== undefined;
  return {
    decision: false,
    context: {
      ...(asks ? requestable : answer).context,
      reason: refusal,
      next_action: asks ? 'request' : 'none',
    },
  };
}

/**
 * Writes that the approvals were used, in the transaction of the request's event. Answers those
 * that another request was quicker with.
 */
export async function spendApprovals(
  client: Client,
  from: From,
  { spent }: Approvals,
): Promise<Set<string>> {
  const lost = new Set<string>();
  const at = clock.now();
  // In one order, so that two requests never wait for each other crosswise.
  for (const id of [...spent.keys()].toSorted()) {
    const item = spent.get(id)?.item;
    if (!item) continue;
    if (!(await takeApproval(client, id, at))) {
      lost.add(id);
      continue;
    }
    const event = makeEvent(from.ctx, {
      type: 'action.permitted',
      agent: item.agent_id,
      session: item.session_id,
      action: item.id,
      object: { type: 'action_type', id: item.type },
      outcome: 'allow',
      tier: item.tier ?? 3,
      ...(item.classification ? { classification: item.classification } : {}),
      policy_version: from.snapshot.policyVersion,
      digest: item.digest,
      data: { task: item.request_id, approval: id, evaluation: item.evaluation_id },
    });
    await client.query(outboxInsert(event));
  }
  return lost;
}

/** The answer to a use that another was quicker with. */
export function overtaken(
  gateway: Gateway,
  from: From,
  asked: Evaluation,
  answer: Decision,
): Decision {
  const parties = {
    snapshot: from.snapshot,
    issuer: gateway.issuer,
    requester: from.ctx.actor.id,
  };
  return {
    decision: false,
    context: {
      ...(answer.context?.tier ? { tier: answer.context.tier } : {}),
      held: true,
      ...denialOf(parties, asked, from.now),
      reason: 'approval_used',
      next_action: 'request',
    },
  };
}

/** Countersign's own types alone: a workspace's own may declare what approval is. */
function brings({ subject, context }: Evaluation): boolean {
  return subject.type === AGENT && context?.['approval'] !== undefined;
}

function presented(asked: Evaluation): Presented | undefined {
  if (!brings(asked)) return undefined;
  return Presented.safeParse(asked.context?.['approval']).data;
}

/** The approval that is brought, if it is this caller's, has been given, and its state is of it. */
function presentedStand(
  { issuer }: Gateway,
  { ctx }: From,
  asked: Evaluation,
  { known }: Approvals,
): Stand | undefined {
  const brought = presented(asked);
  const stand = known.get(brought?.id ?? '');
  if (!brought || !stand?.approved) return undefined;
  if (brought.state === undefined) return stand;
  const { item } = stand;
  const state =
    typeof brought.state === 'string' ? readStatement(STATE_TYPE, brought.state) : undefined;
  const ours =
    state?.['iss'] === issuer &&
    state['aud'] === issuer &&
    state['sub'] === ctx.actor.id &&
    state['cst_ws'] === ctx.workspace &&
    state['approval_id'] === item.approval_id &&
    state['task_id'] === item.request_id &&
    state['binding_hash'] === item.binding_hash;
  return ours ? stand : undefined;
}

function whyNot(
  { now }: From,
  asked: Evaluation,
  { item, approved }: Stand,
  { spent }: Approvals,
): Refusal | undefined {
  if (!approved || !isOf(asked, item.binding_hash, item.parameters, approved.parameters)) {
    return 'out_of_scope';
  }
  if (approved.until.getTime() < now) return 'approval_expired';
  if (spent.has(item.approval_id) || item.used_at !== null) return 'approval_used';
  return undefined;
}

/** Exactly what was asked for; or, where it was approved with narrower parameters, that with these. */
function isOf(
  asked: Evaluation,
  hash: string,
  requested: Record<string, unknown>,
  approved: Record<string, unknown>,
): boolean {
  const { properties } = asked.action;
  if (!properties || canonicalJson(properties) !== canonicalJson(approved)) return false;
  return bindingHash({ ...asked, action: { ...asked.action, properties: requested } }) === hash;
}
