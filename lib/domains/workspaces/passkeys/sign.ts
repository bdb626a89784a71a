import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Tx } from '@/lib/infra/db';
import { type ApprovalEvidence, approvalChallengeText } from '@/lib/kernel/approval-signature';
import { query } from '@/lib/kernel/verb';
import { isMember } from '../policy';
import { empty } from '../schema';
import { passkeyCopied, passkeyRefused, passkeyUnknown } from './errors';
import { neededRelyingParty, relyingParty } from './relying-party';
import { countUse, findPasskey, passkeysOf } from './repo';
import type { PasskeyAssertion } from '@/lib/kernel/passkey';
import { signingOptions } from './schema';
import { viewParty } from './views';
import { keyOf, PASSKEY_TIMEOUT_MS, verifiedAssertion } from './webauthn';

/** Which of the member's passkeys may sign, for the browser to ask for one of them. */
export const getSigningOptions = query({
  name: 'passkeys.signing_options',
  input: empty,
  output: signingOptions,
  permit: isMember,
  run: async ({ ctx, tx }) => {
    const party = relyingParty();
    const rows = party.available ? await passkeysOf(tx, ctx.actor.id) : [];
    return {
      ...viewParty(),
      rpId: party.available ? party.rpId : null,
      timeout: PASSKEY_TIMEOUT_MS,
      allowCredentials: rows.map(({ credentialId, transports }) => ({
        ...{ id: credentialId, type: 'public-key' as const, transports },
      })),
    };
  },
});

export interface Signed {
  /** The member who decides: the passkey must be theirs. */
  member: string;
  /** The action's digest, as its event will carry it. */
  digest: string;
  /** Of what the member was shown. */
  displayDigest: string;
  assertion: PasskeyAssertion;
}

/**
 * Verifies that a passkey of the member signed this action together with what they were shown, in
 * the deciding verb's own transaction, and gives what its event keeps as `data.assertion`.
 * Throws a 403 Problem: passkey_unknown, passkey_refused or passkey_copied (its count went back).
 */
export async function verifyApprovalAssertion(tx: Tx, signed: Signed): Promise<ApprovalEvidence> {
  const text = approvalChallengeText(signed.digest, signed.displayDigest);
  const challenge = createHash('sha256').update(text).digest('base64url');
  const used = await answeredBy(tx, signed.member, challenge, signed.assertion);
  const { response } = signed.assertion;
  return {
    credential_id: used.credentialId,
    ...{ public_key: used.jwk, algorithm: used.algorithm },
    authenticator_data: canonical(response.authenticatorData),
    client_data_json: canonical(response.clientDataJSON),
    signature: canonical(response.signature),
    ...{ origin: used.party.origin, rp_id: used.party.rpId },
  };
}

/** The same bytes in the one base64url that the offline verifier takes. */
const canonical = (text: string) => Buffer.from(text, 'base64url').toString('base64url');

/** Lets a passkey of the member answer a challenge, and counts its use. */
export async function answeredBy(
  tx: Tx,
  member: string,
  challenge: string,
  assertion: PasskeyAssertion,
) {
  const party = neededRelyingParty();
  const passkey = await findPasskey(tx, member, assertion.id);
  if (!passkey) throw passkeyUnknown();
  const { publicKey, credentialId } = passkey;
  const { counter, backedUp } = await verifiedAssertion(party, challenge, assertion, publicKey);
  if (framed(assertion)) throw passkeyRefused();
  if (!(await countUse(tx, passkey.id, counter, backedUp))) throw passkeyCopied();
  return { party, passkey: passkey.id, credentialId, ...(await keyOf(publicKey)) };
}

const clientData = z.looseObject({ crossOrigin: z.boolean().default(false) });

/** Whether it was asked for inside another site's page; the console lets nobody frame it. */
function framed({ response }: PasskeyAssertion): boolean {
  const text = Buffer.from(response.clientDataJSON, 'base64url').toString('utf8');
  return clientData.parse(JSON.parse(text)).crossOrigin;
}
