import { readTimeZone } from '@/lib/domains/workspaces/server';
import { inWorkspace, isUniqueViolation, type Tx } from '@/lib/infra/db';
import { earliestNow } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { boundsOf, dayAfter, dayBefore, dayOf } from '../day';
import { asDate, asDay } from '../repo';
import { type Closing, DAY_CLOSED, endOf } from '../sampling/population';
import { readReviewSettings, samplingOf } from '../settings';

/**
 * Closes each day that is over in the workspace's time zone, oldest first. The event fixes the
 * day's bounds and the setting, and what stands before it in the log is the day's: all of that
 * before a checkpoint covers it, whose root nobody can know by then.
 */
export async function closeDays(ctx: Context): Promise<string[]> {
  const closed: string[] = [];
  try {
    for (;;) {
      const day = await inWorkspace(ctx.workspace, (tx) => closeNext(tx, ctx));
      if (day === undefined) return closed;
      closed.push(day);
    }
  } catch (error) {
    // Another worker closed it in the same moment; the day's primary key let one of them win.
    if (isUniqueViolation(error)) return closed;
    throw error;
  }
}

async function closeNext(tx: Tx, ctx: Context): Promise<string | undefined> {
  const timeZone = await readTimeZone(tx);
  // What is closed is closed for good, and after a day of the future none is until then.
  const now = await earliestNow(tx);
  const yesterday = dayBefore(dayOf(now, timeZone));
  const last = await tx.sampleDay.findFirst({
    where: { closedBy: { not: null } },
    orderBy: { day: 'desc' },
  });
  const day = last ? dayAfter(asDay(last.day)) : yesterday;
  if (day > yesterday || (!last && (await alreadyOver(tx, day, timeZone)))) return undefined;
  const from = last?.to ?? boundsOf(day, timeZone).start;
  const to = endOf(day, timeZone, last?.to ?? undefined);
  if (to > now) return undefined;
  const closing: Closing = {
    day,
    time_zone: timeZone,
    from: from.toISOString(),
    to: to.toISOString(),
    previous: last ? asDay(last.day) : null,
    setting: samplingOf(await readReviewSettings(tx)),
  };
  const event = makeEvent(ctx, {
    type: DAY_CLOSED,
    object: { type: 'sample_day', id: day },
    data: closing,
  });
  await tx.sampleDay.create({
    data: {
      workspaceId: ctx.workspace,
      day: asDate(day),
      closedBy: event.id,
      closedAt: new Date(event.time),
      from,
      to,
      previous: last?.day ?? null,
      setting: closing.setting,
    },
  });
  await appendEvents(tx, [event]);
  return day;
}

/** Nothing is closed of before the workspace, nor what was drawn from before days were closed. */
async function alreadyOver(tx: Tx, day: string, timeZone: string): Promise<boolean> {
  const drawn = await tx.sampleDay.findFirst({ where: { day: asDate(day) } });
  const workspace = await tx.workspace.findFirst({ select: { createdAt: true } });
  return drawn !== null || (workspace?.createdAt ?? 0) >= boundsOf(day, timeZone).end;
}
