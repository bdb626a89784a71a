import type { Actor } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';
import { isInBrowser, mayManagePasskey } from '../policy';
import { viewAbility } from '../service/views';
import { relyingParty } from './relying-party';
import type { MemberRow } from '../repo';
import type { PasskeyRow } from './repo';
import { type PasskeyList, type PasskeyView, passkeyView } from './schema';

export function viewPasskey(row: PasskeyRow, actor: Actor, isNeeded = false): PasskeyView {
  const verdict = mayManagePasskey(actor, row);
  const may = viewAbility(verdict);
  const kept = deny('You are asked for it when you sign in. Turn that off first.');
  return {
    id: row.id,
    name: row.name,
    algorithm: passkeyView.shape.algorithm.parse(row.algorithm),
    backedUp: row.backedUp,
    transports: row.transports,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    can: { rename: may, remove: isNeeded ? viewAbility(all(verdict, kept)) : may },
  };
}

export function viewParty(): PasskeyList['party'] {
  const party = relyingParty();
  return party.available
    ? { available: true, origin: party.origin, reason: null }
    : { available: false, origin: null, reason: party.reason };
}

export function viewPasskeys(
  rows: readonly PasskeyRow[],
  member: Pick<MemberRow, 'passkeySignIn' | 'passwordHash'>,
  actor: Actor,
): PasskeyList {
  const party = viewParty();
  const signIn = member.passkeySignIn;
  const register =
    party.reason === null
      ? viewAbility(isInBrowser(actor))
      : { allowed: false, reason: party.reason };
  return {
    items: rows.map((row) => viewPasskey(row, actor, signIn && rows.length === 1)),
    ...{ party, signIn },
    can: { register, setSignIn: viewAbility(all(isInBrowser(actor), whyAsk(rows, member))) },
  };
}

/** Being asked for a passkey can be turned off wherever it is on, and on where one would be of use. */
function whyAsk(
  rows: readonly PasskeyRow[],
  member: Pick<MemberRow, 'passkeySignIn' | 'passwordHash'>,
): Verdict {
  if (member.passkeySignIn) return allow;
  if (member.passwordHash === null) return deny('You sign in without a password here.');
  return rows.length === 0 ? deny('Add a passkey first.') : allow;
}
