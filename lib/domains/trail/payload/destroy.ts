import type { Tx } from '@/lib/infra/db';
import type { NewEvent } from '@/lib/kernel/event';
import { blankActions } from './blank';
import type { ProtectedClass } from './fields';
import { eraseKey, type KeyRow } from './repo';

interface Destruction {
  /** Id of the member or job. */
  actor: string;
  reason: string;
  /** How many events each becomes unreadable, by the key's name, where it is known. */
  events?: ReadonlyMap<string, number>;
}

/**
 * Destroys keys in the caller's transaction, which has the workspace set: what they sealed is
 * unreadable for good, every proof holds, and a first batch of what the control database still
 * has in clear is blanked; the job `trail.blank_payloads` goes on with it. Says an event for
 * each key. One that is destroyed already is left alone. Returns those it destroyed.
 */
export async function destroyKeys(
  tx: Tx,
  keys: readonly KeyRow[],
  destruction: Destruction,
  event: (event: NewEvent) => void,
): Promise<KeyRow[]> {
  const destroyed: KeyRow[] = [];
  for (const key of keys) {
    if (!(await eraseKey(tx, key.id, destruction))) continue;
    const place = { month: key.month, classification: key.classification as ProtectedClass };
    await blankActions(tx, place);
    const events = destruction.events?.get(`${key.month}.${key.classification}`);
    event({
      type: 'trail.payload_key_destroyed',
      object: { type: 'trail_key', id: key.id },
      data: { ...place, reason: destruction.reason, ...(events === undefined ? {} : { events }) },
    });
    destroyed.push(key);
  }
  return destroyed;
}
