/** npm run first-admin: prints the one-time link that makes the first workspace and its admin. */
import { runProcess } from '@/lib/infra/entry';
import { EnvError } from '@/lib/infra/env';

await runProcess({ roles: ['countersign_app'] }, async ({ CONSOLE_URL }) => {
  // Read only now: its log needs an environment that is right.
  const { firstAdminLink } = await import('@/lib/domains/workspaces/server');
  const link = await firstAdminLink();
  if (link === null)
    throw new EnvError(
      `There is a workspace already. Sign in at ${CONSOLE_URL}, or ask an admin for an invitation.`,
    );
  process.stdout.write(
    `Open this link once, within a day, to create the first admin:\n  ${link}\n`,
  );
  process.exit(0);
});
