import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '@/lib/infra/embedded/postgres';
import { setEnv } from '@/lib/infra/env';
import { migrateAll } from '@/lib/infra/migrate/all';

/** Runs a benchmark on a migrated server of its own, which the environment then names. */
export async function onServer<T>(work: () => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(path.join(realpathSync(tmpdir()), 'countersign-bench-'));
  const server = await startPostgres({ dataDir, temporary: true });
  setEnv({
    COUNTERSIGN_DATA_DIR: dataDir,
    COUNTERSIGN_MASTER_KEY: randomBytes(32).toString('base64'),
    DATABASE_URL: server.url('countersign'),
    TRAIL_DATABASE_URL: server.url('countersign_trail'),
    LOG_LEVEL: 'error',
    NODE_ENV: 'production',
  });
  try {
    await migrateAll();
    return await work();
  } finally {
    await server.stop();
  }
}
