/**
 * npm run reset-second-factor -- ada@example.com: takes a lost second factor off a member, and ends
 * their sessions. For the operator of a workspace whose only admin has lost it; otherwise an admin
 * does it under Settings, Members.
 */
import { useRunning } from '@/lib/infra/embedded/running';
import { orTell, runProcess } from '@/lib/infra/entry';

await orTell(useRunning);
await runProcess({ roles: ['countersign_app'] }, async () => {
  // Read only now: its log needs an environment that is right.
  const { resetSecondFactorOf } = await import('@/lib/domains/workspaces/server');
  // What must hold before a deed commits.
  await import('@/lib/domains/access/server');
  const [, , email = ''] = process.argv;
  await resetSecondFactorOf(email);
  process.stdout.write(`${email} signs in by password alone. The trail says so.\n`);
  process.exit(0);
});
