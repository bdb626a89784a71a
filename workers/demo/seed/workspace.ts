import { seedAuthzen } from './authzen';
import { seedClassification } from './classification';
import type { SeedConfig } from './config';
import { writeDoorway } from './doorway';
import { Kept } from './kept';
import { adminContext, seedPeople, seedTokens, workspaceExists } from './people';
import { seedAgents, seedCatalog, seedRoles } from './registry';
import { seedSecret } from './secret';

/**
 * Makes the sample workspace through the rooms' verbs, then writes demo.json and the agents'
 * file. Run again, it finishes what was interrupted; a finished workspace belongs to its members,
 * and only the files are written anew.
 */
export async function seedWorkspace(
  config: SeedConfig,
  urls: { console: string; gateway: string },
): Promise<void> {
  const kept = new Kept(config.keptFile);
  if (kept.complete && !(await workspaceExists(kept))) kept.restart();
  if (!kept.complete) {
    const members = await seedPeople(kept);
    await seedTokens(kept, members);
    const ctx = adminContext(kept, members);
    const secret = await seedSecret(ctx, config);
    const actionTypes = await seedCatalog(ctx, config.orderService, secret);
    await seedClassification(ctx, actionTypes);
    const roles = await seedRoles(ctx, actionTypes);
    await seedAgents(ctx, kept, members, roles);
    kept.finish();
  }
  await seedAuthzen(kept);
  await writeDoorway(kept, urls, config);
}
