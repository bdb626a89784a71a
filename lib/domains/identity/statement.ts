/** Statements of the gateway for others to keep and bring back: JWTs of a type of their own. */
import { sign, verify } from 'node:crypto';
import { encode, signingKey } from './token';

/** A JWS in compact serialization; its type keeps it apart from access tokens and other statements. */
export function signStatement(typ: string, claims: Record<string, unknown>): string {
  const key = signingKey();
  const signed = `${headerOf(typ)}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key.privateKey).toString('base64url')}`;
}

/** What a statement of this type says; undefined unless this gateway signed it. Its claims are for the caller to check. */
export function readStatement(typ: string, text: string): Record<string, unknown> | undefined {
  const [header, payload, signature, ...rest] = text.split('.');
  // Only our own header is read at all, so no algorithm or key can be asked for.
  if (header !== headerOf(typ) || !payload || !signature || rest.length > 0) return undefined;
  const bytes = Buffer.from(signature, 'base64url');
  if (!verify(null, Buffer.from(`${header}.${payload}`), signingKey().publicKey, bytes)) {
    return undefined;
  }
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
}

function headerOf(typ: string): string {
  return encode({ alg: 'EdDSA', typ, kid: signingKey().jwk['kid'] });
}
