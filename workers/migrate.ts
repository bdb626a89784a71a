/**
 * npm run migrate: brings both databases and their roles up to date, as the owner in
 * DATABASE_URL and TRAIL_DATABASE_URL. Safe to run at any time and from several at once.
 */
import { requireEnv } from '@/lib/infra/env';
import { migrateAll } from '@/lib/infra/migrate/all';

requireEnv('DATABASE_URL', 'COUNTERSIGN_MASTER_KEY');
try {
  await migrateAll((line) => process.stdout.write(`${line}\n`));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
