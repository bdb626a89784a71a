import type { Actor } from '@/lib/kernel/actor';
import { keyName, type ProtectedClass } from './fields';
import { mayDestroyKey } from './policy';
import type { KeyRow } from './repo';
import type { KeyView } from './schema';

export function viewKey(row: KeyRow, events: ReadonlyMap<string, number>, actor: Actor): KeyView {
  const classification = row.classification as ProtectedClass;
  const name = keyName({ month: row.month, classification });
  return {
    id: row.id,
    name,
    month: row.month,
    classification,
    events: events.get(name) ?? 0,
    state: row.destroyedAt === null ? 'live' : 'destroyed',
    createdAt: row.createdAt.toISOString(),
    destroyedAt: row.destroyedAt?.toISOString() ?? null,
    destroyedBy: row.destroyedBy,
    reason: row.reason,
    can: { destroy: mayDestroyKey(actor, row) },
  };
}
