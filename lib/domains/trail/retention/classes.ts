/**
 * What a retention period is given to, and when a month of it is over. Pure. The trail
 * database decides by its own function of the same name, and a test compares the two.
 */

export const retentionClasses = ['decisions', 'sessions', 'administration', 'reads'] as const;
export type RetentionClass = (typeof retentionClasses)[number];

/** Months that each class is kept. */
export type Periods = Record<RetentionClass, number>;

export const DEFAULT_MONTHS = 84;
export const defaultPeriods: Periods = {
  decisions: DEFAULT_MONTHS,
  sessions: DEFAULT_MONTHS,
  administration: DEFAULT_MONTHS,
  reads: DEFAULT_MONTHS,
};

const beginnings: [RegExp, RetentionClass][] = [
  [/^(action|approval|decision|permit|review|sample)\./, 'decisions'],
  [/^(session|model|memory|retrieval|firewall)\./, 'sessions'],
  [/^(request|token)\./, 'reads'],
  [/^trail\.(payload_read|export|verif|anchor|delivery_test)/, 'reads'],
];

/** The class of an event by its type; what is in no other is administration. */
export function retentionClass(type: string): RetentionClass {
  return beginnings.find(([beginning]) => beginning.test(type))?.[1] ?? 'administration';
}

/** `2019-11`, in UTC. */
export function monthOf(time: Date): string {
  return time.toISOString().slice(0, 7);
}

export function addMonths(month: string, count: number): string {
  const [year = 0, at = 1] = month.split('-').map(Number);
  return monthOf(new Date(Date.UTC(year, at - 1 + count, 1)));
}

/** The newest month whose last event is older than so many months. */
export function lastExpired(months: number, now: Date): string {
  return addMonths(monthOf(now), -months - 1);
}

/** The classes of which everything in a month is past its period. */
export function expiredClasses(month: string, periods: Periods, now: Date): RetentionClass[] {
  return retentionClasses.filter((name) => month <= lastExpired(periods[name], now));
}

/** Whether an event is removed: its class's period is over for the whole of its month, and no hold covers it. */
export function isRemoved(
  event: { type: string; time: Date },
  periods: Periods,
  now: Date,
  held: boolean,
): boolean {
  return (
    !held && expiredClasses(monthOf(event.time), periods, now).includes(retentionClass(event.type))
  );
}
