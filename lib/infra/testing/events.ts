/** What has been said in a workspace; suites that drain the outbox run beside those that read it. */
import pg from 'pg';
import { ownerUrl } from '../db-roles';

export interface Said extends Record<string, unknown> {
  id: string;
  type: string;
}

/** Every event of a workspace in the order it was made, whether the trail has taken it already or not. */
export async function eventsOf<T extends Said = Said>(workspace: string): Promise<T[]> {
  const found = new Map<string, T>();
  // The outbox first: what leaves it meanwhile is in the trail by then.
  for (const [database, sql] of [
    ['control', 'SELECT event::jsonb AS event FROM outbox WHERE workspace_id = $1'],
    ['trail', 'SELECT body::jsonb AS event FROM events WHERE workspace_id = $1'],
  ] as const) {
    const client = new pg.Client({ connectionString: ownerUrl(database) });
    await client.connect();
    try {
      const { rows } = await client.query<{ event: T }>(sql, [workspace]);
      for (const { event } of rows) found.set(event.id, event);
    } finally {
      await client.end();
    }
  }
  return [...found.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
