/**
 * Vitest's global set-up: one migrated PostgreSQL server for the run, in a temporary
 * folder on a free port. Test files reach it through `env()` and `roleUrl()` as always.
 */
import { startTestDatabase } from './database';

export default async function setup(): Promise<() => Promise<void>> {
  const { stop } = await startTestDatabase();
  return stop;
}
