const DAY = 86_400_000;

/** When something that has been in use since an instant must have been renewed. */
export function dueAt(since: Date, maxAgeDays: number): Date {
  return new Date(since.getTime() + maxAgeDays * DAY);
}

/** Hours that a successor made by the schedule has until the old credential is revoked. */
export const SCHEDULED_OVERLAP_HOURS = 7 * 24;

/**
 * Whether the schedule begins now. A credential begins its overlap early (at most half its
 * life), so that the old one is gone by the day it is due.
 */
export function beginsNow(since: Date, maxAgeDays: number, now: Date, leadHours = 0): boolean {
  const lead = Math.min(leadHours * 3_600_000, (maxAgeDays * DAY) / 2);
  return now.getTime() >= dueAt(since, maxAgeDays).getTime() - lead;
}
