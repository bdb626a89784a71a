const DAY = 86_400_000;

/** When something that has been in use since an instant must have been renewed. */
export function dueAt(since: Date, maxAgeDays: number): Date {
  return new Date(since.getTime() + maxAgeDays * DAY);
}

/**
 * Hours that a successor made by the schedule has until the old credential is revoked. Its
 * rotation begins so much early, so that the old one is gone by the day it is due.
 */
export const SCHEDULED_OVERLAP_HOURS = 7 * 24;
