import { readTimeZone } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import { dayOf } from '../day';
import { asDay, everSupervised } from '../repo';
import { drawsNothing, Sampling } from '../sampling/setting';
import { readReviewSettings } from '../settings';

const DAY_MS = 86_400_000;
/** Two clocks that are right differ by less. */
const APART_MS = 3_600_000;

/** A day is drawn from minutes after it closed; one that waits for a day does so for a reason. */
export function waitsTooLong({ closedAt }: { closedAt: Date | null }, now: Date): boolean {
  return closedAt !== null && now.getTime() - closedAt.getTime() > DAY_MS;
}

interface MissedDay {
  /** Where none has been closed, that on which the workspace was made. */
  day: string;
  why: string;
}

/**
 * Days whose sample is missing, though nobody sees an overdue review: those that wait to be drawn
 * from for longer than a day, and the last one when none was closed for two days after it, or when a
 * clock that was ahead has closed it before it was over, so that none is closed until then. None
 * where there is nothing to review: nothing has run under supervision, or the setting draws nothing.
 */
export async function missedDays(tx: Tx, now: Date): Promise<MissedDay[]> {
  const missed = [...(await undrawn(tx, now)), ...(await unclosed(tx, now))];
  return missed.length === 0 || (await everSupervised(tx)) ? missed : [];
}

async function undrawn(tx: Tx, now: Date): Promise<MissedDay[]> {
  const waiting = await tx.sampleDay.findMany({
    where: { closedBy: { not: null }, drawnAt: null },
    orderBy: { day: 'asc' },
  });
  return waiting
    .filter((row) => waitsTooLong(row, now) && !isOff(row.setting))
    .map(({ closedAt, day }) => ({
      day: asDay(day),
      why: `closed ${closedAt?.toISOString()}, and not drawn from since`,
    }));
}

/** One that cannot be read may be why the day waits. */
function isOff(setting: unknown): boolean {
  const parsed = Sampling.safeParse(setting);
  return parsed.success && drawsNothing(parsed.data);
}

async function unclosed(tx: Tx, now: Date): Promise<MissedDay[]> {
  if (drawsNothing(await readReviewSettings(tx))) return [];
  const last = await tx.sampleDay.findFirst({ orderBy: { day: 'desc' } });
  // Days of before there were closings have the time of their draw alone.
  const since = last
    ? (last.to ?? last.drawnAt ?? last.day)
    : (await tx.workspace.findFirstOrThrow({ select: { createdAt: true } })).createdAt;
  const ago = now.getTime() - since.getTime();
  if (last && ago < -APART_MS) {
    const why = `lasts until ${since.toISOString()}, and no other day is closed before that`;
    return [{ day: asDay(last.day), why }];
  }
  if (ago <= 2 * DAY_MS) return [];
  return [
    last
      ? { day: asDay(last.day), why: 'no later day has been closed' }
      : { day: dayOf(since, await readTimeZone(tx)), why: 'no day has been closed since' },
  ];
}
