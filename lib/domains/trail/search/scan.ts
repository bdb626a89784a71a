/** Looks through the log from an edge on, in stretches, each by the plan that suits what was found so far. */
import type { PoolClient } from '@/lib/infra/trail-db';
import { clock } from '@/lib/kernel/clock';
import type { Filters } from '../schema';
import { anyOf, conditionOf, lexemeQuery } from './condition';
import type { Edge } from './engine';
import { type Bounds, type Found, nextStep, Stretches, timeLexemes } from './stretches';
import { mustOccur, textQuery } from './words';

export interface Search {
  client: PoolClient;
  workspace: string;
  filters: Filters;
  edge?: Edge | undefined;
}

/** One query's part that finds: a table `events` of matches, those next to the edge first. */
export interface Look {
  from: string;
  order: string;
  values: unknown[];
}

const PROBED = 400;

const plans = {
  walk: `SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = on; SET LOCAL enable_bitmapscan = off;
         SET LOCAL statement_timeout = '20s'`,
  index: 'SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = on',
  any: 'SET LOCAL enable_indexscan = on; SET LOCAL enable_bitmapscan = on',
};

/** What the probe came across: its first rows, which match, in the order of the look. */
interface Probing<T> {
  select: string;
  got: (rows: T[]) => void;
}

/**
 * Calls `take` for stretch after stretch until it has had `need` matches or the log ends; it
 * says how many it got. `probing` is given the matches that the probe met on its way; without
 * it the scan begins anew afterwards.
 */
export async function scan<T>(
  search: Search,
  need: number,
  take: (look: Look) => Promise<number>,
  probing?: Probing<T>,
): Promise<void> {
  const { client, filters } = search;
  let plan: keyof typeof plans = 'walk';
  const follow = async (wanted: keyof typeof plans) => {
    if (wanted !== plan) await client.query(plans[wanted]);
    plan = wanted;
  };
  await client.query(plans.walk);
  if (filters.session !== undefined || filters.action !== undefined) {
    await follow('any');
    await take(lookOf(search, limitsOf(search), need));
    return;
  }
  const now = clock.now().getTime();
  const known = { from: await firstMonth(client, now), to: now };
  const stretches = new Stretches(search.edge?.side !== 'newer', limitsOf(search), known);
  const lexemes = requiredOf(filters);
  const found: Found = { rows: 0, ms: 0, hits: 0 };
  let current = search;
  let left = need;
  if (lexemes !== undefined) {
    const probed = await probe<T>(search, stretches, need, probing?.select ?? 'NULL AS nothing');
    Object.assign(found, probed.found);
    if (probing) {
      probing.got(probed.rows);
      left -= probed.rows.length;
      if (!probed.reached) return;
      current = { ...search, edge: probed.reached };
      stretches.moveTo(Date.parse(probed.reached.time) + (probed.reached.side === 'older' ? 1 : 0));
    } else stretches.restart();
  }
  while (left > 0 && !stretches.ended) {
    const step = found.rows === 0 ? undefined : nextStep(found, left);
    const wanted = step?.plan ?? 'walk';
    await follow(wanted);
    const bounds = stretches.next(step?.ms);
    const times = timeLexemes(bounds, now);
    const terms = [lexemes ?? [], times.length > 0 ? anyOf(times) : []].flat();
    const got = await take(lookOf(current, bounds, left, wanted === 'index' ? terms : []));
    left -= got;
    if (found.rows > 0) {
      found.rows *= 1 + stretches.length / Math.max(1, found.ms);
      found.ms += stretches.length;
      found.hits += got;
    }
  }
}

/** What every match has in the index; undefined when there is nothing to look up. */
function requiredOf(filters: Filters): string[] | undefined {
  const text = filters.q === undefined ? undefined : textQuery(filters.q);
  const narrowed = lexemeQuery(filters);
  if (narrowed !== undefined) return [narrowed];
  return text !== undefined && mustOccur(text) ? [] : undefined;
}

/** Where the filters and the edge let a scan go. */
function limitsOf({ filters, edge }: Search): Bounds {
  const from = filters.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(filters.from);
  const to = filters.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(filters.to);
  if (edge === undefined) return { from, to };
  const at = Date.parse(edge.time);
  return edge.side === 'older'
    ? { from, to: Math.min(to, at + 1) }
    : { from: Math.max(from, at), to };
}

