/**
 * Search: the first screen of 50 rows for rare, medium, common and no words, 40 of each in
 * turn, with each of the page's filters, beside a keyset page of 50 rows of the same log in
 * the same run. Rounds of both alternate, so that a busy machine is as busy for both.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { searchEvents } from '@/lib/domains/trail/server';
import { roleUrl } from '@/lib/infra/db-roles';
import type { BenchOptions } from '../options';
import { type Seeded, seedSearch } from './search-seed';
import { onServer } from './server';

type Filters = Parameters<typeof searchEvents>[1];

const LIMIT = 50;
const WARM_UP = 20;
/** Filters of several things at once. */
const COMBINED = /^(two|four) /;
const DAY_MS = 86_400_000;

/** `events` are in the workspace that is searched; a tenth as many are in others. */
export async function run({
  events = 3_650_000,
  data,
}: Pick<BenchOptions, 'events' | 'data'>): Promise<unknown> {
  const kept = data === undefined ? undefined : path.join(data, 'seeded.json');
  return onServer(async () => {
    if (kept !== undefined && existsSync(kept)) {
      const { seeded, now, ...of } = JSON.parse(readFileSync(kept, 'utf8')) as Kept;
      console.log(`search: ${of.events.toLocaleString('en')} events of before`);
      return { ...of, ...(await measureSearch(seeded, new Date(now))) };
    }
    const began = performance.now();
    const now = new Date();
    const seeded = await seedSearch(events, now);
    const seconds = Math.round((performance.now() - began) / 1_000);
    console.log(`search: ${events.toLocaleString('en')} events in ${seconds} s`);
    if (kept !== undefined) writeFileSync(kept, JSON.stringify({ events, seeded, now }));
    return { events, ...(await measureSearch(seeded, now)) };
  }, data);
}

interface Kept {
  events: number;
  seeded: Seeded;
  now: string;
}

/** Measures what is seeded already; the environment says where. */
async function measureSearch(seeded: Seeded, now: Date) {
  const filters = filtersOf(seeded, now.getTime());
  const { workspace } = seeded;
  const page = (given: Filters, cursor?: string) =>
    timed(() => searchEvents(workspace, given, { cursor, limit: LIMIT }));
  const cursors = Array.from({ length: 40 }, (_, at) =>
    cursorAt(now.getTime() - (at + 1) * 8 * DAY_MS),
  );
  for (let at = 0; at < WARM_UP; at += 1) await page({ q: 'warm up' }, cursors[at]);
  const baseline: number[] = [];
  const cells: { words: string; filter: string; p50: number; p95: number }[] = [];
  for (const [words, terms] of Object.entries({
    none: cursors.map(() => undefined),
    ...seeded.words,
  })) {
    for (const [filter, given] of Object.entries(filters)) {
      const times: number[] = [];
      for (const [at, q] of terms.entries()) {
        times.push(await page({ ...given, q }));
        if (at % 4 === 0) baseline.push(await page({}, cursors[at]));
      }
      cells.push({ words, filter, p50: percentile(times, 0.5), p95: percentile(times, 0.95) });
    }
  }
  const base = { p50: percentile(baseline, 0.5), p95: percentile(baseline, 0.95) };
  const ratio = (ms: number) => Math.round((ms / base.p95) * 100) / 100;
  const results = cells.map((cell) => ({ ...cell, ratio: ratio(cell.p95) }));
  const worstOf = (cells: typeof results) => Math.max(...cells.map((cell) => cell.ratio));
  const worst = worstOf(results.filter(({ filter }) => !COMBINED.test(filter)));
  const combined = worstOf(results.filter(({ filter }) => COMBINED.test(filter)));
  report(base, results);
  const sequential = await plans(seeded, filters);
  console.log(
    `search: worst p95 ${worst} times the p95 of a keyset page with any one filter, ${combined} with two or four at once; ${sequential} sequential scans`,
  );
  return { baseline: base, results, worst, combined, sequential };
}

