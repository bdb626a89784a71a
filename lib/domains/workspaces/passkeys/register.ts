import { isUniqueViolation } from '@/lib/infra/db';
import { newId } from '@/lib/kernel/ids';
import { verb } from '@/lib/kernel/verb';
import { isInBrowser } from '../policy';
import { loadMember } from '../repo';
import { empty } from '../schema';
import { notingFailures, openChallenge, usedChallenge } from './challenge';
import { passkeyTaken, tooManyPasskeys } from './errors';
import { requireStepUp } from './fresh';
import { neededRelyingParty } from './relying-party';
import { countPasskeys, passkeysOf } from './repo';
import { passkeyView, registerPasskeyInput, webauthnOptions } from './schema';
import { viewPasskey } from './views';
import { registrationOptions, verifiedRegistration } from './webauthn';

const MOST_PASSKEYS = 20;

/** Offers a challenge for a new passkey, to whoever has just proved who they are. */
export const beginPasskey = verb({
  name: 'passkeys.begin',
  input: empty,
  output: webauthnOptions,
  permit: isInBrowser,
  run: async ({ ctx, tx, event }) => {
    const party = neededRelyingParty();
    await requireStepUp(tx, ctx.actor);
    const member = await loadMember(tx, ctx.actor.id);
    const existing = await passkeysOf(tx, member.id);
    if (existing.length >= MOST_PASSKEYS) throw tooManyPasskeys(MOST_PASSKEYS);
    const challenge = await openChallenge(tx, ctx.actor, 'register');
    event({ type: 'member.passkey_offered', object: { type: 'member', id: member.id } });
    return { ...(await registrationOptions(party, challenge, member, existing)) };
  },
});

/** Keeps a passkey that answers the challenge. Only a session that was stepped up has got one. */
const register = verb({
  name: 'passkeys.register',
  input: registerPasskeyInput,
  output: passkeyView,
  permit: isInBrowser,
  run: async ({ ctx, input, tx, event }) => {
    const party = neededRelyingParty();
    const challenge = await usedChallenge(tx, ctx.actor, 'register');
    const made = await verifiedRegistration(party, challenge, input.registration);
    if ((await countPasskeys(tx, ctx.actor.id)) >= MOST_PASSKEYS) {
      throw tooManyPasskeys(MOST_PASSKEYS);
    }
    const { jwk, publicKey, ...kept } = made;
    const row = await tx.passkey
      .create({
        data: {
          ...{ id: newId('pky'), workspaceId: ctx.workspace, memberId: ctx.actor.id },
          ...{ name: input.name, ...kept, publicKey: Uint8Array.from(publicKey) },
        },
      })
      .catch((error: unknown) => {
        throw isUniqueViolation(error) ? passkeyTaken() : error;
      });
    event({
      type: 'member.passkey_registered',
      object: { type: 'member', id: ctx.actor.id },
      // Whole, so that an export binds each signature to the key that its member registered.
      data: {
        passkey: row.id,
        name: row.name,
        credential_id: row.credentialId,
        public_key: jwk,
        algorithm: row.algorithm,
        rp_id: party.rpId,
        backed_up: row.backedUp,
      },
    });
    return viewPasskey(row, ctx.actor);
  },
});

export const registerPasskey = notingFailures(register, 'member.passkey_refused', [
  'passkey_refused',
  'passkey_taken',
]);
