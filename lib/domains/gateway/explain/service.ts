import { maySeePayload } from '@/lib/domains/trail/server';
import type { Prisma, Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';
import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import type { NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { invalid, notFound } from '@/lib/kernel/problem';
import { findUnstorable } from '@/lib/kernel/storable';
import { query, verb } from '@/lib/kernel/verb';
import { explainDecision } from './job';
import { explainDecisions } from './policy';
import {
  AskExplanation,
  Explanation,
  ExplanationRef,
  type Explained,
  KeptResult,
  Question,
} from './schema';

/** Has a job explain one decision: a recorded one, or one that is made up. Changes nothing else. */
export const askExplanation = verb({
  name: 'policies.explain',
  input: AskExplanation,
  output: Explanation,
  permit: explainDecisions,
  run: async ({ ctx, input, tx, event, after }) => {
    const unstorable = findUnstorable(input);
    if (unstorable) throw invalid([unstorable]);
    const { question, said } = await asked(tx, input);
    const row = await tx.explanation.create({
      data: {
        ...{ id: newId('xpl'), workspaceId: ctx.workspace, askedBy: ctx.actor.id },
        question: JSON.parse(JSON.stringify(question)) as Prisma.InputJsonObject,
        createdAt: clock.now(),
      },
    });
    event({ type: 'decision.explained', ...said });
    after(() => explainDecision.enqueue(ctx.workspace, { explanation: row.id }));
    return view(row, true);
  },
});

/** What is asked, once it is known to be there; the event says about what, and no parameters. */
async function asked(
  tx: Tx,
  input: AskExplanation,
): Promise<{ question: Question; said: Omit<NewEvent, 'type'> }> {
  const { action, agent, actionType } = input;
  if (action !== undefined) {
    const row = await withPlanted(tx, () =>
      tx.action.findUnique({ where: { id: action }, select: { agentId: true, type: true } }),
    );
    if (!row) throw notFound('action');
    const of = { object: { type: 'action', id: action }, action, agent: row.agentId };
    const data = { action_type: row.type };
    return { question: { action }, said: { ...of, data } };
  }
  if (agent === undefined)
    throw invalid([{ field: 'agent', message: 'name an agent or an action' }]);
  if (actionType === undefined) {
    throw invalid([{ field: 'actionType', message: 'name the action type' }]);
  }
  const row = await tx.agent.findUnique({ where: { id: agent }, select: { id: true } });
  if (!row) throw notFound('agent');
  const { action: _, ...rest } = input;
  return {
    question: { ...rest, agent, actionType },
    said: { object: { type: 'action_type', id: actionType }, agent },
  };
}

export const getExplanation = query({
  name: 'policies.explanation',
  input: ExplanationRef,
  output: Explanation,
  permit: explainDecisions,
  run: async ({ ctx, input, tx }) => {
    const row = await tx.explanation.findUnique({ where: { id: input.id } });
    if (!row) throw notFound('explanation');
    return view(row, await shown(tx, ctx.actor, Question.parse(row.question)));
  },
});

/**
 * Whether the reader is shown what the action was asked with: an admin, who has to set the policy
 * right, and who else is shown the payload. What is made up is no action's.
 */
async function shown(tx: Tx, reader: Actor, question: Question): Promise<boolean> {
  if (!('action' in question)) return true;
  if (reader.type === 'member' && reader.roles.includes('admin')) return true;
  const action = await withPlanted(tx, () =>
    tx.action.findUnique({
      where: { id: question.action },
      select: { classification: true, status: true },
    }),
  );
  return action !== null && maySeePayload(reader, action).allowed;
}

function view(row: Prisma.ExplanationGetPayload<object>, see: boolean): Explanation {
  const result = row.result === null ? null : KeptResult.parse(row.result);
  return {
    id: row.id,
    status: row.status as Explanation['status'],
    error: row.error,
    result: result && {
      ...result,
      now: result.now && told(result.now, see),
    },
    createdAt: row.createdAt.toISOString(),
  };
}

function told(
  {
    withheld = 'It is told to whoever is shown what was asked for.',
    ...now
  }: NonNullable<KeptResult['now']>,
  see: boolean,
): Explained {
  return see ? now : { ...now, sentence: withheld };
}
