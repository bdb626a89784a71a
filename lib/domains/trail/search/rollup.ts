import type { ClientBase } from '@/lib/infra/trail-db';
import { dayOf, hourOf, type Narrowing } from './lexemes';

/** What is counted by, beside `all`; an outcome stands in every row. */
const dimensions: [string, (event: Narrowing) => string | number | null][] = [
  ['all', () => ''],
  ['type', (event) => event.type],
  ['agent', (event) => event.agent],
  ['actor', (event) => event.actorId],
  ['action_type', (event) => event.actionType],
  ['tier', (event) => event.tier],
  ['classification', (event) => event.classification],
];

/**
 * Adds events to the counts of their hours and days, in the transaction that appends them:
 * an event that is in the trail already is not given, so none is counted twice.
 */
export async function countNew(client: ClientBase, events: readonly Narrowing[]): Promise<void> {
  const counts = new Map<string, { key: (string | number)[]; n: number }>();
  for (const event of events) {
    for (const [span, at] of slotsOf(event.time)) {
      for (const [dim, read] of dimensions) {
        const value = read(event);
        if (value === null) continue;
        const key = [event.workspace, span, at, dim, String(value), event.outcome ?? ''];
        const name = JSON.stringify(key);
        const count = counts.get(name);
        if (count) count.n += 1;
        else counts.set(name, { key, n: 1 });
      }
    }
  }
  const rows = [...counts.values()];
  const column = (at: number) => rows.map(({ key }) => key[at]);
  await client.query({
    name: 'trail-count-events',
    text: `INSERT INTO event_counts AS counted (workspace_id, span, at, dim, value, outcome, n)
           SELECT * FROM unnest($1::text[], $2::smallint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::bigint[])
           ON CONFLICT (workspace_id, span, at, dim, value, outcome) DO UPDATE SET n = counted.n + excluded.n`,
    values: [...[0, 1, 2, 3, 4, 5].map(column), rows.map(({ n }) => n)],
  });
}

/** The hour and the day of an instant in UTC, as their lengths in hours and beginnings. */
function slotsOf(time: string): [number, string][] {
  const [hour, day] = [hourOf(time), dayOf(time)];
  const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  return [
    [1, `${date}T${hour.slice(8)}:00:00Z`],
    [24, `${date}T00:00:00Z`],
  ];
}
