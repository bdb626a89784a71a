import { z } from 'zod';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { conflict } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { decideApprovals } from '../policy';
import { loadApproval } from '../repo';
import { ApprovalRef } from '../schema';

/**
 * Says that the card was opened, by the server's clock. From the latest opening to the
 * signature is the time that somebody had it before them; nothing the browser measures.
 */
export const openCard = verb({
  name: 'approvals.opened',
  input: ApprovalRef,
  output: z.object({ id: z.string(), opened_at: z.iso.datetime() }),
  permit: decideApprovals,
  run: async ({ ctx, input, tx, event }) => {
    const { action, actionId, displayDigest } = await loadApproval(tx, input.id);
    if (action.status !== 'pending')
      throw conflict('already_decided', `This action is ${action.status} already.`);
    const openedAt = clock.now();
    await tx.approvalOpening.create({
      data: {
        ...{ id: newId('opn'), workspaceId: ctx.workspace, actionId },
        ...{ memberId: ctx.actor.id, openedAt },
      },
    });
    event({
      type: 'approval.opened',
      ...{ agent: action.agentId, session: action.sessionId, action: actionId },
      object: { type: 'action_type', id: action.type },
      ...(action.classification ? { classification: action.classification } : {}),
      data: { display_digest: displayDigest },
    });
    return { id: actionId, opened_at: openedAt.toISOString() };
  },
});
