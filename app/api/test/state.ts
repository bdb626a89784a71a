/** All that is stored of a workspace, so that two looks at it can be compared. */
import pg from 'pg';
import { ownerUrl } from '@/lib/infra/db-roles';

/** A hash for each table; when something was last used is no change. */
export async function rowsOf(owner: pg.Pool, workspace: string): Promise<Record<string, string>> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
       AND a.attname = 'workspace_id' AND c.relname <> 'outbox' ORDER BY 1`,
  );
  const hash = (table: string, column: string) =>
    `SELECT '${table}' AS name, count(*) || ' ' || coalesce(md5(string_agg(row, '|' ORDER BY row)), '') AS hash
     FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS row FROM ${table} t WHERE ${column} = $1) r`;
  const queries = [
    hash('workspaces', 'id'),
    ...tables.map(({ name }) => hash(pg.escapeIdentifier(name), 'workspace_id')),
  ];
  const { rows } = await owner.query<{ name: string; hash: string }>(queries.join(' UNION ALL '), [
    workspace,
  ]);
  return Object.fromEntries(rows.map(({ name, hash: value }) => [name, value]));
}

export interface Said {
  id: string;
  type: string;
  object?: { type: string; id: string };
}

/** Every event of a workspace by id, whether the trail has taken it already or not. */
export async function eventsOf(owner: pg.Pool, workspace: string): Promise<Map<string, Said>> {
  // The outbox first: what leaves it meanwhile is in the trail by then.
  const waiting = await owner.query<{ event: Said }>(
    'SELECT event FROM outbox WHERE workspace_id = $1',
    [workspace],
  );
  const trail = new pg.Client({ connectionString: ownerUrl('trail') });
  await trail.connect();
  try {
    const taken = await trail.query<{ event: Said }>(
      'SELECT body::jsonb AS event FROM events WHERE workspace_id = $1',
      [workspace],
    );
    return new Map([...waiting.rows, ...taken.rows].map(({ event }) => [event.id, event]));
  } finally {
    await trail.end();
  }
}

/** What has been said since an earlier look. */
export async function saidSince(
  owner: pg.Pool,
  workspace: string,
  before: ReadonlyMap<string, Said>,
): Promise<Said[]> {
  const now = await eventsOf(owner, workspace);
  return [...now.values()].filter(({ id }) => !before.has(id));
}
