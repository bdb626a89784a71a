/** POST /access/v1/evaluation and /access/v1/evaluations. */
import { inTenant } from '@/lib/infra/pg';
import { makeEvent } from '@/lib/kernel/event';
import { outboxInsert } from '@/lib/kernel/outbox';
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
import { type Decision, Evaluation, type Evaluations } from './schema';

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

/** In their order; with a semantic that ends early, up to and with the one that ends it. */
export async function evaluateMany(
  gateway: Gateway,
  from: From,
  request: Evaluations,
): Promise<Decision[]> {
  const read = request.evaluations.map((one) => readOne(request, one));
  const semantic = request.options.evaluations_semantic;
  const last = { execute_all: undefined, deny_on_first_deny: false, permit_on_first_permit: true };
  const known = read.flatMap(({ asked }) => asked ?? []);
  const approvals = await approvalsIn(gateway, from, known);
  const answered = await asking(gateway, from.snapshot, from.sees, async (asker) => {
    await prepare(asker, known);
    const all: Answered[] = [];
    for (const { asked, wrong } of read) {
      const answer = asked
        ? considered(gateway, from, asked, ask(asker, asked), approvals)
        : failure(400, wrong);
      all.push({ asked, answer });
      if (answer.decision === last[semantic]) break;
    }
    return all;
  });
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
  { subject, action, resource, context }: Evaluations,
  one: Record<string, unknown>,
): { asked: Evaluation | undefined; wrong: string } {
  const parsed = Evaluation.safeParse({ subject, action, resource, context, ...one });
  if (parsed.success) return { asked: parsed.data, wrong: '' };
  const [issue] = parsed.error.issues;
  const wrong = issue ? `${issue.path.join('.')}: ${issue.message}` : 'is not valid';
  return { asked: undefined, wrong };
}
