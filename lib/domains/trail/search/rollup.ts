import { binaryArray } from '@/lib/infra/pg-binary';
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

/** What events add to the counts of their hours and days. */
export class Counts {
  readonly #hours = new Map<string, Group>();

  add(event: Narrowing): void {
    const hour = event.time.slice(0, 13);
    const { counts } = groupOf(this.#hours, event.workspace, hour, event.outcome ?? '');
    for (let at = 0; at < dimensions.length; at += 1) {
      const value = dimensions[at]?.[1](event) ?? null;
      if (value !== null) add(counts[at], String(value), 1);
    }
  }

  /** As the columns of a statement. */
  columns(): Buffer[] {
    // The days are made of the hours, of which there are few.
    const days = new Map<string, Group>();
    for (const { workspace, at, outcome, counts } of this.#hours.values()) {
      const day = groupOf(days, workspace, at.slice(0, 10), outcome);
      for (const [dim, values] of counts.entries()) {
        for (const [value, n] of values) add(day.counts[dim], value, n);
      }
    }
    const rows = [...rowsOf(1, this.#hours, ':00:00Z'), ...rowsOf(24, days, 'T00:00:00Z')];
    return types.map((type, at) =>
      binaryArray(
        type,
        rows.map((row) => row[at] ?? null),
      ),
    );
  }
}

/** Events of one workspace, hour or day, and outcome: for each dimension, how many have each value. */
interface Group {
  workspace: string;
  at: string;
  outcome: string;
  counts: Map<string, number>[];
}

function groupOf(
  groups: Map<string, Group>,
  workspace: string,
  at: string,
  outcome: string,
): Group {
  const name = `${workspace}\0${at}\0${outcome}`;
  let group = groups.get(name);
  if (!group) {
    group = { workspace, at, outcome, counts: dimensions.map(() => new Map<string, number>()) };
    groups.set(name, group);
  }
  return group;
}

function add(counts: Map<string, number> | undefined, value: string, n: number): void {
  counts?.set(value, (counts.get(value) ?? 0) + n);
}

type Row = readonly [
  workspace: string,
  span: number,
  at: string,
  dim: string,
  value: string,
  outcome: string,
  n: number,
];

function rowsOf(span: number, groups: ReadonlyMap<string, Group>, instant: string): Row[] {
  return [...groups.values()].flatMap(({ workspace, at, outcome, counts }) =>
    dimensions.flatMap(([dim], nth) =>
      [...(counts[nth] ?? [])].map(([value, n]): Row => [
        workspace,
        span,
        `${at}${instant}`,
        dim,
        value,
        outcome,
        n,
      ]),
    ),
  );
}

const types = ['text', 'smallint', 'text', 'text', 'text', 'text', 'bigint'] as const;

/**
 * Adds them, in the transaction that appends the events: one that is in the trail already is
 * not among them, so none is counted twice.
 */
export async function addCounts(client: ClientBase, counts: readonly Buffer[]): Promise<void> {
  await client.query({
    name: 'trail-count-events',
    text: `INSERT INTO event_counts AS counted (workspace_id, span, at, dim, value, outcome, n)
           SELECT workspace_id, span, at::timestamptz, dim, value, outcome, n
             FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
               AS given (workspace_id, span, at, dim, value, outcome, n)
           ON CONFLICT (workspace_id, span, at, dim, value, outcome) DO UPDATE SET n = counted.n + excluded.n`,
    values: [...counts],
  });
}
