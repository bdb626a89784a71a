import { inWorkspace, type Tx } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent, type NewEvent, type TrailEvent } from '@/lib/kernel/event';
import { observe } from '@/lib/kernel/observe';
import { moveOn } from '../decision';
import { orphansOf, undecidedOf } from '../items';
import { settleRequests, type Say } from '../removal';
import { remindersDue } from '../reminders';
import {
  type CampaignRow,
  closeOpen,
  holdCampaign,
  isOpen,
  noteReminders,
  openCampaigns,
  progressOf,
  reviewersOf,
} from '../repo';

const CHUNK = 500;

/**
 * Brings every open campaign up to the hour. Each step is a transaction with its events, and
 * does nothing the second time.
 */
export async function sweepCampaigns(ctx: Context): Promise<void> {
  const ids = await inWorkspace(ctx.workspace, openCampaigns, { readOnly: true });
  for (const id of ids) {
    // One campaign's failure must not keep the others waiting.
    await sweep(ctx, id).catch((error: unknown) => {
      logger.error({ err: error, campaign: id }, 'sweep of an access review failed');
    });
  }
}

async function sweep(ctx: Context, id: string): Promise<void> {
  while (await step(ctx, id, escalateOrphans));
  while (await step(ctx, id, endUndone));
  await step(ctx, id, settle);
  await step(ctx, id, remind);
  await step(ctx, id, closeWhenDone);
}

interface Step {
  ctx: Context;
  tx: Tx;
  campaign: CampaignRow;
  say: Say;
}

/** One transaction over a campaign that is still open, with what it says; whether there is more. */
async function step(
  ctx: Context,
  id: string,
  work: (step: Step) => Promise<boolean>,
): Promise<boolean> {
  return inWorkspace(ctx.workspace, async (tx) => {
    const campaign = await holdCampaign(tx, id);
    if (campaign.state !== 'open') return false;
    const events: TrailEvent[] = [];
    const say = (event: NewEvent) => events.push(makeEvent(ctx, event));
    const more = await work({ ctx, tx, campaign, say });
    await observe({ ctx, tx, events });
    await appendEvents(tx, events);
    return more;
  });
}

/** Whose reviewer does not sponsor the agent any more, or cannot sign in: an admin decides. */
async function escalateOrphans({ ctx, tx, campaign, say }: Step): Promise<boolean> {
  const ids = await orphansOf(tx, campaign.id, CHUNK);
  await moveOn(tx, say, {
    ...{ campaignId: campaign.id, ids, from: { decision: null }, by: ctx.actor.id },
    to: 'escalated',
    reason: "The reviewer is no longer the agent's sponsor, or cannot sign in.",
  });
  return ids.length > 0;
}

/** At the due date: what nobody decided is removed, or goes to the admins, as the campaign says. */
async function endUndone({ ctx, tx, campaign, say }: Step): Promise<boolean> {
  if (clock.now() < campaign.dueAt) return false;
  const ids = await undecidedOf(tx, campaign.id, CHUNK);
  await moveOn(tx, say, {
    ...{ campaignId: campaign.id, ids, from: { decision: null }, by: ctx.actor.id },
    to: campaign.undone === 'remove' ? 'lapsed' : 'escalated',
    reason: 'Nobody decided it by the due date.',
  });
  return ids.length > 0;
}

async function settle({ tx, campaign, say }: Step): Promise<boolean> {
  await settleRequests(tx, say, campaign.id);
  return false;
}

/** Says once what is still to do, seven, three and one day before the date and when it has passed. */
async function remind({ ctx, tx, campaign, say }: Step): Promise<boolean> {
  const { id, name, dueAt, reminders } = campaign;
  const due = remindersDue(dueAt, reminders, clock.now());
  const kind = due.at(-1);
  if (kind === undefined || !(await isOpen(tx, id))) return false;
  if (!(await noteReminders(tx, id, due, clock.now()))) return false;
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
  return false;
}

async function closeWhenDone({ ctx, tx, campaign: { id }, say }: Step): Promise<boolean> {
  if (await isOpen(tx, id)) return false;
  const closing = { by: ctx.actor.id, at: clock.now(), reason: 'Everything is decided.' };
  if (!(await closeOpen(tx, id, closing))) return false;
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
  return false;
}
