import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { allow, deny, type Verdict } from '@/lib/kernel/verdict';

/** All that is in it can be seen on the pages as well. */
export function readConfiguration(actor: Actor): Verdict {
  return withAnyRole(actor, 'Only members see the configuration.');
}

export function manageConfiguration(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin plans and applies a configuration.');
}
