/**
 * Access tokens: RFC 9068 JWTs (typ at+jwt), Ed25519, at most ten minutes. Signing and
 * checking are synchronous node:crypto, since every action checks one.
 */
import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { derivedSigningKey } from '@/lib/infra/crypto';
import { env } from '@/lib/infra/env';
import { canonicalJson } from '@/lib/kernel/canonical';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { Problem } from '@/lib/kernel/problem';

/** Seconds that an access token lives. */
export const TOKEN_SECONDS = 600;
export const TOKEN_SCOPE = 'actions';

/** What a verified access token says. */
export interface AccessToken {
  workspace: string;
  agentId: string;
  credentialId: string;
  jti: string;
  /** Epoch milliseconds. */
  expiresAt: number;
  /** Epoch milliseconds. */
  issuedAt: number;
  scope: string;
}

interface Claims {
  iss: string;
  sub: string;
  client_id: string;
  aud: string;
  iat: number;
  exp: number;
  jti: string;
  scope: string;
  cst_ws: string;
  cst_crd: string;
}

interface SigningKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
  jwk: Record<string, unknown>;
  /** The encoded header of every token this key signs; another header is another token. */
  header: string;
}

let signing: SigningKey | undefined;

export function signingKey(): SigningKey {
  if (signing) return signing;
  const { privateKey, publicKey } = derivedSigningKey('gateway-token:v1');
  const { crv, kty, x } = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(canonicalJson({ crv, kty, x })).digest('base64url');
  signing = {
    privateKey,
    publicKey,
    jwk: { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' },
    header: encode({ alg: 'EdDSA', typ: 'at+jwt', kid }),
  };
  return signing;
}

/** The JWK set that resource servers check our tokens with. */
export function tokenKeySet(): { keys: Record<string, unknown>[] } {
  return { keys: [signingKey().jwk] };
}

/** Signs a token for an agent; nothing is stored of it. */
export function issueAccessToken(
  issuer: string,
  to: { workspace: string; agentId: string; credentialId: string },
): { token: string; jti: string; expiresAt: Date } {
  const key = signingKey();
  const iat = Math.floor(clock.now().getTime() / 1_000);
  const claims: Claims = {
    iss: issuer,
    sub: to.agentId,
    client_id: to.agentId,
    aud: issuer,
    iat,
    exp: iat + TOKEN_SECONDS,
    jti: newId('tok'),
    scope: TOKEN_SCOPE,
    cst_ws: to.workspace,
    cst_crd: to.credentialId,
  };
  const signed = `${key.header}.${encode(claims)}`;
  const signature = sign(null, Buffer.from(signed), key.privateKey).toString('base64url');
  return {
    token: `${signed}.${signature}`,
    jti: claims.jti,
    expiresAt: new Date(claims.exp * 1_000),
  };
}

// A signature is checked once a token; what is kept ends with it, or when others push it out.
const verified = new LRUCache<string, Claims>({ max: 20_000 });

/**
 * Checks signature, issuer, audience and expiry, in memory. Whether the agent, its
 * credential or the token itself has been revoked is for the caller's snapshot to say.
 *
 * Throws a Problem 401 `invalid_token`.
 */
export function verifyAccessToken(token: string, issuer: string = env().GATEWAY_URL): AccessToken {
  let claims = verified.get(token);
  if (!claims) {
    claims = checkSignature(token);
    verified.set(token, claims);
  }
  if (claims.iss !== issuer || claims.aud !== issuer) {
    throw invalidToken('The access token is for another server.');
  }
  if (claims.exp * 1_000 <= clock.now().getTime()) {
    verified.delete(token);
    throw invalidToken('The access token has expired. Get a new one from the token endpoint.');
  }
  return {
    workspace: claims.cst_ws,
    agentId: claims.sub,
    credentialId: claims.cst_crd,
    jti: claims.jti,
    issuedAt: claims.iat * 1_000,
    expiresAt: claims.exp * 1_000,
    scope: claims.scope,
  };
}

function checkSignature(token: string): Claims {
  const key = signingKey();
  const [header, payload, signature, ...rest] = token.length > 4_096 ? [] : token.split('.');
  // Only our own header is read at all, so no algorithm or key can be asked for.
  if (header !== key.header || !payload || !signature || rest.length > 0) {
    throw invalidToken('The access token is not one of this gateway.');
  }
  const bytes = Buffer.from(signature, 'base64url');
  // One spelling of a signature only: another would be another key of the cache.
  if (
    bytes.toString('base64url') !== signature ||
    !verify(null, Buffer.from(`${header}.${payload}`), key.publicKey, bytes)
  ) {
    throw invalidToken('The signature of the access token is not valid.');
  }
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
}

function invalidToken(detail: string): Problem {
  return new Problem({
    status: 401,
    code: 'invalid_token',
    title: 'Access token refused',
    detail,
    headers: { 'WWW-Authenticate': `Bearer error="invalid_token", error_description="${detail}"` },
  });
}

export function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
