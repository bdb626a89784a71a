/**
 * Search through the copy in ClickHouse. What is not copied yet is looked through in the trail,
 * so both engines find the same at every moment; and whenever the copy cannot be relied on,
 * the trail answers alone.
 */
import { ClickHouseFailure, ownRows } from '@/lib/infra/clickhouse';
import { logger } from '@/lib/infra/logger';
import type { PoolClient } from '@/lib/infra/trail-db';
import { clock } from '@/lib/kernel/clock';
import { type EventRow, reading } from '../../repo';
import type { Filters } from '../../schema';
import type { Edge, FacetCount, PageWanted, SearchEngine, TimeCount } from '../engine';
import { postgresSearch } from '../postgres';
import { facetsIn, mergedFacets, mergedTimes, timesIn } from '../tally';
import { copyCondition } from './condition';
import { confirmed, freshEvents, freshOf, type Key } from './record';
import { copied, dueRemovals, logged } from './state';
import { EVENTS } from './tables';

/** More that is not copied yet is quicker found by the trail's own index. */
const MOST_BEHIND = 5_000;
/** A copy that does not even say how far it has come is not waited for. */
const STATE_MS = 5_000;
/** How long nothing is asked of ClickHouse when it is away. */
const AWAY_MS = 30_000;

export const clickhouseSearch: SearchEngine = {
  findEvents: (workspace, filters, page) =>
    throughCopy(
      workspace,
      (copy) => findPage(copy, filters, page),
      () => postgresSearch.findEvents(workspace, filters, page),
    ),

  countEvents: (workspace, filters, cap) =>
    throughCopy(
      workspace,
      async (copy) => {
        const where = copyCondition(filters, copy.position);
        const rows = await ownRows<{ found: number }>(workspace, {
          ...{ select: 'count() AS found', table: EVENTS, where },
        });
        const fresh = await inFresh(copy, filters, async (client, { from, values }) => {
          const text = `SELECT count(*)::int AS found FROM ${from}`;
          return (await client.query<{ found: number }>(text, values)).rows[0]?.found ?? 0;
        });
        return { count: Number(rows[0]?.found ?? 0) + (fresh ?? 0), exact: true };
      },
      () => postgresSearch.countEvents(workspace, filters, cap),
    ),

  facets: (workspace, filters, over) =>
    throughCopy(
      workspace,
      async (copy) => {
        const rows = await ownRows<FacetCount>(workspace, {
          select: `arrayJoin([${facetColumns}]) AS one, one.1 AS facet, one.2 AS value, toUInt32(count()) AS count`,
          table: EVENTS,
          where: copyCondition(filters, copy.position),
          rest: { sql: `GROUP BY one HAVING value != ''`, values: {} },
        });
        const fresh = await inFresh(copy, filters, facetsIn);
        return { rows: mergedFacets([...rows, ...(fresh?.rows ?? [])]), exact: true };
      },
      () => postgresSearch.facets(workspace, filters, over),
    ),

  histogram: (workspace, filters, bars, over) =>
    throughCopy(
      workspace,
      async (copy) => {
        const bar = 'floor((toUnixTimestamp64Milli(time) - {origin:Int64}) / {width:Int64})';
        const origin = Date.parse(bars.origin);
        const rows = await ownRows<{ bar: number; outcome: string; count: number }>(workspace, {
          select: `toInt64(${bar}) AS bar, outcome, toUInt32(count()) AS count`,
          table: EVENTS,
          where: copyCondition(filters, copy.position),
          rest: { sql: 'GROUP BY bar, outcome', values: { origin, width: bars.width } },
        });
        const drawn: TimeCount[] = rows.map((row) => ({
          ...{ outcome: row.outcome, count: row.count },
          at: new Date(origin + Number(row.bar) * bars.width),
        }));
        const fresh = await inFresh(copy, filters, (client, found) => timesIn(client, found, bars));
        return { rows: mergedTimes([...drawn, ...(fresh ?? [])]), exact: true };
      },
      () => postgresSearch.histogram(workspace, filters, bars, over),
    ),

  firstTime: (workspace) => postgresSearch.firstTime(workspace),
};

