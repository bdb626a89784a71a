import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';

export function readCatalog(actor: Actor): Verdict {
  return actor.type === 'job' ? allow : withAnyRole(actor, 'Only members see the catalog.');
}

export function manageCatalog(actor: Actor): Verdict {
  if (actor.type === 'job' && actor.id === 'demo.seed') return allow;
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin changes the catalog.');
}

/** What this member may do with a tool or action type in this state. */
export function catalogAbilities(actor: Actor, state: string) {
  const alive = state === 'retired' ? deny('It is retired and stays as it was.') : allow;
  return { update: all(manageCatalog(actor), alive), retire: all(manageCatalog(actor), alive) };
}
