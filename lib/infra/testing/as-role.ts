/** Acts on the test database as one of the login roles, as another process would. */
import pg from 'pg';
import { type DbRole, roleUrl } from '../db-roles';

/** Runs `work` in one transaction of `role` with the workspace set. */
export async function asRole<T>(
  role: DbRole,
  workspace: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: roleUrl(role) });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query("SELECT set_config('countersign.workspace', $1, true)", [workspace]);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } finally {
    await client.end();
  }
}

/** Inserts one row of named columns. */
export async function insertRow(client: pg.ClientBase, table: string, row: object): Promise<void> {
  const names = Object.keys(row);
  await client.query(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(row),
  );
}
