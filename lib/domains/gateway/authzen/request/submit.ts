/** POST /access/v1/requests: what was denied for want of a person becomes a held action. */
import { hash } from 'node:crypto';
import { inTenant } from '@/lib/infra/pg';
import { randomSecret } from '@/lib/infra/crypto';
import { canonicalJson } from '@/lib/kernel/canonical';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { maskPii } from '@/lib/kernel/mask';
import { forbidden, invalid, Problem } from '@/lib/kernel/problem';
import type { Gateway } from '../../gateway';
import { sentenceOf } from '../../held';
import type { Charge } from '../../limits';
import { decide, type Decision as Decided, type Question } from '../../pipeline/decide';
import { type Asked, prepare } from '../../pipeline/record';
import { type AskedBy, isTold, toldAtMost } from '../../schema';
import type { Session } from '../../sessions';
import type { Agent } from '../../snapshot/snapshot';
import { factsOf } from '../agents';
import type { From } from '../from';
import type { Evaluation, Named } from '../schema';
import { bindingHash, type Parties, verifyDenial } from './binding';
import { requestProblem, unbound } from './problems';
import {
  findRequest,
  insertHeld,
  insertItems,
  insertRequest,
  insertSession,
  type NewItem,
  type RequestRow,
} from './repo';
import { askRequestable } from './requestable';
import type { AccessRequest, TaskAnswer } from './schema';
import { assertKept, taskOf } from './task';

/** How long the handle lives after the wait has ended. */
const HANDLE_MS = 24 * 3_600_000;
/** No id or address is longer. */
const LONGEST_USER = 400;

export interface Submission {
  request: AccessRequest;
  /** The body as it came, which a repeated key is compared by. */
  body: unknown;
  key: string | undefined;
}

/**
 * Holds what is asked for, for the same people as if an agent had proposed it, and answers the
 * task. Policy is asked first, as it is now. The same key and body have the same task.
 *
 * Throws the problems of the profile, and 403, 422, 429, 503.
 */
export async function submit(
  gateway: Gateway,
  from: From,
  { request, body, key }: Submission,
): Promise<TaskAnswer> {
  const { ctx, snapshot } = from;
  const requestHash = hash('sha256', canonicalJson(body), 'hex');
  const earlier = await repeated(gateway, from, key, requestHash);
  if (earlier) return earlier;

  const now = clock.now();
  assertSendable(gateway, from, request, now);
  const parties: Parties = { snapshot, issuer: gateway.issuer, requester: ctx.actor.id };
  const wanted = wantedOf(request).map(({ asked, denial, until, emergency }) => {
    const agent = askRequestable(snapshot, from.sees, asked, now.getTime());
    const evaluation = verifyDenial(parties, denial, asked, now.getTime());
    return { asked, agent, evaluation, until, emergency };
  });
  const [{ agent }] = wanted as [(typeof wanted)[number]];
  const session = sessionOf(from, agent, request, now);
  const row: RequestRow = {
    id: `arq_${randomSecret()}`,
    requester: ctx.actor.id,
    idempotency_key: key ?? null,
    request_hash: requestHash,
    bundled: request.items !== undefined,
    created_at: now,
    expires_at: now,
  };

  const charges: Charge[] = [];
  try {
    const held = wanted.map((one, index) => {
      const question = questionOf(gateway, from, session, one, request, now);
      const decision = decideHeld(question);
      if (decision.charge) charges.push(decision.charge);
      const asked: Asked = {
        by: askedBy(from, agent, request, one),
        until: one.until?.getTime(),
        address: ctx.actor.type === 'agent' ? from.address : question.address,
        kept: { task: row.id, evaluation: one.evaluation, requester: ctx.actor.id },
      };
      // The held action's own key; nobody else can know it.
      const own = `${row.id}.${index}`;
      return {
        ...prepare({ ctx, key: own, requestHash, asked }, question, decision),
        one,
      };
    });
    const ends = held.map(({ row: action }) => action.expires_at?.getTime() ?? 0);
    row.expires_at = new Date(Math.max(...ends) + HANDLE_MS);
    const items = held.map(({ row: action, one }): NewItem => ({
      action: action.id,
      resource: row.bundled ? one.asked.resource : bare(one.asked.resource),
      evaluation: one.evaluation,
      hash: bindingHash(one.asked),
      approval: `apr_${randomSecret()}`,
      until: one.until ?? null,
    }));
    const task = await inTenant(gateway.pool, ctx.workspace, async (client) => {
      if (!(await insertRequest(client, ctx.workspace, row))) return undefined;
      if (!(await insertItems(client, ctx.workspace, row.id, items))) {
        throw unbound('This denial has been answered with another request. Evaluate anew.');
      }
      await insertSession(client, session, now);
      await insertHeld(
        client,
        ctx.workspace,
        held.map(({ write }) => write),
      );
      return taskOf(gateway, client, row);
    });
    if (task) {
      charges.length = 0;
      for (const { row: action } of held) gateway.metrics.decided(action);
      return task;
    }
  } finally {
    for (const charge of charges) gateway.limits.release(charge);
  }
  // Another with the same key was first.
  const first = await repeated(gateway, from, key, requestHash);
  if (!first) throw unbound('The request was not stored. Send it again.');
  return first;
}

/** The task that this key has made. Throws duplicate_request when it was made of something else. */
async function repeated(
  gateway: Gateway,
  { ctx }: From,
  key: string | undefined,
  requestHash: string,
): Promise<TaskAnswer | undefined> {
  if (key === undefined) return undefined;
  return inTenant(gateway.pool, ctx.workspace, async (client) => {
    const row = await findRequest(client, ctx.actor.id, { key });
    if (!row) return undefined;
    if (row.request_hash !== requestHash) {
      throw requestProblem(
        'duplicate_request',
        'This Idempotency-Key was used for another request. Use a new key for a new one.',
      );
    }
    assertKept(row);
    return taskOf(gateway, client, row);
  });
}

