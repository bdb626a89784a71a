/**
 * Applies migrations in Prisma's format (folders with a migration.sql) and keeps Prisma's
 * ledger (`_prisma_migrations`), so `prisma migrate deploy` works on the same database.
 *
 * Use: `await migrate(ownerUrl, 'prisma/migrations')` gives the names just applied.
 * workers/migrate.ts does this for both databases, with their roles.
 */
import pg from 'pg';
import { engineMessage, withEngine } from './engine';
import { readMigrations } from './files';

/** Any constant will do, as long as every migrator takes the same lock. */
const LOCK = 0x6373_6d67;

export class MigrationError extends Error {
  override name = 'MigrationError';
}

/** Runs `work` while holding the migration lock of the database at `url`. */
export async function withMigrationLock<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    return await work(client);
  } finally {
    // The lock ends with its connection.
    await client.end();
  }
}

/** Applies the migrations in `dir` that the database at `url` (as its owner) does not have yet. */
export async function migrate(url: string, dir: string): Promise<string[]> {
  const migrationsList = readMigrations(dir);
  if (migrationsList.migrationDirectories.length === 0) return [];
  return withMigrationLock(url, async () => {
    try {
      const filters = { externalTables: [], externalEnums: [] };
      const applied = await withEngine(url, (engine) =>
        engine.applyMigrations({ migrationsList, filters }),
      );
      return applied.appliedMigrationNames;
    } catch (error) {
      throw new MigrationError(
        `Migrations in ${dir} could not be applied.\n${engineMessage(error)}`,
        { cause: error },
      );
    }
  });
}
