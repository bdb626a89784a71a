import type { Tx } from '@/lib/infra/db';
import type { NewEvent } from '@/lib/kernel/event';
import { eraseKey, type KeyRow } from './repo';

interface Destruction {
  /** Id of the member or job. */
  actor: string;
  reason: string;
  /** How many events become unreadable, where it is known. */
  events?: number | undefined;
}

/**
 * Destroys one key in the caller's transaction, which has the workspace set and has locked its
 * legal holds: what it sealed is unreadable for good, and every proof holds. Says the event.
 * What the control database has in clear is left to the job `trail.blank_payloads`, which the
 * caller starts once this has committed. False when the key is destroyed already.
 */
export async function destroyOne(
  tx: Tx,
  key: KeyRow,
  { actor, events, reason }: Destruction,
  event: (event: NewEvent) => void,
): Promise<boolean> {
  if (!(await eraseKey(tx, key.id, { actor, reason }))) return false;
  const { classification, month } = key;
  event({
    type: 'trail.payload_key_destroyed',
    object: { type: 'trail_key', id: key.id },
    data: { month, classification, reason, ...(events === undefined ? {} : { events }) },
  });
  return true;
}
