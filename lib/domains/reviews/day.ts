/** The calendar day of an instant in a time zone, as YYYY-MM-DD. */
export function dayOf(instant: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(instant);
}

/** The day before a day. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** The day after a day. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** The instants between which a day lasts in a time zone: [start, end). */
export function boundsOf(day: string, timeZone: string): { start: Date; end: Date } {
  return { start: midnight(day, timeZone), end: midnight(dayAfter(day), timeZone) };
}

/** The first instant of a day in a time zone, found by search: offsets change within a day. */
function midnight(day: string, timeZone: string): Date {
  const utc = Date.parse(`${day}T00:00:00Z`);
  let low = utc - 15 * 3_600_000;
  let high = utc + 15 * 3_600_000;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (dayOf(new Date(middle), timeZone) < day) low = middle + 1;
    else high = middle;
  }
  return new Date(low);
}
