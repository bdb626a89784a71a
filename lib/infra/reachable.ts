/**
 * What is wrong with a database that cannot be used, in one sentence that says what to do next.
 * `await assertUsable('countersign_gateway')` connects once as the role and throws it.
 */
import pg from 'pg';
import { databaseName, databaseOfRole, type Database, type DbRole, roleUrl } from './db-roles';
import { env, EnvError, masterKeyFile } from './env';
import { assertFingerprint } from './migrate/master-key';

const CONNECT_LIMIT_MS = 10_000;

const variable = { control: 'DATABASE_URL', trail: 'TRAIL_DATABASE_URL' } as const;

/** That the role gets in, its database is migrated, and the master key is the one it was made with. */
export async function assertUsable(role: DbRole): Promise<void> {
  const database = databaseOfRole[role];
  const client = new pg.Client({
    connectionString: roleUrl(role),
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await (database === 'control' ? assertControl(client) : assertTrail(client));
  } catch (error) {
    if (error instanceof EnvError) throw error;
    throw new EnvError(whyUnusable(error, role), { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function assertControl(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ kept: string | null }>(
    'SELECT master_key_fingerprint() AS kept',
  );
  const kept = rows[0]?.kept;
  if (!kept) throw new EnvError('The databases are not fully migrated. Run npm run migrate.');
  assertFingerprint(kept);
}

async function assertTrail(client: pg.Client): Promise<void> {
  await client.query('SELECT FROM checkpoints LIMIT 0');
}

function whyUnusable(error: unknown, role: DbRole): string {
  const database = databaseOfRole[role];
  const code = (error as { code?: unknown } | null)?.code;
  const name = databaseName(roleUrl(role));
  if (code === '28P01' || code === '28000') {
    const key = env().COUNTERSIGN_MASTER_KEY
      ? 'COUNTERSIGN_MASTER_KEY'
      : masterKeyFile(env().COUNTERSIGN_DATA_DIR);
    return `The database ${name} does not let ${role} in (${reasonOf(error)}). Run npm run migrate if that was not done yet; otherwise ${key} is another key than the databases were made with: bring back the right one.`;
  }
  // No such database, may not enter it, no such table or function, no right to it.
  if (['3D000', '42501', '42P01', '42883'].includes(String(code)))
    return `The database ${name} is not migrated for this version (${reasonOf(error)}). Run npm run migrate, and check ${variable[database]}.`;
  return unreachable(error, roleUrl(role), database);
}

/** For whoever could not connect at all. */
export function unreachable(error: unknown, url: string, database: Database): string {
  const { host } = new URL(url);
  return `The database ${databaseName(url)} at ${host || 'this machine'} cannot be reached: ${reasonOf(error)}. Check ${variable[database]}, and that the server runs.`;
}

/** A host with several addresses fails with an error for each and no message of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
