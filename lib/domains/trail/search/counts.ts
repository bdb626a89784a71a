/** What the hourly and daily counts answer, beside the ends of a range that are no whole hours. */
import type { PoolClient } from '@/lib/infra/trail-db';
import type { Filters } from '../schema';
import { valuesOf } from './condition';
import type { Bars, FacetCount, TimeCount } from './engine';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Range {
  from: string;
  to: string;
}

/** A range of time as rows of counts and what must be counted event by event. */
export interface Split {
  slots: (Range & { span: 1 | 24 })[];
  ends: Range[];
}

/** Undefined for a range that holds no whole hour. */
export function splitTime({ from, to }: Filters, days = true): Split | undefined {
  const start = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from);
  const end = to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to);
  const up = (at: number, width: number) => Math.ceil(at / width) * width;
  const down = (at: number, width: number) => Math.floor(at / width) * width;
  const [first, last] = [up(start, HOUR_MS), down(end, HOUR_MS)];
  if (first >= last) return undefined;
  const [day, lastDay] = [up(first, DAY_MS), down(last, DAY_MS)];
  const whole: [number, number, 1 | 24][] =
    days && day < lastDay
      ? [
          [first, day, 1],
          [day, lastDay, 24],
          [lastDay, last, 1],
        ]
      : [[first, last, 1]];
  const range = (a: number, b: number): Range => ({ from: instant(a), to: instant(b) });
  return {
    slots: whole.filter(([a, b]) => a < b).map(([a, b, span]) => ({ ...range(a, b), span })),
    ends: [
      ...(start < first ? [range(start, first)] : []),
      ...(last < end ? [range(last, end)] : []),
    ],
  };
}

function instant(at: number): string {
  if (Number.isFinite(at)) return new Date(at).toISOString();
  return at < 0 ? '-infinity' : 'infinity';
}

const dimensions = ['type', 'agent', 'action_type', 'tier', 'classification'] as const;

/** The rows that count what these filters match; undefined when none do. */
function rowsOf(filters: Filters, values: unknown[]): string | undefined {
  const { q, session, action, actor, outcome } = filters;
  if ([q, session, action, actor].some((given) => given !== undefined)) return undefined;
  const given = dimensions.filter((name) => filters[name] !== undefined);
  const [dim] = given;
  if (given.length > 1 || (dim !== undefined && outcome !== undefined)) return undefined;
  if (dim === undefined) {
    const which =
      outcome === undefined
        ? ''
        : ` AND outcome = ANY ($${values.push(valuesOf(outcome))}::text[])`;
    return `dim = 'all'${which}`;
  }
  const wanted = valuesOf(filters[dim] ?? '');
  const kinds = wanted.filter((value) => value.endsWith('.*')).map((value) => value.slice(0, -1));
  const either = [
    `value = ANY ($${values.push(wanted)}::text[])`,
    ...kinds.map((kind) => `starts_with(value, $${values.push(kind)})`),
  ];
  return `dim = '${dim}' AND (${either.join(' OR ')})`;
}

function counted(split: Split, where: string, values: unknown[]): string {
  const parts = split.slots.map(
    ({ span, from, to }) =>
      `SELECT * FROM event_counts WHERE workspace_id = $1 AND span = ${span}
          AND at >= $${values.push(from)}::timestamptz AND at < $${values.push(to)}::timestamptz AND ${where}`,
  );
  return `(${parts.join(' UNION ALL ')}) AS counted`;
}

export async function countedTotal(
  client: PoolClient,
  workspace: string,
  filters: Filters,
): Promise<{ total: number; split: Split } | undefined> {
  const values: unknown[] = [workspace];
  const where = rowsOf(filters, values);
  const split = splitTime(filters);
  if (where === undefined || split === undefined) return undefined;
  const { rows } = await client.query<{ total: string }>(
    `SELECT coalesce(sum(n), 0) AS total FROM ${counted(split, where, values)}`,
    values,
  );
  return { total: Number(rows[0]?.total), split };
}

/** Without any filter, or by outcome alone: a row knows no other two things of an event. */
export async function countedFacets(
  client: PoolClient,
  workspace: string,
  filters: Filters,
): Promise<{ rows: FacetCount[]; split: Split } | undefined> {
  const { outcome, from, to, ...others } = filters;
  const split = splitTime({ from, to });
  if (split === undefined || Object.values(others).some((value) => value !== undefined)) {
    return undefined;
  }
  const values: unknown[] = [workspace];
  const where =
    outcome === undefined ? 'true' : `outcome = ANY ($${values.push(valuesOf(outcome))}::text[])`;
  const { rows } = await client.query<Omit<FacetCount, 'count'> & { count: string }>(
    `SELECT CASE dim WHEN 'all' THEN 'outcome' ELSE dim END AS facet,
            CASE dim WHEN 'all' THEN outcome ELSE value END AS value, sum(n) AS count
       FROM ${counted(split, where, values)} GROUP BY 1, 2`,
    values,
  );
  return {
    rows: rows
      .filter(({ value }) => value !== '')
      .map((row) => ({ ...row, count: Number(row.count) })),
    split,
  };
}

/** Bars of whole hours, beginning at one. */
export async function countedOverTime(
  client: PoolClient,
  workspace: string,
  filters: Filters,
  { width, origin }: Bars,
): Promise<{ rows: TimeCount[]; split: Split } | undefined> {
  const aligned = (unit: number) => width % unit === 0 && Date.parse(origin) % unit === 0;
  const values: unknown[] = [workspace];
  const where = rowsOf(filters, values);
  const split = splitTime(filters, aligned(DAY_MS));
  if (where === undefined || split === undefined || !aligned(HOUR_MS)) return undefined;
  const from = counted(split, where, values);
  const { rows } = await client.query<Omit<TimeCount, 'count'> & { count: string }>(
    `SELECT date_bin($${values.push(width)}::bigint * interval '1 millisecond', at, $${values.push(origin)}::timestamptz) AS at,
            outcome, sum(n) AS count
       FROM ${from} GROUP BY 1, 2`,
    values,
  );
  return { rows: rows.map((row) => ({ ...row, count: Number(row.count) })), split };
}
