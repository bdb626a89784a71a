/**
 * The decision pipeline, top to bottom. The first stage that refuses ends it, and every
 * outcome is an event.
 *
 *   1 authenticate   token, credential and agent still stand
 *   2 session        exists, is the agent's, has not ended
 *   3 resolve        the action type; parameters against its JSON Schema
 *   4 inspect        rules in code that no permission lifts
 *   5 authorize      Cedar: what grants it
 *   6 limit          rates and amounts
 *   7 classify       the tier
 *   8 record         one shared commit; nothing runs unless it has returned
 *   9 act            at the tool, or wait for a person
 */
import { hash } from 'node:crypto';
import type { AccessToken } from '@/lib/domains/identity/server';
import { canonicalJson } from '@/lib/kernel/canonical';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { Problem } from '@/lib/kernel/problem';
import type { ActionRow } from '../action';
import { findByKey } from '../find';
import type { Gateway } from '../gateway';
import { idempotencyConflict, type Proposed } from '../in-flight';
import type { ActionRequest } from '../schema';
import type { Snapshot } from '../snapshot/snapshot';
import { act } from './act';
import { assertStands, authenticate, snapshotFor } from './authenticate';
import { decide, type Decision, type Question } from './decide';
import { record } from './record';
import { ownSession } from './session';

/**
 * Proposes an action: decides, records, and runs it or holds it. The same key and body give
 * the same action, whether it is under way or long done.
 *
 * Throws problems: 401, 403 (agent not active), 404, 409, 422, 429, 503.
 */
export function propose(
  gateway: Gateway,
  ctx: Context,
  token: AccessToken,
  call: { key: string; request: ActionRequest; address: string | null },
): Promise<ActionRow> {
  const { key, request } = call;
  const requestHash = hash('sha256', canonicalJson(request), 'hex');
  return gateway.inFlight.once(
    token.agentId,
    key,
    requestHash,
    () => run(gateway, ctx, token, { ...call, requestHash }),
    () => assertStands(gateway.snapshots, token),
  );
}

interface Call {
  key: string;
  requestHash: string;
  request: ActionRequest;
  address: string | null;
}

async function run(
  gateway: Gateway,
  ctx: Context,
  token: AccessToken,
  call: Call,
): Promise<Proposed> {
  const { sessions, limits } = gateway;
  const { request, key, requestHash, address } = call;
  // What the stages read is brought in first; then they run without a pause on one snapshot.
  let known = sessions.peek(ctx.workspace, request.session);
  let exists = true;
  let snapshot: Snapshot;
  do {
    if (!known) exists = await sessions.load(ctx.workspace, request.session);
    const loaded = snapshotFor(gateway.snapshots, token);
    snapshot = loaded instanceof Promise ? await loaded : loaded;
    // All is forgotten when announcements may have been missed: then it is brought in again.
    known = sessions.peek(ctx.workspace, request.session);
  } while (exists && !known);
  const now = clock.now().getTime();

  const agent = authenticate(snapshot, token, now);
  const earlier = async () => {
    const row = await findByKey(gateway, ctx.workspace, agent.id, key);
    // It may have been waited for: who was let in then may not be any more.
    if (row) await assertStands(gateway.snapshots, token);
    return row && { row: sameRequest(row, requestHash) };
  };
  let question: Question;
  let decision: Decision;
  try {
    const session = ownSession(known, agent, now);
    gateway.backlog.assertNotBehind(ctx.workspace);
    const user = ctx.actor.type === 'agent_for_user' ? ctx.actor.onBehalfOf : null;
    question = { snapshot, agent, session, request, limits, user, address, now };
    decision = decide(question);
  } catch (error) {
    // What was answered before is answered again, though it would be refused by now.
    // A refusal for want of capacity costs nothing, and says to come again.
    const refused = error instanceof Problem && error.status < 500;
    const answered = refused ? await earlier() : undefined;
    if (answered) return answered;
    throw error;
  }

  const row = await record(gateway, { ctx, key, requestHash }, question, decision);
  if (!row) {
    const answered = await earlier();
    if (!answered) throw idempotencyConflict();
    return answered;
  }
  if (decision.decision !== 'allow') return { row };
  return act(gateway, ctx, row, decision.type, snapshot);
}

function sameRequest(row: ActionRow, requestHash: string): ActionRow {
  if (row.request_hash !== requestHash) throw idempotencyConflict();
  return row;
}
