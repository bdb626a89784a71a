import { closeDb } from '@/lib/infra/db';
import { env } from '@/lib/infra/env';
import { seedConfig } from './seed/config';
import { seedWorkspace } from './seed/workspace';

/** Runs to its end: makes the sample workspace unless it is there, and writes demo.json. */
const { COUNTERSIGN_DATA_DIR, CONSOLE_URL, GATEWAY_URL } = env();
await seedWorkspace(seedConfig(COUNTERSIGN_DATA_DIR), {
  console: CONSOLE_URL,
  gateway: GATEWAY_URL,
});
await closeDb();
process.exit(0);
