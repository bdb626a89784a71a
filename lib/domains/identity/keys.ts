import { createHash, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { canonicalJson } from '@/lib/kernel/canonical';
import { invalid } from '@/lib/kernel/problem';
import type { PublicJwk } from './schema';

const algorithms = { OKP: 'EdDSA', EC: 'ES256', RSA: 'RS256' } as const;

/** The one signature algorithm a key may be used with; never taken from a token's header. */
export function algorithmOf(jwk: PublicJwk): 'EdDSA' | 'ES256' | 'RS256' {
  return algorithms[jwk.kty];
}

/** RFC 7638 thumbprint; the schema has already left only the members it is made of. */
export function thumbprint(jwk: PublicJwk): string {
  return createHash('sha256').update(canonicalJson(jwk)).digest('base64url');
}

/** Refuses what looks like a key but is none: a point off its curve, a short modulus. */
export function assertUsable(jwk: PublicJwk): void {
  const wrong = (message: string) => invalid([{ field: 'publicJwk', message }]);
  let bits: number | undefined;
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    bits = key.asymmetricKeyDetails?.modulusLength;
  } catch {
    throw wrong('is not a valid public key');
  }
  if (jwk.kty === 'RSA' && (bits ?? 0) < 2048) throw wrong('must have at least 2048 bits');
}

/** A new Ed25519 pair; the private half is for its owner and is kept nowhere. */
export function generateKeyPair(): { publicJwk: PublicJwk; privateJwk: Record<string, unknown> } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { crv, kty, x, d } = privateKey.export({ format: 'jwk' });
  const jwk = { kty, crv, x } as PublicJwk;
  return {
    publicJwk: jwk,
    privateJwk: { ...jwk, d, alg: 'EdDSA', use: 'sig', kid: thumbprint(jwk) },
  };
}
