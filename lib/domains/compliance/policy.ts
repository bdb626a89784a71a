import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { allow, deny, type Verdict } from '@/lib/kernel/verdict';

export function readCompliance(actor: Actor): Verdict {
  return withAnyRole(actor, 'Only members see compliance.');
}

export function runCompliance(actor: Actor): Verdict {
  const may =
    actor.type === 'member' && actor.roles.some((role) => role === 'admin' || role === 'auditor');
  return may ? allow : deny('Only an admin or an auditor starts a run.');
}
