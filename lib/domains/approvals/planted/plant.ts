/** Plants one request: chosen by chance among those that are bad beyond dispute. */
import { randomInt } from 'node:crypto';
import { holdAgain } from '@/lib/domains/gateway/server';
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { kinds, shuffled, type Wrong, wrongAmounts, wrongSubjects } from './kinds';
import { plant, sayNothing, sourcesSince } from './repo';

const DAY_MS = 86_400_000;
/** How far back actions are copied from. */
const DAYS = 30;
/** The most that are tried at the gateway's own rules before it is given up. */
const TRIES = 40;

const nothing = {
  noSource: `No held action of the last ${DAYS} days that has been decided rests on evidence.`,
  noWrong:
    'The evidence of the held actions of late names no record or amount that a wrong one would contradict.',
  notHeld: 'What could be planted would be denied or run by itself today, and not be held.',
};

/** Whether one was planted; the reason why not is kept for admins. */
export async function plantOne(ctx: Context, by: string | null): Promise<boolean> {
  const found = await inWorkspace(ctx.workspace, plansOf);
  const plans = Array.isArray(found) ? found : [];
  const held = plans.length > 0 ? await holdAgain(ctx, plans) : undefined;
  const wrong = plans.find((one) => one === held?.chosen);
  return inWorkspace(ctx.workspace, async (tx) => {
    const at = clock.now();
    if (!held || !wrong) {
      const why = typeof found === 'string' ? found : nothing.notHeld;
      await sayNothing(tx, ctx.workspace, why, at);
      return false;
    }
    const { again } = held;
    const commitment = await plant(tx, ctx.workspace, { again, wrong, by, at });
    await sayNothing(tx, ctx.workspace, null, at);
    // No id, no agent, no amount: who reads the trail learns that there is one, and not which.
    await appendEvents(tx, [makeEvent(ctx, { type: 'approval.planted', data: { commitment } })]);
    return true;
  });
}

/** What could be planted, in the order in which it is tried; or why there is nothing. */
async function plansOf(tx: Tx): Promise<Wrong[] | string> {
  const since = new Date(clock.now().getTime() - DAYS * DAY_MS);
  const sources = await sourcesSince(tx, since);
  if (sources.length === 0) return nothing.noSource;
  const make = {
    amount: (at: number) => wrongAmounts(sources[at] as (typeof sources)[number], randomInt),
    subject: (at: number) =>
      wrongSubjects(sources[at] as (typeof sources)[number], sources, randomInt),
  };
  const order = shuffled([...sources.keys()], randomInt);
  const plans = order.flatMap((at) =>
    shuffled(kinds, randomInt).flatMap((kind) => make[kind](at).slice(0, 2)),
  );
  return plans.length > 0 ? plans.slice(0, TRIES) : nothing.noWrong;
}
