/** Counts matches, however they were found; what was counted in parts is put together. */
import type { PoolClient } from '@/lib/infra/trail-db';
import type { Bars, FacetCount, TimeCount } from './engine';

/** A table `events` of matches. */
interface Matches {
  from: string;
  values: unknown[];
}

const FACETS = `
  SELECT CASE grouping(type, agent_id, actor_id, action_type, outcome, tier, classification)
           WHEN 63 THEN 'type' WHEN 95 THEN 'agent' WHEN 111 THEN 'actor' WHEN 119 THEN 'action_type'
           WHEN 123 THEN 'outcome' WHEN 125 THEN 'tier' WHEN 126 THEN 'classification' END AS facet,
         coalesce(type, agent_id, actor_id, action_type, outcome, tier::text, classification) AS value,
         count(*)::int AS count`;
const EACH =
  'GROUP BY GROUPING SETS ((), (type), (agent_id), (actor_id), (action_type), (outcome), (tier), (classification))';

export async function facetsIn(
  client: PoolClient,
  { from, values }: Matches,
): Promise<{ rows: FacetCount[]; total: number }> {
  const { rows } = await client.query<{
    facet: FacetCount['facet'] | null;
    value: string | null;
    count: number;
  }>(`${FACETS} FROM ${from} ${EACH}`, values);
  return {
    rows: rows.flatMap(({ facet, value, count }) =>
      facet === null || value === null ? [] : [{ facet, value, count }],
    ),
    total: rows.find(({ facet }) => facet === null)?.count ?? 0,
  };
}

export async function timesIn(
  client: PoolClient,
  { from, values }: Matches,
  { width, origin }: Bars,
): Promise<TimeCount[]> {
  const [w, o] = [`$${values.length + 1}`, `$${values.length + 2}`];
  const { rows } = await client.query<TimeCount>(
    `SELECT date_bin(${w}::bigint * interval '1 millisecond', time, ${o}::timestamptz) AS at,
            coalesce(outcome, '') AS outcome, count(*)::int AS count
       FROM ${from} GROUP BY 1, 2`,
    [...values, width, origin],
  );
  return rows;
}

export const mergedFacets = (rows: readonly FacetCount[]) =>
  merged(rows, ({ facet, value }) => `${facet} ${value}`);
export const mergedTimes = (rows: readonly TimeCount[]) =>
  merged(rows, ({ at, outcome }) => `${at.getTime()} ${outcome}`);

function merged<T extends { count: number }>(rows: readonly T[], key: (row: T) => string): T[] {
  const sums = new Map<string, T>();
  for (const row of rows) {
    const sum = sums.get(key(row));
    if (sum) sum.count += row.count;
    else sums.set(key(row), { ...row });
  }
  return [...sums.values()];
}
