import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import { earliestNow } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { allow } from '@/lib/kernel/verdict';
import { verb } from '@/lib/kernel/verb';
import { destroyOne } from '../../payload/destroy';
import { blankPayloads } from '../../payload/jobs';
import { findKeysThrough, loadKey } from '../../payload/repo';
import { EVENTS_EXPIRED } from '../../verification/expired';
import { lastGood, standingFailure } from '../../verification/findings';
import { expiredClasses, lastExpired, type Periods, type RetentionClass } from '../classes';
import { isHeld, lockHolds } from '../held';
import { beginExpiry, endExpiry, findBegun, forgetExpiry, readSetting } from '../settings';
import { expireEvents, rangesOf, type Removed, type Stored, storedByMonth } from '../trail';
import { expireActions } from './expire-actions';

/** An event names as many ranges; of more it has the digest. */
const NAMED_RANGES = 100;

interface Expiry {
  id: string;
  month: string;
  classes: readonly string[];
}

class EndedElsewhere extends Error {}

const record = verb({
  name: 'trail.expire',
  input: z.object({
    expiry: z.custom<Expiry>(),
    removed: z.custom<Removed>(),
    ranges: z.array(z.tuple([z.number(), z.number()])),
  }),
  output: z.undefined(),
  permit: () => allow,
  run: async ({ ctx, input: { expiry, ranges, removed }, tx, event }) => {
    if (!(await endExpiry(tx, expiry.id, removed))) throw new EndedElsewhere();
    event({
      type: EVENTS_EXPIRED,
      object: { type: 'trail', id: ctx.workspace },
      outcome: 'succeeded',
      data: {
        expiry: expiry.id,
        month: expiry.month,
        classes: expiry.classes,
        events: removed.events,
        ...(removed.ranges <= NAMED_RANGES ? { ranges } : {}),
        range_count: removed.ranges,
        digest: `sha256:${removed.digest}`,
        checkpoint: removed.checkpoint,
        partition_dropped: removed.dropped,
      },
    });
    return undefined;
  },
});

/** Removes, or finds removed, and says so in the trail. The removal is known here before it begins, so a crash leaves no gap that nobody explains. */
async function carryOut(ctx: Context, expiry: Expiry): Promise<void> {
  const removed = await expireEvents(ctx.workspace, expiry);
  if (!removed) {
    // The settings were changed since, and the log has that already or does not have it yet.
    const { workspace } = ctx;
    const said = 'the log does not say that these events are past: they are kept';
    logger.warn({ workspace, month: expiry.month, classes: expiry.classes }, said);
  }
  if (!removed?.events) {
    await inWorkspace(ctx.workspace, (tx) => forgetExpiry(tx, expiry.id));
    return;
  }
  const ranges =
    removed.ranges <= NAMED_RANGES ? await rangesOf(ctx.workspace, expiry.id, NAMED_RANGES) : [];
  await record(ctx, { expiry, removed, ranges }).catch((error: unknown) => {
    if (!(error instanceof EndedElsewhere)) throw error;
  });
  logger.info(
    { workspace: ctx.workspace, month: expiry.month, events: removed.events },
    'expired events were removed',
  );
}

/** The classes that are past their period, by month, oldest first. */
function planOf(
  stored: readonly Stored[],
  periods: Periods,
  now: Date,
): Map<string, RetentionClass[]> {
  const plan = new Map<string, RetentionClass[]>();
  for (const month of new Set(stored.map((one) => one.month))) {
    const past = expiredClasses(month, periods, now);
    const there = stored.some((one) => one.month === month && past.includes(one.class));
    // All that are past, so that a month of which nothing is left to keep goes as a whole.
    if (there) plan.set(month, past);
  }
  return plan;
}

/**
 * Removes what is past its retention and under no hold, of the trail and of the actions' own rows.
 * Not while the log does not verify: what is wrong there must stay as it is, and what it can be
 * compared with too.
 */
export async function expire(ctx: Context): Promise<void> {
  const state = await inWorkspace(ctx.workspace, async (tx) => ({
    begun: await findBegun(tx),
    setting: await readSetting(tx),
    sound: (await standingFailure(tx)) === undefined && (await lastGood(tx)) !== undefined,
    // What a clock that is ahead takes for past is not removed.
    now: await earliestNow(tx),
  }));
  for (const expiry of state.begun) await carryOut(ctx, expiry);
  if (!state.sound) return;
  const { now } = state;
  const plan = planOf(await storedByMonth(ctx.workspace), state.setting.periods, now);
  for (const [month, classes] of plan) {
    const expiry = { id: newId('xpr'), month, classes };
    await inWorkspace(ctx.workspace, (tx) => beginExpiry(tx, ctx.workspace, expiry));
    await carryOut(ctx, expiry);
  }
  await expireActions(ctx, lastExpired(state.setting.periods.decisions, now));
  await destroyPastKeys(ctx, state.setting.periods, now);
}

/** A hold needs the key, or it is destroyed already. */
class NotDestroyed extends Error {}

const destroyPast = verb({
  name: 'trail.expire',
  input: z.object({ id: z.string() }),
  output: z.undefined(),
  permit: () => allow,
  run: async ({ ctx, input, tx, event, after }) => {
    await lockHolds(tx, ctx.workspace);
    const key = await loadKey(tx, input.id);
    if (await isHeld(ctx.workspace, key)) throw new NotDestroyed();
    const reason = 'The retention of everything it sealed has ended.';
    if (!(await destroyOne(tx, key, { actor: ctx.actor.id, reason }, event))) {
      throw new NotDestroyed();
    }
    after(() => blankPayloads.enqueue(ctx.workspace, {}));
    return undefined;
  },
});

/**
 * Destroys the payload keys of months past every class's retention, each by itself, unless a
 * hold may need them. One that fails is left to the next run, and keeps no other.
 */
async function destroyPastKeys(ctx: Context, periods: Periods, now: Date): Promise<void> {
  const longest = Math.max(...Object.values(periods));
  const through = lastExpired(longest, now);
  const keys = await inWorkspace(ctx.workspace, (tx) => findKeysThrough(tx, through));
  for (const { id } of keys) {
    await destroyPast(ctx, { id }).catch((error: unknown) => {
      if (error instanceof NotDestroyed) return;
      logger.error({ err: error, workspace: ctx.workspace, key: id }, 'a key is not destroyed');
    });
  }
}
