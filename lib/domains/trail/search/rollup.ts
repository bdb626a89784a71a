import type { ClientBase } from '@/lib/infra/trail-db';
import type { Narrowing } from './lexemes';

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
  // By hour first: the days are made of the hours, of which there are few.
  const hours = new Map<string, Count>();
  for (const event of events) {
    const hour = event.time.slice(0, 13);
    for (const [dim, read] of dimensions) {
      const value = read(event);
      if (value !== null)
        add(hours, [event.workspace, hour, dim, String(value), event.outcome ?? ''], 1);
    }
  }
  const days = new Map<string, Count>();
  for (const { key, n } of hours.values()) {
    const [workspace = '', hour = '', ...rest] = key;
    add(days, [workspace, hour.slice(0, 10), ...rest], n);
  }
  await insert(client, [
    ...[...hours.values()].map(({ key, n }) => rowOf(1, `${key[1]}:00:00Z`, key, n)),
    ...[...days.values()].map(({ key, n }) => rowOf(24, `${key[1]}T00:00:00Z`, key, n)),
  ]);
}

/** `key`: workspace, hour or day, dimension, value, outcome. */
interface Count {
  key: string[];
  n: number;
}

function add(counts: Map<string, Count>, key: string[], n: number): void {
  const name = key.join('\0');
  const count = counts.get(name);
  if (count) count.n += n;
  else counts.set(name, { key, n });
}

function rowOf(span: number, at: string, [workspace, , ...rest]: string[], n: number) {
  return [workspace, span, at, ...rest, n];
}

async function insert(client: ClientBase, rows: readonly unknown[][]): Promise<void> {
  await client.query({
    name: 'trail-count-events',
    text: `INSERT INTO event_counts AS counted (workspace_id, span, at, dim, value, outcome, n)
           SELECT * FROM unnest($1::text[], $2::smallint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::bigint[])
           ON CONFLICT (workspace_id, span, at, dim, value, outcome) DO UPDATE SET n = counted.n + excluded.n`,
    values: [0, 1, 2, 3, 4, 5, 6].map((at) => rows.map((row) => row[at])),
  });
}
