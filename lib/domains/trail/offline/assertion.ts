/**
 * The signature of a passkey under an approval (WebAuthn level 3, section 7.2), verified from what
 * the trail keeps of it alone: no network, no database, and nothing that only Node has.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import * as z from 'zod';
import { approvalChallengeText, type PasskeyAlgorithm } from '@/lib/kernel/approval-signature';

const text = z.string().min(1).max(50_000);
const jwk = z.union([
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: text, y: text }),
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: text }),
  z.strictObject({ kty: z.literal('RSA'), n: text, e: text }),
]);
const evidence = z.strictObject({
  credential_id: text,
  public_key: jwk,
  algorithm: z.enum(['ES256', 'RS256', 'EdDSA']),
  authenticator_data: text,
  client_data_json: text,
  signature: text,
  origin: text,
  rp_id: text,
});
type Evidence = z.output<typeof evidence>;

const clientData = z.looseObject({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.boolean().default(false),
  topOrigin: z.string().optional(),
});

const KINDS: Record<PasskeyAlgorithm, Evidence['public_key']['kty']> = {
  ...{ ES256: 'EC', EdDSA: 'OKP', RS256: 'RSA' },
};
/** SHA-256 of the relying party, the flags, and the count. */
const LEAST_DATA_BYTES = 37;
const FLAGS_AT = 32;
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

/** What an approval is about, as its event says. */
export interface Approved {
  digest: string;
  displayDigest: string;
}

/**
 * What is wrong with a signature under an approval, in words; null when it holds: the passkey
 * whose key is in the evidence signed this action and what was shown of it, with the person
 * present and verified, at the origin that the evidence names. Whose key it is, it does not say.
 */
export function verifyAssertionOffline(given: unknown, approved: Approved): string | null {
  const parsed = evidence.safeParse(given);
  if (!parsed.success) return 'it has not the form of one';
  const kept = parsed.data;
  const bytes = {
    data: bytesOf(kept.authenticator_data),
    client: bytesOf(kept.client_data_json),
    signature: bytesOf(kept.signature),
  };
  const { data, client, signature } = bytes;
  if (!data || !client || !signature || !bytesOf(kept.credential_id)) {
    return 'its bytes are not base64url';
  }
  return (
    clientProblem(client, kept, approved) ??
    dataProblem(data, kept) ??
    (signatureFits({ data, client, signature }, kept) ? null : 'its signature does not fit its key')
  );
}

function clientProblem(bytes: Buffer, kept: Evidence, approved: Approved): string | null {
  const read = clientData.safeParse(parsedJson(bytes));
  if (!read.success) return 'its client data is not what a browser writes';
  const { type, challenge, origin, crossOrigin, topOrigin } = read.data;
  if (type !== 'webauthn.get') return `it is no signature but a ${type}`;
  const signed = approvalChallengeText(approved.digest, approved.displayDigest);
  if (challenge !== sha256(signed).toString('base64url')) {
    return 'it was given for another action, or for another card than was shown';
  }
  if (origin !== kept.origin) return `it was given at ${origin}, not at ${kept.origin}`;
  if (crossOrigin || topOrigin !== undefined) return 'it was given inside the page of another site';
  return belongsTo(origin, kept.rp_id) ? null : `${origin} is no address of ${kept.rp_id}`;
}

function dataProblem(data: Buffer, { rp_id: party }: Evidence): string | null {
  if (data.length < LEAST_DATA_BYTES) return 'its authenticator data is too short';
  if (!Buffer.from(data.subarray(0, FLAGS_AT)).equals(sha256(party))) {
    return `it is for another site than ${party}`;
  }
  const flags = data[FLAGS_AT] ?? 0;
  if ((flags & USER_PRESENT) === 0) return 'nobody was present when it was given';
  return (flags & USER_VERIFIED) === 0 ? 'the person was not verified when it was given' : null;
}

/** Whether the signature over the authenticator's data and the hash of the client's is the key's. */
export function signatureFits(
  signed: { data: Uint8Array; client: Uint8Array; signature: Uint8Array },
  { public_key: key, algorithm }: Pick<Evidence, 'public_key' | 'algorithm'>,
): boolean {
  if (key.kty !== KINDS[algorithm]) return false;
  const message = Buffer.concat([signed.data, sha256(signed.client)]);
  const hash = algorithm === 'EdDSA' ? null : 'sha256';
  try {
    const publicKey = createPublicKey({ key, format: 'jwk' });
    return verify(hash, message, publicKey, signed.signature);
  } catch {
    return false;
  }
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}

/** Bytes from the one base64url that stands for them, so that no other text passes for the same. */
function bytesOf(encoded: string): Buffer | undefined {
  const bytes = Buffer.from(encoded, 'base64url');
  return bytes.toString('base64url') === encoded ? bytes : undefined;
}

function parsedJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** WebAuthn's rule: the relying party is the origin's host or a domain above it. */
function belongsTo(origin: string, party: string): boolean {
  try {
    const { hostname, protocol } = new URL(origin);
    if (protocol !== 'https:' && hostname !== 'localhost') return false;
    return hostname === party || hostname.endsWith(`.${party}`);
  } catch {
    return false;
  }
}