/** The filters of the page, each alone and some together. */
function filtersOf({ agents, members, actionTypes }: Seeded, now: number): Record<string, Filters> {
  const back = (days: number) => new Date(now - days * DAY_MS).toISOString();
  return {
    'no filter': {},
    type: { type: 'action.decided' },
    'types of a kind': { type: 'action.*' },
    agent: { agent: agents[3] },
    'action type': { action_type: actionTypes[6] },
    actor: { actor: members[4] },
    outcome: { outcome: 'hold' },
    'either outcome': { outcome: 'deny,failed' },
    tier: { tier: '3' },
    classification: { classification: 'Restricted' },
    'last week': { from: back(7) },
    'a month in between': { from: back(200), to: back(170) },
    'two at once': { action_type: actionTypes[4], classification: 'Restricted' },
    'two that rarely meet': { actor: members[4], action_type: actionTypes[7] },
    'two that never meet': { outcome: 'approved', tier: '3' },
    'four at once': {
      ...{ type: 'action.decided', outcome: 'deny', agent: agents[2], from: back(300) },
    },
    'four that rarely meet': {
      ...{ action_type: actionTypes[6], tier: '3', classification: 'Restricted', agent: agents[7] },
    },
  };
}

function cursorAt(time: number): string {
  const key = ['older', new Date(time).toISOString(), '999999999999'];
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The best of three, so that what else the machine does counts neither for nor against. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let at = 0; at < 3; at += 1) {
    const began = performance.now();
    await work();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1);
  return Math.round((sorted[at] ?? 0) * 100) / 100;
}

function report(
  base: { p50: number; p95: number },
  results: readonly { words: string; filter: string; p50: number; p95: number; ratio: number }[],
): void {
  console.log(`  a keyset page of ${LIMIT}: p50 ${base.p50} ms, p95 ${base.p95} ms`);
  for (const { words, filter, p50, p95, ratio } of results) {
    console.log(
      `  ${words.padEnd(7)} ${filter.padEnd(21)} p50 ${String(p50).padStart(7)} ms   p95 ${String(p95).padStart(7)} ms   ${ratio}`,
    );
  }
}

/** Prints which index each query of a search reads, and counts the sequential scans. */
async function plans(seeded: Seeded, filters: Record<string, Filters>): Promise<number> {
  let sequential = 0;
  for (const [kind, terms] of Object.entries({ none: [undefined], ...seeded.words })) {
    for (const [name, given] of Object.entries(filters)) {
      const statements = await statementsOf(() =>
        searchEvents(seeded.workspace, { ...given, q: terms[0] }, { limit: LIMIT }),
      );
      const scans = await scansOf(seeded.workspace, statements);
      sequential += scans.filter((scan) => scan.startsWith('Seq Scan')).length;
      console.log(`  ${kind}, ${name}: ${scans.join('; ')}`);
    }
  }
  return sequential;
}

type Statement = [text: string, values: unknown[] | undefined];

function isNamed(given: unknown): given is { text: string; values: unknown[] } {
  return typeof given === 'object' && given !== null && 'text' in given && 'values' in given;
}

/** What a piece of work sends to the database. */
async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = [];
  const client = pg.Client.prototype as unknown as { query: (...given: unknown[]) => unknown };
  const { query } = client;
  client.query = function record(...given) {
    const [first, second] = given;
    if (typeof first === 'string') sent.push([first, second as unknown[] | undefined]);
    else if (isNamed(first)) sent.push([first.text, first.values]);
    return query.apply(this, given);
  };
  try {
    await work();
  } finally {
    client.query = query;
  }
  return sent;
}

/** Each kind of scan of the statements' plans with how many there are of it. */
async function scansOf(workspace: string, statements: readonly Statement[]): Promise<string[]> {
  const reader = new pg.Client({ connectionString: roleUrl('countersign_trail_reader') });
  await reader.connect();
  const found = new Map<string, number>();
  try {
    await reader.query('BEGIN');
    await reader.query(`SELECT set_config('countersign.workspace', $1, true)`, [workspace]);
    for (const [text, values] of statements) {
      if (text.startsWith('SET LOCAL')) await reader.query(text);
      if (!/^\s*SELECT/.test(text) || !/FROM events/.test(text)) continue;
      const { rows } = await reader.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values);
      for (const row of rows) {
        const scan = /((?:Index|Bitmap Index|Seq) Scan).*? (?:using|on) (?:events_\d+_)?(\w+)/.exec(
          row['QUERY PLAN'],
        );
        if (!scan) continue;
        const name = `${scan[1]} ${scan[2]}`;
        found.set(name, (found.get(name) ?? 0) + 1);
      }
    }
  } finally {
    await reader.end();
  }
  return [...found].map(([name, count]) => `${name} in ${count} months`);
}
