import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { allow, deny, type Verdict } from '@/lib/kernel/verdict';

/*
 * The whole trail is for those who account for it: auditors and admins. An approver sees
 * the story of one action at a time, because a decision needs it, and no more: the trail
 * holds other people's prompts and parameters. That the log is sound is for every role.
 */

function has(actor: Actor, ...roles: string[]): boolean {
  return actor.type === 'member' && actor.roles.some((role) => roles.includes(role));
}

export function maySearch(actor: Actor): Verdict {
  if (has(actor, 'auditor', 'admin')) return allow;
  return deny('The trail is read by auditors and admins. Ask an admin for the auditor role.');
}

export function mayReadStory(actor: Actor): Verdict {
  return withAnyRole(actor, "An action's story is read by members.");
}

export function maySeeCheckpoint(actor: Actor): Verdict {
  return withAnyRole(actor, 'The state of the trail is shown to members.');
}

export function mayExport(actor: Actor): Verdict {
  if (has(actor, 'auditor', 'admin')) return allow;
  return deny('The trail is exported by auditors and admins. Ask an admin for the auditor role.');
}

export function mayVerify(actor: Actor): Verdict {
  if (actor.type === 'job' || has(actor, 'auditor', 'admin')) return allow;
  return deny('The trail is verified by auditors and admins. Ask an admin for the auditor role.');
}

export function mayRollKey(actor: Actor): Verdict {
  if (has(actor, 'admin')) return allow;
  return deny("The trail's signing key is rolled over by admins.");
}
