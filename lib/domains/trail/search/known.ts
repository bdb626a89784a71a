/** What a search knows of the log beforehand, from its months and its daily counts. */
import { LRUCache } from 'lru-cache';
import type { PoolClient } from '@/lib/infra/trail-db';
import { ask } from './ask';
import type { Lexeme } from './chosen';
import type { Given, Narrowed } from './condition';
import { lexeme, quoted } from './lexemes';

const MONTH_KNOWN_MS = 60_000;
let month: { first: number; at: number } | undefined;

/** When the oldest month of the trail begins; scans go past it all the same, in their last stretch. */
export async function firstMonth(client: PoolClient, now: number): Promise<number> {
  // Either way: a clock that is put back must not keep what was read before for ever.
  if (month && Math.abs(now - month.at) < MONTH_KNOWN_MS) return month.first;
  const { rows } = await client.query<{ name: string | null }>(
    `SELECT min(relname) AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'events'::regclass`,
  );
  const [, year = '', of = ''] = /(\d{4})(\d{2})$/.exec(rows[0]?.name ?? '') ?? [];
  const first = year === '' ? now : Date.UTC(Number(year), Number(of) - 1, 1);
  month = { first, at: now };
  return first;
}

/** Above this share of all events, looking for the workspace in the index costs more than it spares. */
const LARGE = 0.25;
const SHARE_KNOWN_MS = 600_000;
const shares = new LRUCache<string, number>({ max: 10_000, ttl: SHARE_KNOWN_MS });

export function ownLexeme(workspace: string): Lexeme {
  return { query: quoted(lexeme('workspace', workspace)), share: 1, common: false, lists: 1 };
}

/** The workspace's part of all events where it is small, so that most that have a word are others'; else 1. */
export async function ownShare(client: PoolClient, workspace: string): Promise<number> {
  const known = shares.get(workspace);
  if (known !== undefined) return known;
  const { rows } = await client.query<{ own: number; all: number | null }>(
    `SELECT (SELECT coalesce(sum(n), 0)::float8 FROM event_counts WHERE workspace_id = $1 AND span = 24 AND dim = 'all') AS own,
            (SELECT sum(reltuples)::float8 FROM pg_inherits JOIN pg_class ON oid = inhrelid
              WHERE inhparent = 'events'::regclass AND reltuples > 0) AS all`,
    [workspace],
  );
  const { own, all } = rows[0] ?? { own: 0, all: 0 };
  // Until the months are analysed nothing says how much they hold.
  const part = all ? own / all : LARGE / 2;
  const share = part < LARGE ? Math.max(part, 1e-6) : 1;
  shares.set(workspace, share);
  return share;
}

const DAY_MS = 86_400_000;
/** Days back that are looked at: each about twice as far as the one before, for some years. */
const DAYS_BACK = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];

/** How large a part of the workspace's events each matches, estimated from some days' counts. */
export async function weighed(
  client: PoolClient,
  workspace: string,
  narrowed: readonly Narrowed[],
  now: number,
): Promise<Lexeme[]> {
  const keyOf = ({ name, values }: Given) => `${workspace} ${name} ${values.join()}`;
  const unknown = narrowed.flatMap(({ given }) => given.filter((each) => !shares.has(keyOf(each))));
  if (unknown.length > 0) {
    const days = DAYS_BACK.map((back) => new Date(now - (now % DAY_MS) - back * DAY_MS));
    const values: unknown[] = [workspace, days];
    const sum = (where: string) =>
      `(SELECT coalesce(sum(n), 0)::float8 FROM event_counts
         WHERE workspace_id = $1 AND span = 24 AND at = ANY ($2::timestamptz[]) AND ${where})`;
    const sums = unknown.map((filter) => sum(countedBy(filter, values)));
    const text = `SELECT ${sum("dim = 'all'")} AS all, ARRAY[${sums.join(', ')}] AS each`;
    const [row] = await ask<{ all: number; each: number[] }>(client, text, values);
    for (const [at, filter] of unknown.entries()) {
      // What was not seen on these days may be there on others.
      const share = ((row?.each[at] ?? 0) + 1) / ((row?.all ?? 0) + 1);
      shares.set(keyOf(filter), Math.min(1, share));
    }
  }
  return narrowed.map(({ given, query }) => ({
    query,
    share: given.reduce((part, each) => part * (shares.get(keyOf(each)) ?? 1), 1),
    common: given.every(({ name }) => name !== 'agent' && name !== 'actor'),
    lists: given.reduce((lists, { values }) => lists * values.length, 1),
  }));
}

function countedBy({ name, values: given }: Given, values: unknown[]): string {
  const place = `ANY ($${values.push(given)}::text[])`;
  if (name === 'outcome') return `dim = 'all' AND value = '' AND outcome = ${place}`;
  const kinds = given
    .filter((value) => value.endsWith('.*'))
    .map((kind) => ` OR starts_with(value, $${values.push(kind.slice(0, -1))})`);
  return `dim = '${name}' AND (value = ${place}${kinds.join('')})`;
}
