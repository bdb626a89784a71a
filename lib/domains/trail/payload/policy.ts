import type { Actor } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';
import { maySearch } from '../policy';
import { protectedClass } from './fields';

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

/** What bears on who is shown the payload of an action where the control database has it in clear. */
interface ShownAction {
  classification: string | null;
  status: string;
}

/**
 * Whether a reader is shown an action's payload beside the trail. Approvers decide and review by
 * it, and an admin may have to break the glass on what waits; anyone else needs the ability, as in
 * the trail. Whoever may not is shown what blank.ts leaves.
 */
export function maySeePayload(actor: Actor, { classification, status }: ShownAction): Verdict {
  const protectedAs = protectedClass(classification ?? undefined);
  if (protectedAs === undefined) return allow;
  const may =
    actor.type === 'member' &&
    (actor.abilities.includes(PAYLOAD_ABILITY) ||
      actor.roles.includes('approver') ||
      (actor.roles.includes('admin') && status === 'pending'));
  if (may) return allow;
  return deny(
    `${protectedAs}: shown to approvers, to admins while it waits, and to those who may read payloads in the trail.`,
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
