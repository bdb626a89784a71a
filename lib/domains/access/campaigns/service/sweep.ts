import { inWorkspace, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent, type NewEvent, type TrailEvent } from '@/lib/kernel/event';
import { moveOn, type Move } from '../decision';
import { orphansOf, undecidedOf } from '../items';
import { settleRequests, type Say } from '../removal';
import { remindersDue } from '../reminders';
import {
  closeOpen,
  holdCampaign,
  isOpen,
  loadCampaign,
  noteReminders,
  openCampaigns,
  progressOf,
  reviewersOf,
} from '../repo';

const CHUNK = 100;

/**
 * Brings every open campaign up to the hour. Each step is a transaction with its events, and
 * does nothing the second time.
 */
export async function sweepCampaigns(ctx: Context): Promise<void> {
  const ids = await inWorkspace(ctx.workspace, openCampaigns, { readOnly: true });
  for (const id of ids) {
    await escalateOrphans(ctx, id);
    await endUndone(ctx, id);
    await step(ctx, (tx, say) => settleRequests(tx, say, id));
    await step(ctx, (tx, say) => remind(ctx, tx, say, id));
    await step(ctx, (tx, say) => closeWhenDone(ctx, tx, say, id));
  }
}

/** One transaction with what it says. */
async function step<T>(ctx: Context, work: (tx: Tx, say: Say) => Promise<T>): Promise<T> {
  return inWorkspace(ctx.workspace, async (tx) => {
    const events: TrailEvent[] = [];
    const result = await work(tx, (event: NewEvent) => events.push(makeEvent(ctx, event)));
    await appendEvents(tx, events);
    return result;
  });
}

/** Whose reviewer does not sponsor the agent any more, or cannot sign in: an admin decides. */
async function escalateOrphans(ctx: Context, id: string): Promise<void> {
  await inChunks(ctx, (tx) => orphansOf(tx, id, CHUNK), {
    ...{ campaignId: id, from: { decision: null }, to: 'escalated', by: ctx.actor.id },
    reason: "The reviewer is no longer the agent's sponsor, or cannot sign in.",
  });
}

/** At the due date: what nobody decided is removed, or goes to the admins, as the campaign says. */
async function endUndone(ctx: Context, id: string): Promise<void> {
  const { dueAt, undone } = await step(ctx, (tx) => loadCampaign(tx, id));
  if (clock.now() < dueAt) return;
  await inChunks(ctx, (tx) => undecidedOf(tx, id, CHUNK), {
    ...{ campaignId: id, from: { decision: null }, by: ctx.actor.id },
    to: undone === 'remove' ? 'lapsed' : 'escalated',
    reason: 'Nobody decided it by the due date.',
  });
}

async function inChunks(
  ctx: Context,
  find: (tx: Tx) => Promise<string[]>,
  move: Omit<Move, 'ids'>,
): Promise<void> {
  let more = true;
  while (more) {
    more = await step(ctx, async (tx, say) => {
      const { state } = await holdCampaign(tx, move.campaignId);
      const ids = state === 'open' ? await find(tx) : [];
      if (ids.length > 0) await moveOn(tx, say, { ...move, ids });
      return ids.length > 0;
    });
  }
}

/** Says once what is still to do, seven, three and one day before the date and when it has passed. */
async function remind(ctx: Context, tx: Tx, say: Say, id: string): Promise<void> {
  const { name, dueAt, reminders } = await loadCampaign(tx, id);
  const due = remindersDue(dueAt, reminders, clock.now());
  const kind = due.at(-1);
  if (kind === undefined || !(await isOpen(tx, id))) return;
  if (!(await noteReminders(tx, id, due, clock.now()))) return;
  const progress = (await progressOf(tx, [id], ctx.actor)).get(id);
  const reviewers = (await reviewersOf(tx, id)).filter(({ open }) => open > 0);
  say({
    type: 'campaign.reminded',
    object: { type: 'campaign', id },
    data: {
      ...{ name, reminder: kind, due_at: dueAt.toISOString() },
      reviewers: reviewers.map(({ reviewer, open }) => ({ id: reviewer.id, open })),
      for_admins: (progress?.escalated ?? 0) + (progress?.requested ?? 0),
    },
  });
}

async function closeWhenDone(ctx: Context, tx: Tx, say: Say, id: string): Promise<void> {
  if (await isOpen(tx, id)) return;
  const closing = { by: ctx.actor.id, at: clock.now(), reason: 'Everything is decided.' };
  if (!(await closeOpen(tx, id, closing))) return;
  const progress = (await progressOf(tx, [id], ctx.actor)).get(id);
  say({
    type: 'campaign.closed',
    object: { type: 'campaign', id },
    data: {
      before: { state: 'open' },
      after: { state: 'closed' },
      ...{ reason: closing.reason, undecided: 0, not_carried_out: 0 },
      ...{ confirmed: progress?.confirmed, removed: progress?.removed, lapsed: progress?.lapsed },
    },
  });
}
