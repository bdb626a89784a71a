/** POST /access/v1/evaluation and /access/v1/evaluations. */
import type { Context } from '@/lib/kernel/context';
import type { Gateway } from '../gateway';
import type { Snapshot } from '../snapshot/snapshot';
import type { Sees } from './agents';
import { ask, asking, prepare } from './ask';
import { failure } from './declared';
import { type Answered, evaluatedEvent, keep } from './event';
import { type Decision, Evaluation, type Evaluations } from './schema';

export interface From {
  ctx: Context;
  snapshot: Snapshot;
  sees: Sees;
}

export async function evaluateOne(
  gateway: Gateway,
  { ctx, snapshot, sees }: From,
  asked: Evaluation,
): Promise<Decision> {
  const answer = await asking(gateway, snapshot, sees, async (asker) => {
    await prepare(asker, [asked]);
    return ask(asker, asked);
  });
  await keep(gateway, ctx, snapshot, evaluatedEvent([{ asked, answer }]));
  return answer;
}

/** In their order; with a semantic that ends early, up to and with the one that ends it. */
export async function evaluateMany(
  gateway: Gateway,
  { ctx, snapshot, sees }: From,
  request: Evaluations,
): Promise<Decision[]> {
  const read = request.evaluations.map((one) => readOne(request, one));
  const semantic = request.options.evaluations_semantic;
  const last = { execute_all: undefined, deny_on_first_deny: false, permit_on_first_permit: true };
  const answered = await asking(gateway, snapshot, sees, async (asker) => {
    await prepare(
      asker,
      read.flatMap(({ asked }) => asked ?? []),
    );
    const all: Answered[] = [];
    for (const { asked, wrong } of read) {
      const answer = asked ? ask(asker, asked) : failure(400, wrong);
      all.push({ asked, answer });
      if (answer.decision === last[semantic]) break;
    }
    return all;
  });
  await keep(gateway, ctx, snapshot, evaluatedEvent(answered));
  return answered.map(({ answer }) => answer);
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
