/**
 * A PostgreSQL server of one's own for a test run, migrated, with the environment set to
 * use it. `const database = await startTestDatabase()`, then `await database.stop()`;
 * a killed run takes the server and its folder along.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../embedded/postgres';
import { throwAway } from '../embedded/settings';
import { setEnv } from '../env';
import { migrateAll } from '../migrate/all';

export type TestDatabase = {
  /** What a process needs to use this database, as environment variables. */
  env: Record<string, string>;
  stop: () => Promise<void>;
};

export async function startTestDatabase(): Promise<TestDatabase> {
  const dataDir = mkdtempSync(path.join(realpathSync(tmpdir()), 'countersign-test-'));
  const server = await startPostgres({ dataDir, settings: throwAway, temporary: true });
  const env = {
    COUNTERSIGN_DATA_DIR: dataDir,
    COUNTERSIGN_MASTER_KEY: randomBytes(32).toString('base64'),
    DATABASE_URL: server.url('countersign'),
    TRAIL_DATABASE_URL: server.url('countersign_trail'),
    NEXTAUTH_SECRET: randomBytes(24).toString('base64url'),
    REDIS_URL: '',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
    // No sequencer runs beside most suites: what they leave in the outbox must stop no gateway.
    OUTBOX_MAX_AGE_SECONDS: '86400',
  };
  setEnv(env);
  try {
    await migrateAll();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { env, stop: server.stop };
}
