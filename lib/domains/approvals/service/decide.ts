import { actionDigest, executeApproved } from '@/lib/domains/gateway/server';
import { digest } from '@/lib/kernel/canonical';
import { clock } from '@/lib/kernel/clock';
import { maskPii } from '@/lib/kernel/mask';
import { conflict } from '@/lib/kernel/problem';
import { type Deed, permitted, verb } from '@/lib/kernel/verb';
import { decideApprovals } from '../policy';
import {
  type ApprovalRow,
  loadApproval,
  moveHeld,
  peopleOf,
  verdictOn,
  viewApproval,
} from '../repo';
import { Approval, Approve, Reject } from '../schema';

interface Decision {
  id: string;
  reason: string;
  display_digest?: string | undefined;
}

export const approveAction = verb({
  name: 'approvals.approve',
  input: Approve,
  output: Approval,
  permit: decideApprovals,
  run: async (deed) => {
    const approval = await decide(deed, 'approved');
    deed.after(() => executeApproved.enqueue(deed.ctx.workspace, { action: deed.input.id }));
    return approval;
  },
});

export const rejectAction = verb({
  name: 'approvals.reject',
  input: Reject,
  output: Approval,
  permit: decideApprovals,
  run: (deed) => decide(deed, 'rejected'),
});

/** One decision by one person: the conditional update lets exactly one of many win. */
async function decide<I extends Decision>(
  { ctx, input, tx, event }: Deed<I>,
  to: 'approved' | 'rejected',
): Promise<Approval> {
  const row = await loadApproval(tx, input.id);
  const people = await peopleOf(tx, [row], ctx.actor);
  if (row.action.status !== 'pending') throw alreadyDecided(row.action.status);
  permitted(verdictOn(row, people, ctx.actor));
  assertUnchanged(row, input.display_digest);
  const now = clock.now();
  const reason = maskPii(input.reason);
  if (!(await moveHeld(tx, row.actionId, to, now))) throw alreadyDecided('decided');
  await tx.approval.update({
    where: { actionId: row.actionId },
    data: {
      decision: to,
      reason,
      decidedBy: ctx.actor.id,
      decidedAt: now,
      authMethod: ctx.actor.type === 'member' ? ctx.actor.method : ctx.actor.type,
    },
  });
  event({
    type: `approval.${to}`,
    agent: row.action.agentId,
    session: row.action.sessionId,
    action: row.actionId,
    object: { type: 'action_type', id: row.action.type },
    outcome: to,
    tier: row.action.tier ?? 3,
    ...(row.action.classification ? { classification: row.action.classification } : {}),
    policy_version: row.action.policyVersion,
    digest: row.action.digest,
    data: {
      reason,
      display_digest: row.displayDigest,
      auth_method: ctx.actor.type === 'member' ? ctx.actor.method : null,
      waited_ms: now.getTime() - row.requestedAt.getTime(),
    },
  });
  const decided = await loadApproval(tx, row.actionId);
  return viewApproval(decided, await peopleOf(tx, [decided], ctx.actor), ctx.actor);
}

/** The signature binds to the action and to what was shown; a change in either voids it. */
function assertUnchanged(row: ApprovalRow, shown: string | undefined): void {
  const { action } = row;
  const recomputed = actionDigest({
    workspace: action.workspaceId,
    agent: action.agentId,
    session: action.sessionId,
    action_type: action.type,
    parameters: action.parameters as Record<string, unknown>,
    policy_version: action.policyVersion,
  });
  const intact =
    recomputed === action.digest &&
    digest(row.display) === row.displayDigest &&
    (shown === undefined || shown === row.displayDigest);
  if (!intact) {
    throw conflict(
      'changed_since_shown',
      'This action is not what was shown. Reload the card and look again.',
    );
  }
}

function alreadyDecided(status: string) {
  return conflict('already_decided', `This action is ${status} already. Reload to see by whom.`);
}
