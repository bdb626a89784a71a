import { permitted, query, verb } from '@/lib/kernel/verb';
import { isMember, mayManagePasskey } from '../policy';
import { loadMember, lockMember } from '../repo';
import { done, empty, okay } from '../schema';
import { passkeyAskedFor } from './errors';
import { countPasskeys, loadPasskey, passkeysOf } from './repo';
import { passkeyList, passkeyView, removePasskeyInput, renamePasskeyInput } from './schema';
import { viewPasskey, viewPasskeys } from './views';

/** The member's own passkeys, oldest first, and whether more can be made here. */
export const listPasskeys = query({
  name: 'passkeys.list',
  input: empty,
  output: passkeyList,
  permit: isMember,
  run: async ({ ctx, tx }) =>
    viewPasskeys(await passkeysOf(tx, ctx.actor.id), await loadMember(tx, ctx.actor.id), ctx.actor),
});

export const renamePasskey = verb({
  name: 'passkeys.rename',
  input: renamePasskeyInput,
  output: passkeyView,
  permit: isMember,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadPasskey(tx, input.id);
    permitted(mayManagePasskey(ctx.actor, old));
    const row = await tx.passkey.update({ where: { id: old.id }, data: { name: input.name } });
    event({
      type: 'member.passkey_renamed',
      object: { type: 'member', id: old.memberId },
      data: { passkey: old.id, before: { name: old.name }, after: { name: row.name } },
    });
    return viewPasskey(row, ctx.actor);
  },
});

/** Removes a passkey: it signs nothing any more. What it signed before still verifies. */
export const removePasskey = verb({
  name: 'passkeys.remove',
  input: removePasskeyInput,
  output: done,
  permit: isMember,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadPasskey(tx, input.id);
    permitted(mayManagePasskey(ctx.actor, old));
    // Locked, so that of two at the same time one sees that the other has gone.
    const member = await lockMember(tx, old.memberId);
    if (member.passkeySignIn && (await countPasskeys(tx, member.id)) === 1) throw passkeyAskedFor();
    await tx.passkey.delete({ where: { id: old.id } });
    event({
      type: 'member.passkey_removed',
      object: { type: 'member', id: old.memberId },
      data: { passkey: old.id, name: old.name, credential_id: old.credentialId },
    });
    return okay;
  },
});
