/**
 * npm run migrate: brings both databases and their roles up to date, as the owner in
 * DATABASE_URL and TRAIL_DATABASE_URL. Safe to run at any time and from several at once.
 */
import { orTell } from '@/lib/infra/entry';
import { requireEnv } from '@/lib/infra/env';
import { migrateAll } from '@/lib/infra/migrate/all';

await orTell(async () => {
  requireEnv('DATABASE_URL', 'COUNTERSIGN_MASTER_KEY');
  await migrateAll((line) => process.stdout.write(`${line}\n`));
});
