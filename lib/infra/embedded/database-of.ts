import pg from 'pg';
import { withDatabase } from '../db-roles';

/** Makes a database that one login role owns, with this password, and that nobody else may enter. */
export async function ensureDatabaseOf(
  ownerUrl: string,
  database: string,
  role: string,
  password: string,
): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(ownerUrl, 'postgres') });
  await client.connect();
  const [roleName, databaseName] = [role, database].map((name) => client.escapeIdentifier(name));
  try {
    const known = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    await client.query(
      `${known.rowCount ? 'ALTER' : 'CREATE'} ROLE ${roleName} LOGIN NOSUPERUSER PASSWORD ${client.escapeLiteral(password)}`,
    );
    const made = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (!made.rowCount) await client.query(`CREATE DATABASE ${databaseName} OWNER ${roleName}`);
    await client.query(`REVOKE ALL ON DATABASE ${databaseName} FROM PUBLIC`);
  } finally {
    await client.end();
  }
}
