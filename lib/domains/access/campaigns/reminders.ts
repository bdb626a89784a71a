const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** When each is due, in days before the campaign's date; the last when that has passed. */
const reminders = [
  { kind: '7', days: 7 },
  { kind: '3', days: 3 },
  { kind: '1', days: 1 },
  { kind: 'overdue', days: 0 },
];

/**
 * Those that are due and were not given, the nearest to the date last. Only that one is worth
 * giving; the others before it, which a short campaign never had time for, count as given.
 */
export function remindersDue(dueAt: Date, given: readonly string[], now: Date): string[] {
  return reminders
    .filter(({ days }) => now.getTime() >= dueAt.getTime() - days * DAY)
    .map(({ kind }) => kind)
    .filter((kind) => !given.includes(kind));
}