/** Throws for what is refused whatever policy says. */
function assertSendable(
  { issuer }: Gateway,
  { ctx }: From,
  { subject, client, callback, context, requested_access: access, items = [] }: AccessRequest,
  now: Date,
): void {
  if (callback !== undefined) {
    // The text asks for an allowlist of endpoints; here it is empty.
    const message = 'no endpoint is registered for callbacks; poll the status endpoint';
    throw invalid([{ field: 'callback', message }]);
  }
  const { session, user } = factsOf(context);
  if (!isTold(session)) {
    throw invalid([{ field: 'context.session', message: `must have ${toldAtMost}` }]);
  }
  if (user !== null && user.length > LONGEST_USER) {
    const message = `must have at most ${LONGEST_USER} characters`;
    throw invalid([{ field: 'context.user', message }]);
  }
  for (const { requested_until: until } of [
    access,
    ...items.map((one) => one.requested_access ?? {}),
  ]) {
    if (until === undefined || new Date(until) > now) continue;
    throw invalid([{ field: 'requested_access.requested_until', message: 'has passed' }]);
  }
  // What the access token proves: its holder, and the agent it may ask for. Nobody beyond them.
  const proven = new Set([ctx.actor.id, subject.id]);
  let act: Record<string, unknown> | undefined = client.actor && {
    sub: client.actor.id,
    iss: client.actor.issuer,
    act: client.actor.act,
  };
  while (act) {
    if (!proven.has(String(act['sub'])) || ![undefined, issuer].includes(act['iss'] as string)) {
      throw forbidden(
        'The access token does not prove this chain of actors. Leave client.actor out.',
        'actor_unverified',
      );
    }
    act = act['act'] as Record<string, unknown> | undefined;
  }
}

interface Wanted {
  asked: Evaluation;
  denial: AccessRequest['denial'];
  until: Date | undefined;
  emergency: boolean;
}

function wantedOf(request: AccessRequest): Wanted[] {
  const { subject, context, resource, action, denial } = request;
  const single = resource && action ? [{ resource, action, denial }] : [];
  // A denial for all would have to bind all of them, and such are never told here.
  return (request.items ?? single).map((item) => {
    const access = {
      ...request.requested_access,
      ...('requested_access' in item ? item.requested_access : {}),
    };
    return {
      asked: { subject, resource: item.resource, action: item.action, context },
      denial: item.denial,
      until: access.requested_until === undefined ? undefined : new Date(access.requested_until),
      emergency: access.emergency ?? false,
    };
  });
}

/** The session that a request is of: started by who asks, so that they decide nothing of it. */
function sessionOf(
  { ctx, snapshot }: From,
  agent: Agent,
  { context }: AccessRequest,
  now: Date,
): Session {
  const { session, user } = factsOf(context);
  return {
    id: newId('ses'),
    workspace: snapshot.workspace,
    agentId: agent.id,
    initiator: {
      type: 'access_request',
      id: ctx.actor.id,
      ...(ctx.actor.type === 'member' ? { name: ctx.actor.name } : {}),
      ...(user === null ? {} : { user }),
    },
    attributes: session,
    canary: `cst_${randomSecret()}`,
    expiresAt: now.getTime(),
    ended: true,
  };
}

function questionOf(
  { limits }: Gateway,
  { snapshot }: From,
  session: Session,
  { asked, agent }: { asked: Evaluation; agent: Agent },
  { context }: AccessRequest,
  now: Date,
): Question {
  const { user, address } = factsOf(asked.context ?? {});
  const parameters = asked.action.properties ?? {};
  const type = snapshot.actionTypes.get(asked.action.name);
  const why = context['business_justification'];
  return {
    ...{ snapshot, agent, session, limits, user, address },
    now: now.getTime(),
    request: {
      session: session.id,
      action: asked.action.name,
      parameters,
      summary: (type && sentenceOf(type, parameters)) || asked.action.name,
      why:
        typeof why === 'string' && why !== ''
          ? why.slice(0, 2_000).toWellFormed()
          : 'No reason was given.',
      evidence: [],
      untrusted: [],
    },
  };
}

/** The pipeline's own decision, limits included: held, or there is nothing to request. */
function decideHeld(question: Question): Decided {
  const decision = decide(question);
  if (decision.decision === 'hold') return decision;
  if (decision.charge) question.limits.release(decision.charge);
  const [reason] = decision.reasons;
  throw requestProblem('not_requestable', reason?.message ?? 'It needs no approval any more.');
}

function askedBy(
  { ctx }: From,
  agent: Agent,
  { client }: AccessRequest,
  { until, emergency }: { until: Date | undefined; emergency: boolean },
): AskedBy {
  const { actor } = ctx;
  if (actor.type !== 'member' && actor.type !== 'agent') {
    throw new Problem({
      status: 403,
      code: 'forbidden',
      title: 'Not allowed',
      detail: 'Only a member or an agent asks for approvals.',
    });
  }
  const client_ = client.name ?? client.id;
  return {
    type: actor.type,
    id: actor.id,
    name: actor.type === 'member' ? actor.name : agent.name,
    client: client_ === undefined ? null : maskPii(client_),
    until: until?.toISOString() ?? null,
    emergency,
  };
}

/** Only the items of a bundle are told back, so nothing else keeps properties. */
function bare({ type, id }: Named): Named {
  return { type, id };
}
