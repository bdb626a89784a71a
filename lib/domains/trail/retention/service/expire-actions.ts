import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import type { Context } from '@/lib/kernel/context';
import { allow } from '@/lib/kernel/verdict';
import { verb } from '@/lib/kernel/verb';
import type { Position } from '../../payload/blank';
import { CHUNK, monthWithActions, removeActions, startOf } from '../actions';
import { addMonths, monthOf } from '../classes';
import { lockHolds } from '../held';
import { heldFrom } from '../trail';

/*
 * What the control database has of actions goes with the decisions' retention: each action with
 * its approval, signatures, reviews and whatever else hangs on it, once the months in which it
 * was created and ended are past and no legal hold may need one of them or one between.
 */

/** Nothing of the month is past and under no hold, or nothing more. */
class NothingPast extends Error {}

/** The first month from this one on that is not past, or that a legal hold may need. */
async function keptFrom(workspace: string, month: string, through: string): Promise<string> {
  const held = await heldFrom(workspace, startOf(month));
  const kept = addMonths(through, 1);
  return held && monthOf(held) < kept ? monthOf(held) : kept;
}

/**
 * Removes the next of a month's actions, and answers where it came to, or nothing at the end. The
 * event commits with what it tells of, one for each transaction: said once for a whole run, a
 * crash between two of them would leave a removal that nothing tells of.
 */
export const expireNext = verb({
  name: 'trail.expire',
  input: z.object({
    month: z.string(),
    /** The last month that is past its retention. */
    through: z.string(),
    since: z.custom<Position>().optional(),
  }),
  output: z.custom<Position>().optional(),
  permit: () => allow,
  run: async ({ ctx, input: { month, since, through }, tx, event }) => {
    await lockHolds(tx, ctx.workspace);
    const until = await keptFrom(ctx.workspace, month, through);
    if (until <= month) throw new NothingPast();
    const { actions, last } = await removeActions(tx, { month, until, since });
    if (actions === 0) throw new NothingPast();
    event({
      type: 'trail.actions_expired',
      object: { type: 'workspace', id: ctx.workspace },
      outcome: 'succeeded',
      data: { month, actions },
    });
    return actions < CHUNK ? undefined : last;
  },
});

/** Removes month by month. One that fails is left to the next run, and keeps no other. */
export async function expireActions(ctx: Context, through: string): Promise<void> {
  let month = await next(ctx, '1970-01', through);
  while (month !== undefined) {
    await expireMonth(ctx, month, through);
    month = await next(ctx, addMonths(month, 1), through);
  }
}

async function expireMonth(ctx: Context, month: string, through: string): Promise<void> {
  try {
    let since: Position | undefined;
    do since = await expireNext(ctx, { month, through, since });
    while (since);
  } catch (error) {
    if (error instanceof NothingPast) return;
    const { workspace } = ctx;
    logger.error({ err: error, workspace, month }, 'actions past their retention are not removed');
  }
}

async function next(ctx: Context, from: string, through: string): Promise<string | undefined> {
  const month = await inWorkspace(ctx.workspace, (tx) => monthWithActions(tx, from));
  return month !== undefined && month <= through ? month : undefined;
}
