import { digestWith, displayDigest, narrow, sentenceOf } from '@/lib/domains/gateway/server';
import type { Display } from '@/lib/domains/gateway';
import { Prisma } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { conflict, invalid } from '@/lib/kernel/problem';
import { permitted, verb } from '@/lib/kernel/verb';
import { peopleOf, proposedOf, standOf } from '../people';
import { decideApprovals } from '../policy';
import { type ApprovalRow, loadApproval } from '../repo';
import { Approval } from '../schema';
import { changed, open } from '../service/decide';
import { verdictOn, viewApproval } from '../view';
import { eventOn } from './event';
import { narrowableType, type NarrowableType } from './repo';
import { NarrowAction } from './schema';

/**
 * Makes numbers of a held action smaller, where its action type lets approvers; whoever may
 * decide it may. Both digests change, so no signature made before counts any more. A later one
 * replaces it, always against what was proposed; null takes it back.
 */
export const narrowAction = verb({
  name: 'approvals.narrow',
  input: NarrowAction,
  output: Approval,
  permit: decideApprovals,
  run: async (deed) => {
    const { ctx, input, tx, event } = deed;
    const { row, people } = await open(deed);
    permitted(verdictOn(row, people, ctx.actor));
    if (!standOf(row) || input.display_digest !== row.displayDigest) throw changed();
    const type = await narrowableType(tx, row.action.type);
    if (!type) throw conflict('action_type_retired', 'The action type is retired. Reject it.');
    // As stored and as its digest is of, not as parsed.
    const shown = row.display as Display;
    const next = nextOf(row, shown, type, input.parameters, ctx.actor.id);
    await tx.approval.update({
      where: { actionId: row.actionId },
      data: {
        display: next.display as Prisma.InputJsonObject,
        displayDigest: next.displayDigest,
        narrowed: (next.narrowed ?? Prisma.DbNull) as Prisma.InputJsonObject,
        narrowedDigest: next.digest,
      },
    });
    const after = await loadApproval(tx, row.actionId);
    event(
      eventOn(after, 'approval.narrowed', {
        before: { parameters: shown.narrowed?.parameters ?? row.action.parameters },
        after: { parameters: next.narrowed ?? row.action.parameters },
        digests: {
          before: row.narrowedDigest ?? row.action.digest,
          after: next.digest ?? row.action.digest,
        },
        display_digests: { before: row.displayDigest, after: next.displayDigest },
        ...(next.narrowed ? {} : { taken_back: true }),
      }),
    );
    return viewApproval(after, await peopleOf(tx, [after], ctx.actor), ctx.actor);
  },
});

/** What is stored and shown from now on. */
function nextOf(
  row: ApprovalRow,
  { narrowed: earlier, ...display }: Display,
  type: NarrowableType,
  asked: Record<string, number> | null,
  by: string,
) {
  if (asked === null) {
    if (!earlier) throw conflict('not_narrowed', 'It is as it was proposed.');
    return { display, displayDigest: displayDigest(display), narrowed: null, digest: null };
  }
  const proposed = proposedOf(row);
  const result = narrow(type, display.session, proposed.parameters, asked);
  if ('errors' in result) throw invalid(result.errors);
  const { parameters } = result;
  const sentence = sentenceOf(type, parameters) || display.summary;
  const narrowed = { sentence, parameters, by, at: clock.now().toISOString() };
  const shown: Display = { ...display, narrowed };
  return {
    display: shown,
    displayDigest: displayDigest(shown),
    narrowed: parameters,
    digest: digestWith(proposed, parameters),
  };
}
