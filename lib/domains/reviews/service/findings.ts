import { activateAgent, suspendAgent } from '@/lib/domains/agents/server';
import { clock } from '@/lib/kernel/clock';
import type { NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { maskPii } from '@/lib/kernel/mask';
import { toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { conflict, invalid } from '@/lib/kernel/problem';
import { type Deed, query, verb } from '@/lib/kernel/verb';
import {
  findFindings,
  findingKey,
  type FindingRow,
  loadFinding,
  viewFinding,
  viewFindings,
} from '../findings';
import { followUpFindings, readReviews } from '../policy';
import {
  CloseFinding,
  FindingRef,
  FollowUp,
  type FollowUpKind,
  ListFindings,
  ReviewFinding,
} from '../schema';
import { draftMove } from './move';

export const listFindings = query({
  name: 'reviews.findings',
  input: ListFindings,
  output: pageOf(ReviewFinding),
  permit: readReviews,
  run: async ({ ctx, input, tx }) => {
    const rows = await findFindings(tx, input);
    const views = await viewFindings(tx, rows, ctx.actor);
    const page = toPage(rows, input.limit, findingKey, ({ id }) => id);
    return { ...page, items: page.items.flatMap((id) => views.get(id) ?? []) };
  },
});

export const getFinding = query({
  name: 'reviews.finding',
  input: FindingRef,
  output: ReviewFinding,
  permit: readReviews,
  run: async ({ ctx, input, tx }) => viewFinding(tx, input.id, ctx.actor),
});

/**
 * Does something about a wrong action, and links it to its finding. What it changes elsewhere
 * goes through the verbs that own it, with the same person's rights.
 */
export const followUp = verb({
  name: 'reviews.follow_up',
  input: FollowUp,
  output: ReviewFinding,
  permit: followUpFindings,
  run: async (deed) => {
    const { ctx, event, input, tx } = deed;
    const row = await loadFinding(tx, input.id);
    if (row.status !== 'open') throw closedAlready();
    const note = maskPii(input.note);
    const draftId = await deeds[input.do](deed, row, note);
    const id = newId('rfu');
    await tx.reviewFollowUp.create({
      data: {
        ...{ id, workspaceId: ctx.workspace, findingId: row.id, kind: input.do, note, draftId },
        ...{ doneBy: ctx.actor.id, doneAt: clock.now() },
      },
    });
    event({
      ...about(row),
      type: 'review_finding.followed_up',
      data: { follow_up: input.do, note, ...(draftId ? { draft: draftId } : {}) },
    });
    return viewFinding(tx, row.id, ctx.actor);
  },
});

type Doing = (deed: Deed<unknown>, row: FindingRow, note: string) => Promise<string | null>;

const deeds: Record<FollowUpKind, Doing> = {
  // What was done stands in the note; it was done elsewhere.
  correct: async () => null,
  tighten: (deed, row, note) => {
    const { action } = row.sample;
    return draftMove(deed, {
      permissions: action.permissions,
      move: 'raise',
      title: `Tighten ${action.type} after a wrong action`,
      // By its id alone: a draft stays when the action has gone with its retention.
      why: `A review found ${action.id} wrong. ${note}`.trim(),
    });
  },
  probation: async (deed, row) => {
    await activateAgent.within(deed, { id: row.sample.action.agentId, probation: true });
    return null;
  },
  isolate: async (deed, row, note) => {
    await suspendAgent.within(deed, { id: row.sample.action.agentId, reason: note });
    return null;
  },
};

export const closeFinding = verb({
  name: 'reviews.close_finding',
  input: CloseFinding,
  output: ReviewFinding,
  permit: followUpFindings,
  run: async ({ ctx, event, input, tx }) => {
    const row = await loadFinding(tx, input.id);
    const note = maskPii(input.note);
    if (row.status === 'open' && row.followUps.length === 0 && note.length < 3) {
      throw invalid([{ field: 'note', message: 'say why nothing needs to be done about it' }]);
    }
    const { count } = await tx.reviewFinding.updateMany({
      where: { id: row.id, status: 'open' },
      data: {
        ...{ status: 'closed', closedBy: ctx.actor.id, closedAt: clock.now(), closeNote: note },
      },
    });
    if (count === 0) throw closedAlready();
    event({
      ...about(row),
      type: 'review_finding.closed',
      data: { note, follow_ups: row.followUps.map((one) => one.kind) },
    });
    return viewFinding(tx, row.id, ctx.actor);
  },
});

function about(row: FindingRow): Omit<NewEvent, 'type'> {
  const { action } = row.sample;
  return {
    agent: action.agentId,
    session: action.sessionId,
    action: action.id,
    object: { type: 'review_finding', id: row.id },
    tier: action.tier ?? 2,
  };
}

function closedAlready() {
  return conflict('wrong_state', 'The finding is closed. Reload to see it.');
}
