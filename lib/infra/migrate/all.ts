/**
 * Everything the databases need before a process may connect: the databases, the login
 * roles, both migrations, and the queue's schema. `migrateAll(say)`.
 */
import path from 'node:path';
import { runMigrations } from 'bullmq';
import pg from 'pg';
import { databaseName, ownerUrl, withDatabase, type Database } from '../db-roles';
import { env } from '../env';
import { reasonOf, unreachable } from '../reachable';
import { migrate, MigrationError, withMigrationLock } from './index';
import { assertKeyFits, keepFingerprint } from './master-key';
import { ensureRoles } from './roles';

/** The queue's schema in the control database. */
const QUEUE_SCHEMA = 'bullmq';
/** What makes a search by words fast under row-level security, and only a superuser may say (decision 011). */
const LEAKPROOF = 'ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF';

const folders: Record<Database, string> = {
  control: path.resolve(import.meta.dirname, '../../../prisma/migrations'),
  trail: path.resolve(import.meta.dirname, '../../../prisma/trail-migrations'),
};

export async function migrateAll(say: (line: string) => void = () => undefined): Promise<void> {
  for (const database of ['control', 'trail'] as const) {
    const url = ownerUrl(database);
    const created = await ensureDatabase(url, database, say);
    await withMigrationLock(url, async (client) => {
      // First, for with another key even the roles' passwords would be others.
      if (database === 'control') await assertKeyFits(client);
      await ensureRoles(client, database);
    });
    const applied = await migrate(url, folders[database]);
    // Of an empty database nobody wants to know one by one.
    if (created) say(`Applied ${applied.length} ${database} migrations`);
    else for (const name of applied) say(`Applied the ${database} migration ${name}`);
    if (database === 'control') await withMigrationLock(url, keepFingerprint);
    else await withClient(url, (client) => noteSlowSearch(client, say));
  }
  await migrateQueue(ownerUrl('control'));
}

async function noteSlowSearch(client: pg.Client, say: (line: string) => void): Promise<void> {
  const { rows } = await client.query<{ name: string; fast: boolean }>(
    `SELECT current_database() AS name, proleakproof AS fast FROM pg_proc
     WHERE oid = 'pg_catalog.ts_match_vq(tsvector, tsquery)'::regprocedure`,
  );
  if (rows[0]?.fast !== false) return;
  say(
    `Note: searching the trail by words is slower until a superuser has run, in the database ${rows[0].name}: ${LEAKPROOF}`,
  );
}

/** Creates the database when it is missing and the owner may; who may not is told how. True when it was. */
async function ensureDatabase(
  url: string,
  database: Database,
  say: (line: string) => void,
): Promise<boolean> {
  const name = databaseName(url);
  const missing = await withClient(url, () => Promise.resolve(false)).catch((error: unknown) => {
    if ((error as { code?: string }).code === '3D000') return true;
    throw new MigrationError(unreachable(error, url, database), { cause: error });
  });
  if (!missing) return false;
  await withClient(withDatabase(url, 'postgres'), async (client) => {
    await client
      .query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
      .catch((error: { code?: string; message: string }) => {
        // 42P04, 23505: another migrator was faster.
        if (error.code === '42P04' || error.code === '23505') return;
        throw new MigrationError(
          `The database ${name} does not exist and could not be created (${reasonOf(error)}). Create it, owned by this user, then start again.`,
        );
      });
  });
  say(`Created the database ${name}`);
  return true;
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
