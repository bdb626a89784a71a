import { closeDb } from '@/lib/infra/db';
import { env } from '@/lib/infra/env';
import { seedConfig } from './seed/config';
import { writeDoorway } from './seed/doorway';
import { Kept } from './seed/kept';
import { adminContext, seedPeople, seedTokens, workspaceExists } from './seed/people';
import { seedAgents, seedCatalog, seedRoles } from './seed/registry';
import { seedSecret } from './seed/secret';

/**
 * Makes the sample workspace through the rooms' verbs, then writes demo.json and the agents'
 * file. Runs to its end. Run again, it finishes what was interrupted; a finished workspace
 * belongs to its members, and only the files are written anew.
 */
const { COUNTERSIGN_DATA_DIR, CONSOLE_URL, GATEWAY_URL } = env();
const config = seedConfig(COUNTERSIGN_DATA_DIR);
const kept = new Kept(config.keptFile);
if (kept.complete && !(await workspaceExists(kept))) kept.restart();

if (!kept.complete) {
  const members = await seedPeople(kept);
  await seedTokens(kept, members);
  const ctx = adminContext(kept, members);
  const secret = await seedSecret(ctx, config);
  const actionTypes = await seedCatalog(ctx, config.orderService, secret);
  const roles = await seedRoles(ctx, actionTypes);
  await seedAgents(ctx, kept, members, roles);
  kept.finish();
}
await writeDoorway(kept, { console: CONSOLE_URL, gateway: GATEWAY_URL }, config);
await closeDb();
process.exit(0);