/** The part of the `where` that says where to look, with its values after `values`. */
function place(bounds: Bounds, edge: Edge | undefined, values: unknown[]): string {
  const parts: string[] = [];
  const add = (value: unknown) => `$${values.push(value)}`;
  if (Number.isFinite(bounds.from)) parts.push(`time >= ${add(iso(bounds.from))}::timestamptz`);
  if (Number.isFinite(bounds.to)) parts.push(`time < ${add(iso(bounds.to))}::timestamptz`);
  if (edge !== undefined) {
    const sign = edge.side === 'older' ? '<' : '>';
    parts.push(`(time, idx) ${sign} (${add(edge.time)}::timestamptz, ${add(edge.index)}::bigint)`);
  }
  return parts.map((part) => ` AND ${part}`).join('');
}

const iso = (at: number) => new Date(at).toISOString();

function orderOf(edge: Edge | undefined): string {
  return edge?.side === 'newer' ? 'events.time, events.idx' : 'events.time DESC, events.idx DESC';
}

function lookOf(
  search: Search,
  bounds: Bounds,
  limit: number,
  terms: readonly string[] = [],
): Look {
  const { sql, values } = conditionOf(search.workspace, search.filters);
  const order = orderOf(search.edge);
  const looked =
    terms.length > 0 ? ` AND search @@ $${values.push(terms.join(' & '))}::tsquery` : '';
  const where = sql + looked + place(bounds, search.edge, values);
  const from = `(SELECT * FROM events WHERE ${where} ORDER BY ${order} LIMIT ${Math.floor(limit)}) AS events`;
  return { from, order, values };
}

interface Probed<T> {
  found: Found;
  rows: T[];
  /** The last row it looked at; absent when nothing is left beyond it or no more is needed. */
  reached?: Edge;
}

const ISO = (time: string) =>
  `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Walks the first few hundred rows, whether they match or not. */
async function probe<T>(
  search: Search,
  stretches: Stretches,
  need: number,
  select: string,
): Promise<Probed<T>> {
  const found: Found = { rows: 0, ms: 0, hits: 0 };
  const rows: T[] = [];
  const most = need > 250 ? PROBED : Math.max(PROBED, 4 * need);
  const side = search.edge?.side ?? 'older';
  let { edge } = search;
  let first: number | undefined;
  while (!stretches.ended && found.rows < most && rows.length < need) {
    const { sql, values } = conditionOf(search.workspace, search.filters);
    values.push(search.workspace);
    const workspace = `$${values.length}`;
    const order = orderOf(search.edge);
    const where = `workspace_id = ${workspace}${place(stretches.next(), edge, values)}`;
    const text = `
      WITH walked AS MATERIALIZED (
        SELECT *, row_number() OVER () AS nth FROM (
          SELECT *, (${sql}) AS hit FROM events WHERE ${where} ORDER BY ${order} LIMIT ${most - found.rows}) AS events)
      SELECT far.seen, far.hits, far.first, far.last, far.last_idx, matching.*
        FROM (SELECT count(*)::int AS seen, count(*) FILTER (WHERE hit)::int AS hits,
                     ${ISO('max(time) FILTER (WHERE nth = 1)')} AS first,
                     (SELECT ${ISO('time')} FROM walked ORDER BY nth DESC LIMIT 1) AS last,
                     (SELECT idx FROM walked ORDER BY nth DESC LIMIT 1) AS last_idx
                FROM walked) AS far
        LEFT JOIN (SELECT nth, ${select} FROM walked AS events WHERE hit ORDER BY nth LIMIT ${need - rows.length}) AS matching ON true
       ORDER BY nth`;
    const result = await search.client.query(text, values);
    const [far] = result.rows as {
      seen: number;
      hits: number;
      first: string;
      last: string;
      last_idx: string;
    }[];
    if (!far || far.seen === 0) continue;
    rows.push(...result.rows.filter((row: { nth: string | null }) => row.nth !== null));
    first ??= Date.parse(far.first);
    found.rows += far.seen;
    found.hits += far.hits;
    found.ms = Math.abs(Date.parse(far.last) - first);
    edge = { side, time: far.last, index: far.last_idx };
  }
  const over = rows.length >= need || (stretches.ended && found.rows < most);
  return { found, rows, ...(over || !edge ? {} : { reached: edge }) };
}

const KNOWN_MS = 60_000;
let month: { first: number; until: number } | undefined;

/** When the oldest month of the trail begins; scans go past it all the same, in their last stretch. */
async function firstMonth(client: PoolClient, now: number): Promise<number> {
  if (month && month.until > now) return month.first;
  const { rows } = await client.query<{ name: string | null }>(
    `SELECT min(relname) AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'events'::regclass`,
  );
  const [, year = '', of = ''] = /(\d{4})(\d{2})$/.exec(rows[0]?.name ?? '') ?? [];
  const first = year === '' ? now : Date.UTC(Number(year), Number(of) - 1, 1);
  month = { first, until: now + KNOWN_MS };
  return first;
}