const facetColumns = [
  `('type', toString(type))`,
  `('agent', agent_id)`,
  `('actor', actor_id)`,
  `('action_type', action_type)`,
  `('outcome', toString(outcome))`,
  `('tier', if(tier < 0, '', toString(tier)))`,
  `('classification', toString(classification))`,
].join(', ');

/** A copy that can be relied on before `position`, of a log that reaches to `size`. */
interface Copy {
  workspace: string;
  position: number;
  size: number;
}

let awayUntil = 0;

async function throughCopy<T>(
  workspace: string,
  work: (copy: Copy) => Promise<T>,
  alone: () => Promise<T>,
): Promise<T> {
  const now = clock.now().getTime();
  if (now < awayUntil) return alone();
  try {
    const [copy, log] = await Promise.all([copied(workspace, STATE_MS), logged(workspace)]);
    const behind = log.size - copy.position;
    // Longer than its log it is of another one; and what retention has removed is not counted.
    if (behind < 0 || behind > MOST_BEHIND || dueRemovals(copy, log).length > 0) {
      return await alone();
    }
    return await work({ workspace, position: copy.position, size: log.size });
  } catch (error) {
    if (!(error instanceof ClickHouseFailure)) throw error;
    if (error.away) awayUntil = now + AWAY_MS;
    logger.warn({ err: error, workspace }, 'ClickHouse did not answer a search; PostgreSQL does');
    return alone();
  }
}

/** Asks the trail about what is not copied yet; undefined where everything is. */
async function inFresh<T>(
  { workspace, position, size }: Copy,
  filters: Filters,
  work: (client: PoolClient, fresh: ReturnType<typeof freshOf>) => Promise<T>,
): Promise<T | undefined> {
  if (position >= size) return undefined;
  return reading(workspace, (client) => work(client, freshOf(workspace, filters, position)));
}

/** The matches next to the edge, of the copy and of what is not copied yet, newest first. */
async function findPage(
  copy: Copy,
  filters: Filters,
  { edge, limit }: PageWanted,
): Promise<EventRow[]> {
  const { workspace, position, size } = copy;
  const side = edge?.side ?? 'older';
  const found: EventRow[] = [];
  let at = edge;
  // Once, unless the trail says otherwise than its copy.
  for (let more = true; more && found.length < limit;) {
    const keys = await copiedKeys(copy, filters, at, limit);
    const last = keys.at(-1);
    if (last) {
      const rows = await reading(workspace, (c) => confirmed(c, workspace, filters, keys));
      found.push(...rows);
      at = { side, time: last.time, index: last.idx };
    }
    more = keys.length === limit;
  }
  if (position < size) {
    const fresh = freshOf(workspace, filters, position, edge);
    found.push(...(await reading(workspace, (c) => freshEvents(c, fresh, side, limit))));
  }
  const older = found.toSorted(newestFirst);
  return side === 'newer' ? older.slice(-limit) : older.slice(0, limit);
}

async function copiedKeys(
  { workspace, position }: Copy,
  filters: Filters,
  edge: Edge | undefined,
  limit: number,
): Promise<Key[]> {
  const order = edge?.side === 'newer' ? 'ASC' : 'DESC';
  const rows = await ownRows<{ at: number | string; nth: number | string }>(workspace, {
    select: 'toUnixTimestamp64Milli(time) AS at, idx AS nth',
    table: EVENTS,
    where: copyCondition(filters, position, edge),
    rest: { sql: `ORDER BY time ${order}, idx ${order} LIMIT {limit:UInt32}`, values: { limit } },
  });
  return rows.map(({ at, nth }) => ({
    time: new Date(Number(at)).toISOString(),
    idx: String(nth),
  }));
}

function newestFirst(a: EventRow, b: EventRow): number {
  if (a.time !== b.time) return a.time < b.time ? 1 : -1;
  return Number(b.idx) - Number(a.idx);
}
