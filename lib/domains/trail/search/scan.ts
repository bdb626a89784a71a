/** Looks through the log from an edge on, in stretches, each by the plan that suits what was found so far. */
import type { PoolClient } from '@/lib/infra/trail-db';
import { clock } from '@/lib/kernel/clock';
import type { Filters } from '../schema';
import { ask, SETTINGS } from './ask';
import { chosen, type Lexeme } from './chosen';
import { conditionOf, type Narrowed, narrowedBy } from './condition';
import type { Edge } from './engine';
import { type Beside, halves, type Part, together } from './halves';
import { firstMonth, weighed, ownLexeme, ownShare } from './known';
import {
  type Bounds,
  type Found,
  middleOf,
  monthsOf,
  nextStep,
  type Step,
  stretchLexeme,
  Stretches,
} from './stretches';
import { mustOccur, textQuery } from './words';

export interface Search {
  client: PoolClient;
  workspace: string;
  filters: Filters;
  edge?: Edge | undefined;
  /** Where it may look through long stretches in halves. */
  beside?: Beside;
}

/** One query's part that finds: a table `events` of matches, those next to the edge first. */
export interface Look {
  from: string;
  order: string;
  values: unknown[];
}

const PROBED = 200;
/** Of months that are this many times as long as a stretch, not everything is fetched to be compared. */
const BEYOND = 3;

/** Where fewer of the rows than this are expected to match, a long stretch will follow the first. */
const FEW = 0.001;

/** What the probe came across: its first rows, which match, in the order of the look. */
interface Probing<T> {
  select: string;
  got: (rows: T[]) => void;
}

/** Looks, and says how many matches it got. */
type Take = (look: Look, client: PoolClient) => Promise<number>;

/**
 * Calls `take` for stretch after stretch until it has had `need` matches or the log ends, for
 * both halves of a long one at once, the one next to the edge first. `probing` is given the
 * matches that the probe met on its way; without it the scan begins anew afterwards.
 */
export async function scan<T>(
  search: Search,
  need: number,
  take: Take,
  probing?: Probing<T>,
): Promise<void> {
  const { client, filters } = search;
  await client.query(SETTINGS);
  if (filters.session !== undefined || filters.action !== undefined) {
    const bounds = limitsOf(search);
    await take(lookOf(search, 'index', { bounds, within: bounds }, need), client);
    return;
  }
  const now = clock.now().getTime();
  const known = { from: await firstMonth(client, now), to: now };
  const older = search.edge?.side !== 'newer';
  const stretches = new Stretches(older, limitsOf(search), known);
  const required = requiredOf(filters);
  const found: Found = { rows: 0, ms: 0, hits: 0, worded: 1 };
  let current = search;
  let left = need;
  if (required !== undefined) {
    const probed = await probe<T>(
      search,
      required.words,
      stretches,
      need,
      probing?.select ?? 'NULL AS nothing',
    );
    Object.assign(found, probed.found);
    if (probing) {
      probing.got(probed.rows);
      left -= probed.rows.length;
      if (!probed.reached) return;
      current = { ...search, edge: probed.reached };
      stretches.moveTo(Date.parse(probed.reached.time) + (probed.reached.side === 'older' ? 1 : 0));
    } else stretches.restart();
  }
  const looked = required && (await lookedUp(search, required, found.worded));
  const long = middleOf(limitsOf(current), known) !== undefined;
  if (long && looked && looked.expected < FEW) search.beside?.open();
  while (left > 0 && !stretches.ended) {
    const step = found.rows === 0 ? undefined : nextStep(found, left, looked?.expected);
    const plan = step?.plan ?? 'walk';
    let bounds = stretches.next(step?.ms);
    let terms: string[] = [];
    let within = bounds;
    if (plan === 'index' && looked) {
      const { terms: chosen, timed } = termsOf(looked, bounds, now);
      terms = chosen;
      // Without its hours or days the whole lists of its months are read in any case.
      if (!timed) bounds = stretches.toMonth(bounds);
      // Of months whose lists are read, reading their times too finds nothing more.
      const months = monthsOf(bounds);
      const all = Math.min(months.to, known.to) - Math.max(months.from, known.from);
      within = timed || all < BEYOND * stretches.length ? months : bounds;
    }
    const look = (part: Part) => lookOf(current, plan, part, left, terms);
    const part = { bounds, within };
    const [near = part, far] = plan === 'index' ? halves(part, known, older) : [];
    const second = far && (await search.beside?.client());
    const got =
      far && second
        ? await together([take(look(near), client), take(look(far), second)])
        : await take(look(part), client);
    left -= got;
    if (found.rows > 0) {
      found.rows *= 1 + stretches.length / Math.max(1, found.ms);
      found.ms += stretches.length;
      found.hits += got;
    }
  }
}

/** What every match has in the index. */
interface Required {
  /** That all words occur, where some must. */
  words: string | undefined;
  filters: Narrowed[];
}

