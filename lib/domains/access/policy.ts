import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';

export function readAccess(actor: Actor): Verdict {
  return actor.type === 'job'
    ? allow
    : withAnyRole(actor, 'Only members see roles and permissions.');
}

export function manageAccess(actor: Actor): Verdict {
  if (actor.type === 'job' && actor.id === 'demo.seed') return allow;
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin changes roles and permissions.');
}

export function roleAbilities(actor: Actor, state: string) {
  const alive = state === 'retired' ? deny('The role is retired and stays as it was.') : allow;
  return { update: all(manageAccess(actor), alive), retire: all(manageAccess(actor), alive) };
}

export function permissionAbilities(actor: Actor, roleState: string) {
  const { update } = roleAbilities(actor, roleState);
  return { update, remove: update };
}

export function grantAbility(actor: Actor, agentState: string): Verdict {
  return all(
    manageAccess(actor),
    agentState === 'retired' ? deny('A retired agent is in no role.') : allow,
  );
}
