/** What the trail itself says, beside its copy: what is not copied yet, and whether a match is one. */
import type { PoolClient } from '@/lib/infra/trail-db';
import { type EventRow, LIST } from '../../repo';
import type { Filters } from '../../schema';
import { conditionOf } from '../condition';
import type { Edge } from '../engine';

export interface Key {
  /** ISO 8601, milliseconds. */
  time: string;
  idx: string;
}

/** A table `events` of the matches from index `position` on. */
export function freshOf(workspace: string, filters: Filters, position: number, edge?: Edge) {
  const { sql, values } = conditionOf(workspace, filters);
  const add = (value: unknown) => `$${values.push(value)}`;
  const parts = [sql];
  if (edge !== undefined) {
    const sign = edge.side === 'older' ? '<' : '>';
    parts.push(`(time, idx) ${sign} (${add(edge.time)}::timestamptz, ${add(edge.index)}::bigint)`);
  }
  // By its index first: these are few, whatever else is asked of them.
  const from = `(SELECT * FROM (SELECT * FROM events WHERE workspace_id = $1 AND idx >= ${add(position)} OFFSET 0) AS events
     WHERE ${parts.join(' AND ')}) AS events`;
  return { from, values };
}

export async function freshEvents(
  client: PoolClient,
  { from, values }: ReturnType<typeof freshOf>,
  side: Edge['side'],
  limit: number,
): Promise<EventRow[]> {
  // Qualified, because the list has a time of its own, which is text.
  const order = side === 'newer' ? 'events.time, events.idx' : 'events.time DESC, events.idx DESC';
  const text = `SELECT ${LIST} FROM ${from} ORDER BY ${order} LIMIT $${values.length + 1}`;
  return (await client.query<EventRow>(text, [...values, limit])).rows;
}

/**
 * The events of these keys as the trail has them, those only that match there too: a copy that
 * is wrong can leave out, and never show, what is not so.
 */
export async function confirmed(
  client: PoolClient,
  workspace: string,
  filters: Filters,
  keys: readonly Key[],
): Promise<EventRow[]> {
  const { sql, values } = conditionOf(workspace, filters);
  const add = (value: unknown) => `$${values.push(value)}`;
  const times = keys.map(({ time }) => time).toSorted();
  const wanted = `unnest(${add(keys.map(({ time }) => time))}::timestamptz[], ${add(keys.map(({ idx }) => idx))}::bigint[]) AS wanted (at, nth)`;
  const { rows } = await client.query<EventRow>(
    `SELECT ${LIST} FROM (
       SELECT events.* FROM ${wanted} JOIN events ON workspace_id = $1 AND time = at AND idx = nth
        WHERE time BETWEEN ${add(times[0])}::timestamptz AND ${add(times.at(-1))}::timestamptz OFFSET 0) AS events
      WHERE ${sql}`,
    values,
  );
  return rows;
}
