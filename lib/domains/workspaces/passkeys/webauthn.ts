/**
 * The WebAuthn library, loaded when a passkey is first used: processes that never see one do without
 * its 24 MB.
 */
import type { PasskeyAlgorithm, PasskeyJwk } from '@/lib/kernel/approval-signature';
import { passkeyRefused } from './errors';
import type { RelyingParty } from './relying-party';
import type { PasskeyAssertion } from '@/lib/kernel/passkey';
import type { PasskeyRegistration } from './schema';

type Party = Extract<RelyingParty, { available: true }>;
type Bytes = Uint8Array<ArrayBuffer>;

/** COSE's numbers of the algorithms that the offline verifier knows too. */
const ALGORITHMS = new Map<number, PasskeyAlgorithm>([
  [-8, 'EdDSA'],
  [-7, 'ES256'],
  [-257, 'RS256'],
]);

export const PASSKEY_TIMEOUT_MS = 120_000;
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;
type Transport = (typeof TRANSPORTS)[number];

/** What is said of transports is a hint for the browser, and kept only where it is known. */
export function transportsOf(said: readonly string[]): Transport[] {
  return TRANSPORTS.filter((transport) => said.includes(transport));
}

const bytesOf = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'base64url'));

export async function registrationOptions(
  party: Party,
  challenge: string,
  member: { id: string; name: string; email: string },
  existing: readonly { credentialId: string; transports: string[] }[],
) {
  const { generateRegistrationOptions } = await import('@simplewebauthn/server');
  return generateRegistrationOptions({
    rpName: 'Countersign',
    rpID: party.rpId,
    userID: Uint8Array.from(Buffer.from(member.id)),
    userName: member.email,
    userDisplayName: member.name,
    challenge: bytesOf(challenge),
    timeout: PASSKEY_TIMEOUT_MS,
    attestationType: 'none',
    excludeCredentials: existing.map(({ credentialId, transports }) => ({
      id: credentialId,
      transports: transportsOf(transports),
    })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    supportedAlgorithmIDs: [...ALGORITHMS.keys()],
  });
}

export async function assertionOptions(
  party: Party,
  challenge: string,
  allowed: readonly { credentialId: string; transports: string[] }[],
) {
  const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
  const options = await generateAuthenticationOptions({
    rpID: party.rpId,
    challenge: bytesOf(challenge),
    timeout: PASSKEY_TIMEOUT_MS,
    userVerification: 'required',
    allowCredentials: allowed.map(({ credentialId, transports }) => ({
      id: credentialId,
      transports: transportsOf(transports),
    })),
  });
  return { ...options };
}

/** What a new passkey is; throws a Problem when the answer is not one to this challenge here. */
export async function verifiedRegistration(
  party: Party,
  challenge: string,
  registration: PasskeyRegistration,
) {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const { response } = registration;
  const checked = await verifyRegistrationResponse({
    response: {
      ...{ id: registration.id, rawId: registration.rawId, type: 'public-key' },
      ...{ clientExtensionResults: {} },
      response: {
        clientDataJSON: response.clientDataJSON,
        attestationObject: response.attestationObject,
      },
    },
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...ALGORITHMS.keys()],
  }).catch((error: unknown) => {
    throw passkeyRefused(error);
  });
  if (!checked.verified) throw passkeyRefused();
  const { credential, credentialBackedUp } = checked.registrationInfo;
  // The id in the answer is what later assertions name; it must be the one that was attested.
  if (credential.id !== registration.id) throw passkeyRefused();
  const { algorithm, jwk } = await keyOf(credential.publicKey);
  return {
    ...{ credentialId: credential.id, publicKey: credential.publicKey, algorithm, jwk },
    ...{ counter: BigInt(credential.counter), backedUp: credentialBackedUp },
    transports: transportsOf(response.transports ?? []),
  };
}

/** Verifies an assertion but for its counter; throws a Problem when it does not hold. */
export async function verifiedAssertion(
  party: Party,
  challenge: string,
  assertion: PasskeyAssertion,
  publicKey: Uint8Array,
): Promise<{ counter: bigint; backedUp: boolean }> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const checked = await verifyAuthenticationResponse({
    response: {
      ...{ id: assertion.id, rawId: assertion.rawId, type: 'public-key' },
      ...{ clientExtensionResults: {} },
      response: {
        clientDataJSON: assertion.response.clientDataJSON,
        authenticatorData: assertion.response.authenticatorData,
        signature: assertion.response.signature,
      },
    },
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.rpId,
    requireUserVerification: true,
    // The count is kept by a conditional update, so that two requests cannot both use one.
    credential: { id: assertion.id, publicKey: Uint8Array.from(publicKey), counter: -1 },
  }).catch((error: unknown) => {
    throw passkeyRefused(error);
  });
  if (!checked.verified) throw passkeyRefused();
  const { newCounter, credentialBackedUp } = checked.authenticationInfo;
  return { counter: BigInt(newCounter), backedUp: credentialBackedUp };
}

/** A COSE_Key (RFC 9053) as a JWK, with the algorithm it is for; other kinds are refused. */
export async function keyOf(
  publicKey: Uint8Array,
): Promise<{ algorithm: PasskeyAlgorithm; jwk: PasskeyJwk }> {
  const { cose, decodeCredentialPublicKey } = await import('@simplewebauthn/server/helpers');
  const key = decodeCredentialPublicKey(Uint8Array.from(publicKey));
  const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('base64url');
  const algorithm = ALGORITHMS.get(Number(key.get(cose.COSEKEYS.alg)));
  if (
    algorithm === 'ES256' &&
    cose.isCOSEPublicKeyEC2(key) &&
    key.get(cose.COSEKEYS.crv) === cose.COSECRV.P256
  ) {
    const [x, y] = [text(key.get(cose.COSEKEYS.x)), text(key.get(cose.COSEKEYS.y))];
    return { algorithm, jwk: { kty: 'EC', crv: 'P-256', x, y } };
  }
  if (
    algorithm === 'EdDSA' &&
    cose.isCOSEPublicKeyOKP(key) &&
    key.get(cose.COSEKEYS.crv) === cose.COSECRV.ED25519
  ) {
    return { algorithm, jwk: { kty: 'OKP', crv: 'Ed25519', x: text(key.get(cose.COSEKEYS.x)) } };
  }
  if (algorithm === 'RS256' && cose.isCOSEPublicKeyRSA(key)) {
    const [n, e] = [text(key.get(cose.COSEKEYS.n)), text(key.get(cose.COSEKEYS.e))];
    return { algorithm, jwk: { kty: 'RSA', n, e } };
  }
  throw passkeyRefused(new Error('the passkey has a key of a kind that is not taken'));
}
