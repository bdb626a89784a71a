/**
 * npm run end-second-admin -- ws_…: a workspace asks for no second admin any more. For the
 * operator of one that has no two admins left; otherwise two admins end it by a draft.
 */
import { useRunning } from '@/lib/infra/embedded/running';
import { orTell, runProcess } from '@/lib/infra/entry';

await orTell(useRunning);
await runProcess({ roles: ['countersign_app'] }, async () => {
  // Read only now: its log needs an environment that is right.
  const { endSecondAdmin } = await import('@/lib/domains/workspaces/server');
  // It keeps a version of the change.
  await import('@/lib/domains/access/server');
  const [, , workspace = ''] = process.argv;
  await endSecondAdmin(workspace);
  process.stdout.write(`${workspace} asks for no second admin any more. Its trail says so.\n`);
  process.exit(0);
});
