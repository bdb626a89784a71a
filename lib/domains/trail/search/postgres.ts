import type { PoolClient } from '@/lib/infra/trail-db';
import { unavailable } from '@/lib/kernel/problem';
import { type EventRow, LIST, reading } from '../repo';
import { ask } from './ask';
import { countedFacets, countedOverTime, countedTotal, type Split } from './counts';
import { Beside } from './halves';
import type { Bars, FacetCount, SearchEngine, TimeCount } from './engine';
import { type Look, scan, type Search } from './scan';
import { facetsIn, mergedFacets, mergedTimes, timesIn } from './tally';

/** Search in the trail database itself. */
export const postgresSearch: SearchEngine = {
  findEvents: (workspace, filters, { edge, limit }) =>
    searching(workspace, async (client) => {
      const parts: EventRow[][] = [];
      const beside = new Beside(workspace);
      await scan<EventRow>(
        { client, workspace, filters, edge, beside },
        limit,
        async ({ from, order, values }, on) => {
          const text = `SELECT ${LIST} FROM ${from} ORDER BY ${order}`;
          const rows: EventRow[] = [];
          parts.push(rows);
          rows.push(...(await ask<EventRow>(on, text, values)));
          return rows.length;
        },
        { select: LIST, got: (rows) => parts.push(rows) },
      ).finally(() => beside.close());
      const found = parts.flat().slice(0, limit);
      return edge?.side === 'newer' ? found.toReversed() : found;
    }),

  countEvents: (workspace, filters, cap) =>
    searching(workspace, async (client) => {
      const search = { client, workspace, filters };
      const known = await countedTotal(client, workspace, filters);
      if (known === undefined) {
        const [count] = await total(search, cap + 1);
        return { count: Math.min(count, cap), exact: count <= cap };
      }
      const ends = await atEnds(search, known.split, (end) => total(end, ALL));
      return { count: known.total + ends.reduce((sum, count) => sum + count, 0), exact: true };
    }),

  facets: (workspace, filters, over) =>
    searching(workspace, async (client) => {
      const search = { client, workspace, filters };
      const known = await countedFacets(client, workspace, filters);
      if (known === undefined) return byFacet(search, over);
      const ends = await atEnds(search, known.split, async (end) => (await byFacet(end, ALL)).rows);
      return { rows: mergedFacets([...known.rows, ...ends]), exact: true };
    }),

  histogram: (workspace, filters, bars, over) =>
    searching(workspace, async (client) => {
      const search = { client, workspace, filters };
      const known = await countedOverTime(client, workspace, filters, bars);
      if (known === undefined) return byTime(search, bars, over);
      const ends = await atEnds(
        search,
        known.split,
        async (end) => (await byTime(end, bars, ALL)).rows,
      );
      return { rows: mergedTimes([...known.rows, ...ends]), exact: true };
    }),

  firstTime: (workspace) =>
    reading(workspace, async (client) => {
      const text = 'SELECT min(time) AS time FROM events WHERE workspace_id = $1';
      const { rows } = await client.query<{ time: Date | null }>(text, [workspace]);
      return rows[0]?.time ?? undefined;
    }),
};

/** More than any log has. */
const ALL = 1_000_000_000_000;

/** What the ends of a range, less than an hour each, add to the counts of its hours. */
async function atEnds<T>(
  search: Search,
  { ends }: Split,
  count: (search: Search) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (const end of ends) {
    found.push(...(await count({ ...search, filters: { ...search.filters, ...end } })));
  }
  return found;
}

async function total(search: Search, most: number): Promise<[number]> {
  let sum = 0;
  await scan(search, most, async ({ from, values }) => {
    const text = `SELECT count(*)::int AS found FROM ${from}`;
    const rows = await ask<{ found: number }>(search.client, text, values);
    const got = rows[0]?.found ?? 0;
    sum += got;
    return got;
  });
  return [sum];
}

async function byFacet(search: Search, over: number) {
  const parts: FacetCount[] = [];
  const exact = await overNewest(search, over, async (look) => {
    const { rows, total: got } = await facetsIn(search.client, look);
    parts.push(...rows);
    return got;
  });
  return { rows: mergedFacets(parts), exact };
}

async function byTime(search: Search, bars: Bars, over: number) {
  const parts: TimeCount[] = [];
  const exact = await overNewest(search, over, async (look) => {
    const rows = await timesIn(search.client, look, bars);
    parts.push(...rows);
    return rows.reduce((sum, { count }) => sum + count, 0);
  });
  return { rows: mergedTimes(parts), exact };
}

/** Whether there were fewer matches than are counted. */
async function overNewest(
  search: Search,
  over: number,
  take: (look: Look) => Promise<number>,
): Promise<boolean> {
  let sum = 0;
  await scan(search, over, async (look) => {
    const got = await take(look);
    sum += got;
    return got;
  });
  return sum < over;
}

/** A search that a query makes too expensive ends, and says what to do. */
async function searching<T>(
  workspace: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return reading(workspace, work).catch((error: unknown) => {
    if ((error as { code?: string } | null)?.code !== '57014') throw error;
    throw unavailable(
      'search_took_too_long',
      'This search took too long and was ended. Narrow it by time, or by one word more.',
      error,
    );
  });
}
