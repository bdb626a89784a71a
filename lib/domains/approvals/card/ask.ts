import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { maskPii } from '@/lib/kernel/mask';
import { conflict } from '@/lib/kernel/problem';
import { permitted, verb } from '@/lib/kernel/verb';
import { decideApprovals } from '../policy';
import { Approval } from '../schema';
import { isPlanted, reveal } from '../planted/reveal';
import { open, viewAfter } from '../service/decide';
import { verdictOn } from '../view';
import { eventOn } from './event';
import { AskAgent } from './schema';

const MOST = 10;

/**
 * Asks the agent about its held action; whoever may decide it may ask. One question is open at
 * a time. What has been signed stays until the agent answers.
 */
export const askAgent = verb({
  name: 'approvals.ask',
  input: AskAgent,
  output: Approval,
  permit: decideApprovals,
  run: async (deed) => {
    const { ctx, input, tx, event } = deed;
    const { row, people } = await open(deed);
    permitted(verdictOn(row, people, ctx.actor));
    if (row.questions.some(({ answer }) => answer === null)) {
      throw conflict('question_open', 'The agent has not answered the last question yet.');
    }
    if (row.questions.length >= MOST) {
      throw conflict(
        'too_many_questions',
        `It was asked ${MOST} questions already. Decide on what is known.`,
      );
    }
    if (isPlanted(row)) {
      for (const said of await reveal(tx, ctx, row, { answer: 'asked' })) event(said);
      return viewAfter(deed, row);
    }
    const id = newId('qst');
    const question = maskPii(input.question);
    await tx.approvalQuestion.create({
      data: {
        ...{ id, workspaceId: ctx.workspace, actionId: row.actionId, question },
        ...{ askedBy: ctx.actor.id, askedAt: clock.now() },
      },
    });
    event(eventOn(row, 'approval.asked', { id, question }));
    return viewAfter(deed, row);
  },
});
