/** POST /access/v1/evaluation and /access/v1/evaluations. */
import type { z } from 'zod';
import { inTenant } from '@/lib/infra/pg';
import { makeEvent } from '@/lib/kernel/event';
import { outboxInsert } from '@/lib/kernel/outbox';
import { Problem } from '@/lib/kernel/problem';
import type { Gateway } from '../gateway';
import { ask, asking, prepare } from './ask';
import { failure } from './declared';
import { type Answered, evaluatedEvent, keep } from './event';
import type { From } from './from';
import {
  type Approvals,
  approvalsIn,
  considered,
  overtaken,
  spendApprovals,
} from './request/approval';
import { type Decision, type Evaluation, type Evaluations, OwnParts } from './schema';
import { workWith } from './work';

export async function evaluateOne(
  gateway: Gateway,
  from: From,
  asked: Evaluation,
): Promise<Decision> {
  const { snapshot, sees } = from;
  const approvals = await approvalsIn(gateway, from, [asked]);
  const answer = await asking(gateway, snapshot, sees, async (asker) => {
    await prepare(asker, [asked]);
    return considered(gateway, from, asked, ask(asker, asked), approvals);
  });
  const [final = answer] = await commit(gateway, from, [{ asked, answer }], approvals);
  return final;
}

/**
 * In their order; with a semantic that ends early, up to and with the one that ends it. What is
 * given for all is read once and shared. Throws 413 where looking at it each time is too much.
 */
export async function evaluateMany(
  gateway: Gateway,
  from: From,
  request: Evaluations,
): Promise<Decision[]> {
  const { evaluations, options, ...shared } = request;
  const work = workWith(shared);
  if (evaluations.length > work.most) throw tooMany(work.most);
  const read = evaluations.map((one) => readOne(shared, one));
  const semantic = options.evaluations_semantic;
  const last = { execute_all: undefined, deny_on_first_deny: false, permit_on_first_permit: true };
  const known = read.flatMap(({ asked }) => asked ?? []);
  const approvals = await approvalsIn(gateway, from, known);
  const asker = await asking(gateway, from.snapshot, from.sees, async (reader) => {
    await prepare(reader, known);
    return reader;
  });
  const answered: Answered[] = [];
  for (const { asked, wrong } of read) {
    const answer = asked
      ? considered(gateway, from, asked, ask(asker, asked), approvals)
      : failure(400, wrong);
    answered.push({ asked, answer });
    if (answer.decision === last[semantic]) break;
    await work.asked();
  }
  return commit(gateway, from, answered, approvals);
}

/** Commits the event of a request and the use of its approvals; then its answers may be told. */
async function commit(
  gateway: Gateway,
  from: From,
  answered: Answered[],
  approvals: Approvals,
): Promise<Decision[]> {
  const { ctx, snapshot } = from;
  if (approvals.spent.size === 0) {
    await keep(gateway, ctx, snapshot, evaluatedEvent(answered));
    return answered.map(({ answer }) => answer);
  }
  return inTenant(gateway.pool, ctx.workspace, async (client) => {
    const lost = await spendApprovals(client, from, approvals);
    const final = answered.map(({ asked, answer }) =>
      asked && lost.has(answer.context?.approval?.id ?? '')
        ? { asked, answer: overtaken(gateway, from, asked, answer) }
        : { asked, answer },
    );
    const event = { ...evaluatedEvent(final), policy_version: snapshot.policyVersion };
    await client.query(outboxInsert(makeEvent(ctx, event)));
    return final.map(({ answer }) => answer);
  });
}

/** An evaluation with what the request gives for all; what it gives itself takes the place as a whole. */
function readOne(
  shared: z.output<typeof OwnParts>,
  one: Record<string, unknown>,
): { asked: Evaluation | undefined; wrong: string } {
  const own = OwnParts.safeParse(one);
  if (!own.success) {
    const [issue] = own.error.issues;
    const wrong = issue ? `${issue.path.join('.')}: ${issue.message}` : 'is not valid';
    return { asked: undefined, wrong };
  }
  const { subject, action, resource, context } = { ...shared, ...own.data };
  if (subject && action && resource) {
    return { asked: { subject, action, resource, context }, wrong: '' };
  }
  const missing = subject ? (action ? 'resource' : 'action') : 'subject';
  return { asked: undefined, wrong: `${missing}: must be an object` };
}

function tooMany(most: number): Problem {
  return new Problem({
    status: 413,
    code: 'too_many_evaluations',
    title: 'Too large',
    detail: `With so much given for all, there may be at most ${most} evaluations. Send fewer at a time, or give less for all.`,
  });
}