/** Undefined when there is nothing to look up. */
function requiredOf(filters: Filters): Required | undefined {
  const text = filters.q === undefined ? undefined : textQuery(filters.q, filters.hashed);
  const words = text !== undefined && mustOccur(text) ? text : undefined;
  const narrowed = narrowedBy(filters);
  return words === undefined && narrowed.length === 0 ? undefined : { words, filters: narrowed };
}

/** What a search can be looked up by, and about how many of the rows match. */
interface Looked {
  lexemes: Lexeme[];
  /** As `ownShare` says it. */
  own: number;
  expected: number;
}

async function lookedUp(
  { client, workspace }: Search,
  { words, filters }: Required,
  worded: number,
): Promise<Looked> {
  const own = await ownShare(client, workspace);
  const lexemes = await weighed(client, workspace, filters, clock.now().getTime());
  if (words !== undefined) lexemes.push({ query: words, share: worded, common: true, lists: 1 });
  const expected = lexemes.reduce((part, { share }) => part * share, 1);
  if (own < 1) lexemes.push(ownLexeme(workspace));
  return { lexemes, own, expected };
}

/** What is looked up in one stretch, in this order, and whether its hours or days are. */
function termsOf(
  { lexemes, own }: Looked,
  bounds: Bounds,
  now: number,
): { terms: string[]; timed: boolean } {
  const stretch = stretchLexeme(bounds, now);
  const taken = chosen(lexemes, own, stretch);
  return {
    terms: taken.map(({ query }) => query),
    timed: stretch !== undefined && taken.includes(stretch),
  };
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
 * index: every match `within` these bounds, then sorted. What the columns say is compared
 * outside, so that the planner, which plans each month, weighs nothing but what is looked up
 * and when.
 */
function lookOf(
  search: Search,
  plan: Step['plan'],
  { bounds, within }: Part,
  limit: number,
  terms: readonly string[] = [],
): Look {
  const { edge, filters, workspace } = search;
  const order = orderOf(edge);
  const { sql, values } = conditionOf(workspace, filters);
  const exact = place(bounds, edge, values);
  const inside = (where: string, more: string) =>
    `(SELECT * FROM (SELECT * FROM events WHERE ${where} OFFSET 0) AS events WHERE ${more}) AS events`;
  const last = (more: string) => `${sql}${more} LIMIT $${values.push(limit)}`;
  if (plan === 'walk') {
    return {
      from: inside(`workspace_id = $1${exact} ORDER BY ${order}`, last('')),
      order,
      values,
    };
  }
  // One session or action is few rows, in an index of its own.
  const few = filters.session !== undefined || filters.action !== undefined;
  const found = terms.map((query) => `search @@ $${values.push(query)}::tsquery`);
  const where = few
    ? `${sql}${exact}`
    : `${found.join(' AND ')}${place(within, undefined, values)}`;
  return { from: inside(where, last(`${exact} ORDER BY ${order}`)), order, values };
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
  words: string | undefined,
  stretches: Stretches,
  need: number,
  select: string,
): Promise<Probed<T>> {
  const found: Found = { rows: 0, ms: 0, hits: 0, worded: 1 };
  const matching: T[] = [];
  let said = 0;
  const most = need > 250 ? PROBED : Math.max(PROBED, 2 * need);
  const side = search.edge?.side ?? 'older';
  const order = orderOf(search.edge);
  let { edge } = search;
  let first: number | undefined;
  while (!stretches.ended && found.rows < most && matching.length < need) {
    const left = most - found.rows;
    const { sql, values } = conditionOf(search.workspace, search.filters);
    const where = `workspace_id = $1${place(stretches.next(), edge, values)}`;
    const has = words === undefined ? 'true' : `search @@ $${values.push(words)}::tsquery`;
    // Rows come in the order they are walked; to sort them again would walk them all first.
    const rows = await ask<Walked>(
      search.client,
      `SELECT nth::int, said::int, hit, ${ISO_TIME} AS walked_time, idx AS walked_idx, ${select} FROM (
         SELECT *, row_number() OVER w AS nth, count(*) FILTER (WHERE has) OVER w AS said FROM (
           SELECT *, (${sql}) AS hit, ${has} AS has FROM events WHERE ${where} ORDER BY ${order} LIMIT ${left}) AS events
         WINDOW w AS (ROWS UNBOUNDED PRECEDING)) AS events
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
    said += last.said;
    found.worded = (said + 1) / (found.rows + 1);
    found.ms = Math.abs(Date.parse(last.walked_time) - first);
    edge = { side, time: last.walked_time, index: last.walked_idx };
  }
  const over = matching.length >= need || found.rows < most;
  return { found, rows: matching, ...(over || !edge ? {} : { reached: edge }) };
}

interface Walked {
  nth: number;
  said: number;
  hit: boolean | null;
  walked_time: string;
  walked_idx: string;
}
