/**
 * Everything the databases need before a process may connect: the databases, the login
 * roles, both migrations, and the queue's schema. `migrateAll(say)`.
 */
import path from 'node:path';
import { runMigrations } from 'bullmq';
import pg from 'pg';
import {
  databaseName,
  databaseOfRole,
  dbRoles,
  ownerUrl,
  rolePassword,
  withDatabase,
  type Database,
} from '../db-roles';
import { env } from '../env';
import { migrate, withMigrationLock } from './index';

/** The queue's schema in the control database. */
const QUEUE_SCHEMA = 'bullmq';
const LOGIN = 'LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION';

const folders: Record<Database, string> = {
  control: path.resolve(import.meta.dirname, '../../../prisma/migrations'),
  trail: path.resolve(import.meta.dirname, '../../../prisma/trail-migrations'),
};

export async function migrateAll(say: (line: string) => void = () => undefined): Promise<void> {
  for (const database of ['control', 'trail'] as const) {
    const url = ownerUrl(database);
    const created = await ensureDatabase(url, say);
    await withMigrationLock(url, (client) => ensureRoles(client, database));
    const applied = await migrate(url, folders[database]);
    // Of an empty database nobody wants to know one by one.
    if (created) say(`Applied ${applied.length} ${database} migrations`);
    else for (const name of applied) say(`Applied the ${database} migration ${name}`);
  }
  await migrateQueue(ownerUrl('control'));
}

/** Creates the database when it is missing and the owner may; who may not is told how. True when it was. */
async function ensureDatabase(url: string, say: (line: string) => void): Promise<boolean> {
  const name = databaseName(url);
  const missing = await withClient(url, () => Promise.resolve(false)).catch((error: unknown) => {
    if ((error as { code?: string }).code === '3D000') return true;
    throw new Error(`The database ${name} cannot be reached: ${reasonOf(error)}`, { cause: error });
  });
  if (!missing) return false;
  await withClient(withDatabase(url, 'postgres'), async (client) => {
    await client
      .query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
      .catch((error: { code?: string; message: string }) => {
        // 42P04, 23505: another migrator was faster.
        if (error.code === '42P04' || error.code === '23505') return;
        throw new Error(
          `The database ${name} does not exist and could not be created (${error.message}). Create it, then start again.`,
        );
      });
  });
  say(`Created the database ${name}`);
  return true;
}

/** A host with several addresses fails with an error for each and no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** Login roles that own nothing. They come before the migrations, which grant to them. */
async function ensureRoles(client: pg.Client, database: Database): Promise<void> {
  const connect = client.escapeIdentifier(await currentDatabase(client));
  await client.query('BEGIN');
  await client.query(`REVOKE ALL ON DATABASE ${connect} FROM PUBLIC`);
  await client.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  for (const role of dbRoles.filter((name) => databaseOfRole[name] === database)) {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    const password = client.escapeLiteral(rolePassword(role));
    await client.query(
      `${rowCount ? 'ALTER' : 'CREATE'} ROLE ${role} ${LOGIN} PASSWORD ${password}`,
    );
    await client.query(`GRANT CONNECT ON DATABASE ${connect} TO ${role}`);
  }
  await client.query('COMMIT');
}

async function currentDatabase(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  return rows[0]?.name ?? '';
}

/** BullMQ's tables and functions, owned by the owner and usable by the application's role. */
async function migrateQueue(url: string): Promise<void> {
  // Two at once would change the same rows of the catalogue, which PostgreSQL refuses.
  await withMigrationLock(url, async (client) => {
    await runMigrations(client, QUEUE_SCHEMA);
    await client.query(`
      ALTER DEFAULT PRIVILEGES IN SCHEMA ${QUEUE_SCHEMA} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO countersign_app;
      GRANT USAGE ON SCHEMA ${QUEUE_SCHEMA} TO countersign_app;
      GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA ${QUEUE_SCHEMA} TO countersign_app;
      GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ${QUEUE_SCHEMA} TO countersign_app;
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${QUEUE_SCHEMA} TO countersign_app`);
  });
  await prepareQueue(env().COUNTERSIGN_QUEUE);
}

/** The queue's first job makes its sequence, which the application's role may not: the owner does. */
export async function prepareQueue(name: string): Promise<void> {
  await withClient(ownerUrl('control'), (client) =>
    client.query(`SELECT ${QUEUE_SCHEMA}.next_job_id($1)`, [name]),
  );
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
