/** All that is stored of a workspace, so that two looks at it can be compared. */
import pg from 'pg';

/** The databases as their owner sees them. */
export interface Owners {
  owner: pg.Pool;
  trail: pg.Pool;
}

let statement: Promise<string> | undefined;

/** A hash for each table; when something was last used is no change. */
export async function rowsOf(owner: pg.Pool, workspace: string): Promise<Record<string, string>> {
  statement ??= statementOf(owner);
  // Named, so that it is planned once: it is over all tables, and asked after each request.
  const { rows } = await owner.query<{ name: string; hash: string }>({
    name: 'rows-of',
    text: await statement,
    values: [workspace],
  });
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}

async function statementOf(owner: pg.Pool): Promise<string> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
       AND a.attname = 'workspace_id' AND c.relname <> 'outbox' ORDER BY 1`,
  );
  const hash = (table: string, column: string) =>
    `SELECT '${table}' AS name, count(*) || ' ' || coalesce(md5(string_agg(row, '|' ORDER BY row)), '') AS hash
     FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS row FROM ${table} t WHERE ${column} = $1) r`;
  return [
    hash('workspaces', 'id'),
    ...tables.map(({ name }) => hash(pg.escapeIdentifier(name), 'workspace_id')),
  ].join(' UNION ALL ');
}

export interface Said {
  id: string;
  type: string;
  object?: { type: string; id: string };
}

/** Every event of a workspace by id, whether the trail has taken it already or not. */
export async function eventsOf(
  { owner, trail }: Owners,
  workspace: string,
): Promise<Map<string, Said>> {
  // The outbox first: what leaves it meanwhile is in the trail by then.
  const waiting = await owner.query<{ event: Said }>(
    'SELECT event::jsonb AS event FROM outbox WHERE workspace_id = $1',
    [workspace],
  );
  const taken = await trail.query<{ event: Said }>(
    'SELECT body::jsonb AS event FROM events WHERE workspace_id = $1',
    [workspace],
  );
  return new Map([...waiting.rows, ...taken.rows].map(({ event }) => [event.id, event]));
}

/** What has been said since an earlier look. */
export async function saidSince(
  owners: Owners,
  workspace: string,
  before: ReadonlyMap<string, Said>,
): Promise<Said[]> {
  const now = await eventsOf(owners, workspace);
  return [...now.values()].filter(({ id }) => !before.has(id));
}
