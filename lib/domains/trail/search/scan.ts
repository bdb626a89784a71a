/** Looks through the log from an edge on, in stretches, each by the plan that suits what was found so far. */
import { LRUCache } from 'lru-cache';
import type { PoolClient } from '@/lib/infra/trail-db';
import { clock } from '@/lib/kernel/clock';
import type { Filters } from '../schema';
import { anyOf, conditionOf, lexemeQueries } from './condition';
import type { Edge } from './engine';
import { lexeme, quoted } from './lexemes';
import { type Bounds, type Found, nextStep, type Step, Stretches, timeLexemes } from './stretches';
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

const PROBED = 300;

/** Nothing here is ever worth reading a whole table; a search that takes this long is ended. */
const SETTINGS = `SET LOCAL enable_seqscan = off; SET LOCAL statement_timeout = '20s'; SET LOCAL plan_cache_mode = force_custom_plan`;

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
  await client.query(SETTINGS);
  if (filters.session !== undefined || filters.action !== undefined) {
    await take(lookOf(search, 'index', limitsOf(search), need));
    return;
  }
  const now = clock.now().getTime();
  const known = { from: await firstMonth(client, now), to: now };
  const stretches = new Stretches(search.edge?.side !== 'newer', limitsOf(search), known);
  const lexemes = requiredOf(filters);
  const small = lexemes !== undefined && (await isSmall(search));
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
    const plan = step?.plan ?? 'walk';
    const bounds = stretches.next(step?.ms);
    const times = timeLexemes(bounds, now);
    const terms = [lexemes ?? [], small ? ownOf(search) : [], times.length > 0 ? anyOf(times) : []];
    const got = await take(lookOf(current, plan, bounds, left, terms.flat()));
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
  const text = filters.q === undefined ? undefined : textQuery(filters.q, filters.hashed);
  const narrowed = lexemeQueries(filters);
  if (narrowed.length > 0) return narrowed;
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

function orderOf(edge: Edge | undefined, time = 'events.time'): string {
  return edge?.side === 'newer' ? `${time}, events.idx` : `${time} DESC, events.idx DESC`;
}

/**
 * Walking: the rows in the order of their time, each compared until there are enough. By the
 * index of words: every match of the stretch, then sorted; told to sort by what no index has
 * the order of, the planner does not walk instead.
 */
function lookOf(
  search: Search,
  plan: Step['plan'],
  bounds: Bounds,
  limit: number,
  terms: readonly string[] = [],
): Look {
  const { sql, values } = conditionOf(
    search.workspace,
    search.filters,
    plan === 'index' ? terms : [],
  );
  const order = orderOf(search.edge);
  if (plan === 'walk') {
    const inside = `workspace_id = $1${place(bounds, search.edge, values)}`;
    const from = `(SELECT * FROM (SELECT * FROM events WHERE ${inside} ORDER BY ${order} OFFSET 0) AS events WHERE ${sql} LIMIT $${values.push(limit)}) AS events`;
    return { from, order, values };
  }
  const where = sql + place(bounds, search.edge, values);
  const unindexed = orderOf(search.edge, `(events.time + interval '0')`);
  const from = `(SELECT * FROM events WHERE ${where} ORDER BY ${unindexed} LIMIT $${values.push(limit)}) AS events`;
  return { from, order, values };
}

/** Statements that connections keep parsed; beyond these they are parsed anew each time. */
const MOST_NAMED = 400;
const named = new Map<string, string>();

/** Sends a query whose text is likely to come again with other values. */
export async function ask<T extends object>(
  client: PoolClient,
  text: string,
  values: unknown[],
): Promise<T[]> {
  if (!named.has(text) && named.size < MOST_NAMED) named.set(text, `search-${named.size}`);
  const name = named.get(text);
  return (await client.query<T>({ text, values, ...(name === undefined ? {} : { name }) })).rows;
}

interface Probed<T> {
  found: Found;
  rows: T[];
  /** The last row it looked at; absent when nothing is left beyond it or no more is needed. */
  reached?: Edge;
}

const ISO_TIME = `to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * Walks the first few hundred rows, whether they match or not. The first and the last of them
 * come along, and tell what time they cover.
 */
async function probe<T>(
  search: Search,
  stretches: Stretches,
  need: number,
  select: string,
): Promise<Probed<T>> {
  const found: Found = { rows: 0, ms: 0, hits: 0 };
  const matching: T[] = [];
  const most = need > 250 ? PROBED : Math.max(PROBED, 4 * need);
  const side = search.edge?.side ?? 'older';
  const order = orderOf(search.edge);
  let { edge } = search;
  let first: number | undefined;
  while (!stretches.ended && found.rows < most && matching.length < need) {
    const left = most - found.rows;
    const { sql, values } = conditionOf(search.workspace, search.filters);
    const where = `workspace_id = $1${place(stretches.next(), edge, values)}`;
    // Rows come in the order they are walked; to sort them again would walk them all first.
    const rows = await ask<Walked>(
      search.client,
      `SELECT nth::int, hit, ${ISO_TIME} AS walked_time, idx AS walked_idx, ${select} FROM (
         SELECT *, row_number() OVER () AS nth FROM (
           SELECT *, (${sql}) AS hit FROM events WHERE ${where} ORDER BY ${order} LIMIT ${left}) AS events) AS events
        WHERE hit OR nth IN (1, ${left}) LIMIT ${need - matching.length + 2}`,
      values,
    );
    const hits = rows.filter(({ hit }) => hit).slice(0, need - matching.length);
    matching.push(...(hits as T[]));
    found.hits += hits.length;
    const [start, last] = [rows[0], rows.at(-1)];
    if (!start || !last) continue;
    first ??= Date.parse(start.walked_time);
    found.rows += last.nth;
    found.ms = Math.abs(Date.parse(last.walked_time) - first);
    edge = { side, time: last.walked_time, index: last.walked_idx };
  }
  const over = matching.length >= need || found.rows < most;
  return { found, rows: matching, ...(over || !edge ? {} : { reached: edge }) };
}

interface Walked {
  nth: number;
  hit: boolean | null;
  walked_time: string;
  walked_idx: string;
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

/** Above this share of all events, looking for the workspace in the index costs more than it spares. */
const LARGE = 0.25;
const SHARE_KNOWN_MS = 600_000;
const shares = new LRUCache<string, boolean>({ max: 10_000, ttl: SHARE_KNOWN_MS });

/** Whether the workspace has few of the trail's events, so that most that have a word are others'. */
async function isSmall({ client, workspace }: Search): Promise<boolean> {
  const known = shares.get(workspace);
  if (known !== undefined) return known;
  const { rows } = await client.query<{ own: number; all: number }>(
    `SELECT (SELECT coalesce(sum(n), 0)::float8 FROM event_counts WHERE workspace_id = $1 AND span = 24 AND dim = 'all') AS own,
            (SELECT sum(reltuples)::float8 FROM pg_inherits JOIN pg_class ON oid = inhrelid
              WHERE inhparent = 'events'::regclass AND reltuples > 0) AS all`,
    [workspace],
  );
  const [{ own, all } = { own: 0, all: 0 }] = rows;
  const small = own < LARGE * all || !all;
  shares.set(workspace, small);
  return small;
}

function ownOf({ workspace }: Search): string {
  return quoted(lexeme('workspace', workspace));
}
