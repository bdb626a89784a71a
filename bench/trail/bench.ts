/** The trail's benchmarks, each beside its baseline on one server in one run. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '@/lib/infra/embedded/postgres';
import { setEnv } from '@/lib/infra/env';
import { migrateAll } from '@/lib/infra/migrate/all';
import type { BenchOptions } from '../options';
import { benchLog } from './log';
import { benchSearch } from './search';
import { benchSequencing } from './sequencing';

export async function run({ rounds, events }: BenchOptions): Promise<unknown> {
  const log = await onServer(async () => ({
    sequencing: await benchSequencing(rounds),
    log: await benchLog(rounds),
  }));
  return { rounds, ...log, search: await benchSearch({ events }) };
}

async function onServer<T>(work: () => Promise<T>): Promise<T> {
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
