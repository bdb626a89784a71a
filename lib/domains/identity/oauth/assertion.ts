import { createPublicKey } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { clock } from '@/lib/kernel/clock';
import { algorithmOf } from '../keys';
import type { PublicJwk } from '../schema';
import { invalidClient } from './errors';
import type { StoredCredential } from './store';

/** Longest life of a client assertion, in seconds. */
const MAX_LIFE = 300;
/** Seconds that two clocks may differ. */
const TOLERANCE = 10;

export interface ProvenAssertion {
  credential: StoredCredential;
  jti: string;
  /** Until when its jti must be remembered. */
  expiresAt: Date;
}

/**
 * Checks a client assertion (RFC 7523, section 3) against an agent's keys. The algorithm is
 * the key's own, whatever the header asks for.
 */
export async function proveAssertion(
  assertion: string,
  clientId: string,
  credentials: readonly StoredCredential[],
  audiences: readonly string[],
): Promise<ProvenAssertion> {
  const candidates = candidatesFor(assertion, credentials);
  let reason = 'No live key of this client signed the assertion.';
  for (const credential of candidates) {
    const jwk = credential.public_jwk as PublicJwk;
    const algorithm = algorithmOf(jwk);
    try {
      const { payload } = await jwtVerify(assertion, createPublicKey({ key: jwk, format: 'jwk' }), {
        // RFC 9864 names Ed25519 what RFC 8037 named EdDSA.
        algorithms: algorithm === 'EdDSA' ? ['EdDSA', 'Ed25519'] : [algorithm],
        issuer: clientId,
        subject: clientId,
        audience: [...audiences],
        requiredClaims: ['exp', 'jti'],
        clockTolerance: TOLERANCE,
        currentDate: clock.now(),
      });
      return { credential, ...lifeOf(payload, audiences) };
    } catch (error) {
      if (error instanceof errors.JOSEError) reason = reasonOf(error, reason);
      else throw error;
    }
  }
  throw invalidClient(reason);
}

function candidatesFor(
  assertion: string,
  credentials: readonly StoredCredential[],
): StoredCredential[] {
  const keys = credentials.filter((credential) => credential.public_jwk !== null);
  let kid: string | undefined;
  try {
    kid = decodeProtectedHeader(assertion).kid;
  } catch {
    throw invalidClient('The client assertion is not a JWT.');
  }
  const named = keys.filter(
    (key) => kid !== undefined && (key.id === kid || key.thumbprint === kid),
  );
  return named.length > 0 ? named : keys;
}

function lifeOf(
  payload: { exp?: number; iat?: number; jti?: string; aud?: string | string[] },
  audiences: readonly string[],
): { jti: string; expiresAt: Date } {
  const now = clock.now().getTime() / 1_000;
  const { exp = 0, iat, jti = '' } = payload;
  if (typeof jti !== 'string' || jti.length < 1 || jti.length > 200) {
    throw invalidClient('The assertion needs a jti of 1 to 200 characters.');
  }
  if (exp > now + MAX_LIFE + TOLERANCE) {
    throw invalidClient('The assertion may live for at most 5 minutes.');
  }
  if (iat !== undefined && (iat > now + TOLERANCE || iat < now - MAX_LIFE - TOLERANCE)) {
    throw invalidClient('The iat of the assertion is not within the last 5 minutes.');
  }
  // An assertion that another server accepts too could be replayed by it.
  if (Array.isArray(payload.aud) && !payload.aud.every((name) => audiences.includes(name))) {
    throw invalidClient('The assertion names another audience as well.');
  }
  return { jti, expiresAt: new Date((exp + TOLERANCE) * 1_000) };
}

function reasonOf(error: InstanceType<typeof errors.JOSEError>, otherwise: string): string {
  if (error instanceof errors.JWTExpired) return 'The assertion has expired.';
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return "The assertion's algorithm is not the one of this client's key.";
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'aud'
      ? 'The audience of the assertion must be the issuer or the token endpoint.'
      : `The ${error.claim} of the assertion is missing or not valid.`;
  }
  return otherwise;
}
