import type { Actor } from '@/lib/kernel/actor';
import { allow, deny, type Verdict } from '@/lib/kernel/verdict';

function has(actor: Actor, ...roles: string[]): boolean {
  return actor.type === 'member' && actor.roles.some((role) => roles.includes(role));
}

export function maySeeRetention(actor: Actor): Verdict {
  if (has(actor, 'auditor', 'admin')) return allow;
  return deny('Retention and legal holds are shown to auditors and admins.');
}

export function maySetRetention(actor: Actor): Verdict {
  if (has(actor, 'admin')) return allow;
  return deny('How long events are kept is set by admins.');
}

export function mayPlaceHold(actor: Actor): Verdict {
  if (has(actor, 'auditor', 'admin')) return allow;
  return deny('Legal holds are placed by auditors and admins. Ask an admin for the auditor role.');
}

export function mayLiftHold(actor: Actor): Verdict {
  if (has(actor, 'admin')) return allow;
  return deny('Legal holds are lifted by admins.');
}
