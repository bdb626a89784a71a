import type { EventItem } from '../schema';

/** Looking at a card leaves these, several each time; none of them moves the action on. */
const looks = new Set(['approval.opened', 'approval.source_read']);

/** Events in their order, with what is a run of mere looks at the card put together. */
export function folded(events: readonly EventItem[]): EventItem[][] {
  const rows: EventItem[][] = [];
  for (const event of events) {
    const last = rows.at(-1);
    const before = last?.at(-1);
    if (last && before && looks.has(event.type) && looks.has(before.type)) last.push(event);
    else rows.push([event]);
  }
  return rows;
}

/** "Card opened 2 times, sources read 6 times" */
export function looksWords(events: readonly EventItem[]): string {
  const count = (type: string) => events.filter((event) => event.type === type).length;
  const times = (n: number) => (n === 1 ? 'once' : `${n} times`);
  const [opened, read] = [count('approval.opened'), count('approval.source_read')];
  const said = [
    opened > 0 ? `card opened ${times(opened)}` : '',
    read > 0 ? `sources read ${times(read)}` : '',
  ];
  const words = said.filter(Boolean).join(', ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How far an action has come: what was last said of its outcome, and how long that took. */
export function progressOf(events: readonly EventItem[], action: string) {
  const own = events.filter((event) => event.action === action);
  const [first] = own;
  const last = own.findLast((event) => event.outcome !== undefined);
  // Held, and nothing has been decided since.
  const waiting = last?.outcome === 'hold';
  return {
    outcome: last?.outcome,
    waitingSince: waiting ? last.time : undefined,
    tookMs:
      waiting || !first || !last || first === last
        ? undefined
        : Date.parse(last.time) - Date.parse(first.time),
  };
}

/** Whether a member of an event's data is a payload that the trail keeps sealed. */
export function isSealed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'sealed' in value && value.sealed === 1;
}
