import type { Actor } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';
import { maySearch } from '../policy';

/** Given to one member at a time, and part of no role: an auditor reads what happened, not with whose data. */
export const PAYLOAD_ABILITY = 'trail.payload';

export function mayReadPayload(actor: Actor): Verdict {
  return all(
    maySearch(actor),
    actor.type === 'member' && actor.abilities.includes(PAYLOAD_ABILITY)
      ? allow
      : deny(
          'Protected payloads are read by members who were given that right. Ask an admin for it, under Settings, Members.',
        ),
  );
}

export function mayListKeys(actor: Actor): Verdict {
  const may = actor.type === 'member' && actor.roles.some((r) => r === 'admin' || r === 'auditor');
  return may ? allow : deny("The trail's payload keys are shown to auditors and admins.");
}

export function mayDestroyKeys(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin may destroy a payload key. Ask one.');
}

export function mayDestroyKey(actor: Actor, key: { destroyedAt: Date | null }): Verdict {
  return all(
    mayDestroyKeys(actor),
    key.destroyedAt === null ? allow : deny('This key has been destroyed already.'),
  );
}
