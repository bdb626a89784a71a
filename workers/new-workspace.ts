/** npm run new-workspace: prints the one-time link that makes a workspace and its first admin. */
import { useRunning } from '@/lib/infra/embedded/running';
import { orTell, runProcess } from '@/lib/infra/entry';

await orTell(useRunning);
await runProcess({ roles: ['countersign_app'] }, async () => {
  // Read only now: its log needs an environment that is right.
  const { newWorkspaceLink } = await import('@/lib/domains/workspaces/server');
  const link = await newWorkspaceLink();
  process.stdout.write(
    `Open this link once, within a day, to make a workspace and its first admin:\n  ${link}\n`,
  );
  process.exit(0);
});
