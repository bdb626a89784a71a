import type { Context } from '@/lib/kernel/context';
import { eventText, makeEvent, type NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { maskPii } from '@/lib/kernel/mask';
import { Problem } from '@/lib/kernel/problem';
import type { ActionRow } from '../action';
import { amountBand } from '../amount-band';
import { actionDigest, displayDigest } from '../digest';
import type { Gateway } from '../gateway';
import { displayOf } from '../held';
import { recordEnd } from '../outcome';
import type { Write, WrittenEvent } from '../recorder';
import type { AskedBy } from '../schema';
import { routeOf, strongest } from '../signed/route';
import { anyApprover, type Route } from '../signed/schema';
import { firstStatus } from '../state';
import { deadlineAfter } from '../tool/run';
import type { Decision, Question } from './decide';

export interface Proposal {
  ctx: Context;
  key: string;
  requestHash: string;
  /** Set where another gateway asked for an approval of it. */
  asked?: Asked;
}

export interface Asked {
  by: AskedBy;
  /** The wait ends here at the latest, in epoch milliseconds. */
  until: number | undefined;
  /** Where it comes from, as far as it is known; an agent's word decides, and is not recorded as a fact. */
  address: string | null;
  /** What its event says of the request. */
  kept: Record<string, unknown>;
}

/**
 * Stage 8. Commits the decision, its event and, when held, what the approver will see.
 * Returns the action, or undefined when its idempotency key had been used before. Throws 503
 * when it could not be committed; then nothing may run.
 */
export async function record(
  gateway: Gateway,
  proposal: Proposal,
  question: Question,
  decision: Decision,
): Promise<ActionRow | undefined> {
  const { row, write } = prepare(proposal, question, decision);
  let written = false;
  try {
    written = await gateway.recorder.record(row.workspace_id, write);
  } catch (error) {
    if (row.status === 'running' && mayHaveLanded(error)) endUnsent(gateway, proposal.ctx, row);
    throw error;
  } finally {
    if (!written && decision.charge) gateway.limits.release(decision.charge);
  }
  if (!written) return undefined;
  gateway.metrics.decided(row);
  return row;
}

/** A commit that failed may have happened all the same, with only its reply lost. */
function mayHaveLanded(error: unknown): boolean {
  return error instanceof Problem && error.code === 'not_recorded';
}

/**
 * Ends what stands there as running though nobody runs it, as soon as the database answers.
 * Where the decision is not there, neither is this written; where it comes later still, the
 * sweep finds it unknown.
 */
function endUnsent({ recorder }: Gateway, ctx: Context, row: ActionRow): void {
  const error = { code: 'not_sent', message: 'Its record was not confirmed, so nothing was sent.' };
  // The recorder has logged why it could not be written.
  recordEnd(recorder, ctx, row, { outcome: 'failed', durationMs: 0, error }).catch(() => undefined);
}

/** What stage 8 commits of a decision. */
export function prepare(
  proposal: Proposal,
  question: Question,
  decision: Decision,
): { row: ActionRow; write: Write } {
  const route = decision.decision === 'hold' ? routeFor(question, decision) : undefined;
  const row = rowOf(proposal, question, decision, route);
  const event = decidedEvent(row, decision, proposal.asked);
  const held = row.decision === 'hold';
  return {
    row,
    write: {
      id: row.id,
      key: row.idempotency_key,
      action: textOf(row),
      ...(held ? { approval: approvalOf(proposal, row, question, decision, route) } : {}),
      events: [actionEvent(proposal.ctx, row, event)],
    },
  };
}

/** The row as the recorder takes it. What runs at once starts when it is created, so one text serves both. */
function textOf(row: ActionRow): string {
  const created = row.created_at.toISOString();
  return JSON.stringify({ ...row, created_at: created, started_at: row.started_at && created });
}

/** Whose signatures a held action takes, said once, when it is held. */
function routeFor(question: Question, decision: Decision): Route | undefined {
  const { snapshot, agent } = question;
  return routeOf(snapshot.routes, {
    type: decision.type.key,
    agent: agent.id,
    classification: decision.type.classification,
    amount: amountOf(question, decision)?.value ?? null,
  });
}

function rowOf(
  { key, requestHash, asked }: Proposal,
  question: Question,
  decision: Decision,
  route: Route | undefined,
): ActionRow {
  const { request, snapshot, session, agent, user, address, now } = question;
  const { type, tier } = decision;
  const created = new Date(now);
  const proposed = {
    workspace: snapshot.workspace,
    agent: agent.id,
    session: session.id,
    action_type: type.key,
    parameters: request.parameters,
    policy_version: snapshot.policyVersion,
  };
  const runs = decision.decision === 'allow';
  const waitMs = route?.wait_minutes ? route.wait_minutes * 60_000 : snapshot.approvalTtlMs;
  const waitEnd = Math.min(now + waitMs, asked?.until ?? Number.POSITIVE_INFINITY);
  return {
    id: newId('act'),
    workspace_id: snapshot.workspace,
    agent_id: agent.id,
    session_id: session.id,
    on_behalf_of: user,
    type: type.key,
    parameters: request.parameters,
    // The tool gets the parameters as they are; what is said about them is kept without personal data.
    summary: maskPii(request.summary),
    why: maskPii(request.why),
    evidence: request.evidence.map((one) => ({ ...one, title: maskPii(one.title) })),
    untrusted: request.untrusted.map(maskPii),
    classification: type.classification,
    decision: decision.decision,
    tier,
    reasons: decision.reasons,
    permissions: decision.permissions,
    policy_version: snapshot.policyVersion,
    digest: actionDigest(proposed),
    status: firstStatus(decision.decision),
    idempotency_key: key,
    request_hash: requestHash,
    amount: amountOf(question, decision)?.value ?? null,
    result: null,
    error: null,
    created_at: created,
    expires_at: decision.decision === 'hold' ? new Date(waitEnd) : null,
    started_at: runs ? created : null,
    deadline_at: runs ? deadlineAfter(created, type.tool) : null,
    finished_at: null,
    address: asked ? asked.address : address,
    ...(asked ? { asked_by: asked.by.id } : {}),
  };
}

/** The number that the counted permission limits or climbs its ladder by. */
function amountOf({ snapshot, request }: Question, { permissions }: Decision) {
  const [counted = ''] = permissions;
  const parameter =
    snapshot.limits.get(counted)?.amountPerDay?.parameter ??
    snapshot.permissions.get(counted)?.ladder?.parameter;
  const value = parameter === undefined ? undefined : request.parameters[parameter];
  if (parameter === undefined || typeof value !== 'number') return undefined;
  return { parameter, value };
}

function approvalOf(
  { asked }: Proposal,
  row: ActionRow,
  question: Question,
  decision: Decision,
  route: Route | undefined,
): string {
  const permission = question.snapshot.permissions.get(row.permissions[0] ?? '');
  const needs = route?.needs ?? anyApprover;
  const display = displayOf(row, {
    type: decision.type,
    asked: asked?.by,
    agent: question.agent,
    session: question.session,
    ladder: permission?.ladder ?? null,
    amount: amountOf(question, decision) ?? null,
    needs,
  });
  return JSON.stringify({
    action_id: row.id,
    display,
    display_digest: displayDigest(display),
    needs,
    route_id: route?.id ?? null,
    signing: strongest(question.snapshot.signing, decision.type.signing, route?.signing),
    requested_at: row.created_at,
    expires_at: row.expires_at,
  });
}

function decidedEvent(row: ActionRow, { type }: Decision, asked: Asked | undefined): NewEvent {
  return {
    type: 'action.decided',
    ...(asked ? { agent: row.agent_id } : {}),
    session: row.session_id,
    action: row.id,
    object: { type: 'action_type', id: row.type },
    outcome: row.decision,
    ...(row.tier ? { tier: row.tier } : {}),
    classification: type.classification,
    policy_version: row.policy_version,
    digest: row.digest,
    data: {
      parameters: row.parameters,
      summary: row.summary,
      why: row.why,
      reasons: row.reasons,
      permissions: row.permissions,
      ...(row.amount === null ? {} : { amount_band: amountBand(row.amount) }),
      tool: type.tool.name,
      evidence: (row.evidence as { title: string; source: string; ref: string }[]).map(
        ({ title, source, ref }) => ({ title, source, ref }),
      ),
      ...(asked ? { access_request: asked.kept } : {}),
    },
  };
}

/** An event as the recorder takes it, written only together with its action's change. */
export function actionEvent(
  ctx: Context,
  row: Pick<ActionRow, 'id'>,
  event: NewEvent,
): WrittenEvent {
  const made = makeEvent(ctx, event);
  return { id: made.id, of: row.id, text: eventText(made) };
}
