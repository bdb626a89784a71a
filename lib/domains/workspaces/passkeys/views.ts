import type { Actor } from '@/lib/kernel/actor';
import { isInBrowser, mayManagePasskey } from '../policy';
import { viewAbility } from '../service/views';
import { relyingParty } from './relying-party';
import type { PasskeyRow } from './repo';
import { type PasskeyList, type PasskeyView, passkeyView } from './schema';

export function viewPasskey(row: PasskeyRow, actor: Actor): PasskeyView {
  const may = viewAbility(mayManagePasskey(actor, row));
  return {
    id: row.id,
    name: row.name,
    algorithm: passkeyView.shape.algorithm.parse(row.algorithm),
    backedUp: row.backedUp,
    transports: row.transports,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    can: { rename: may, remove: may },
  };
}

export function viewParty(): PasskeyList['party'] {
  const party = relyingParty();
  return party.available
    ? { available: true, origin: party.origin, reason: null }
    : { available: false, origin: null, reason: party.reason };
}

export function viewPasskeys(rows: readonly PasskeyRow[], actor: Actor): PasskeyList {
  const party = viewParty();
  const register =
    party.reason === null
      ? viewAbility(isInBrowser(actor))
      : { allowed: false, reason: party.reason };
  return { items: rows.map((row) => viewPasskey(row, actor)), party, can: { register } };
}
