import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closeDb } from '@/lib/infra/db';
import { ensureMasterKey } from '@/lib/infra/embedded/keys';
import { makeDataDir } from '@/lib/infra/embedded/location';
import { startPostgres } from '@/lib/infra/embedded/postgres';
import { setEnv } from '@/lib/infra/env';
import { migrateAll } from '@/lib/infra/migrate/all';
import { closeTrailDb } from '@/lib/infra/trail-db';

/**
 * Runs a benchmark on a migrated server of its own, which the environment then names. Its data
 * are thrown away, unless a folder is given to keep them in.
 */
export async function onServer<T>(work: () => Promise<T>, kept?: string): Promise<T> {
  const dataDir = kept ?? mkdtempSync(path.join(realpathSync(tmpdir()), 'countersign-bench-'));
  // Kept data are opened again only with the key that they were made with.
  makeDataDir(dataDir);
  ensureMasterKey(dataDir);
  const server = await startPostgres({ dataDir, temporary: kept === undefined });
  setEnv({
    COUNTERSIGN_DATA_DIR: path.resolve(dataDir),
    COUNTERSIGN_MASTER_KEY: '',
    DATABASE_URL: server.url('countersign'),
    TRAIL_DATABASE_URL: server.url('countersign_trail'),
    LOG_LEVEL: 'error',
    NODE_ENV: 'production',
  });
  try {
    await migrateAll();
    return await work();
  } finally {
    // The next server is another one.
    await closeDb();
    await closeTrailDb();
    await server.stop();
  }
}
