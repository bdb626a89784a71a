/**
 * What a passkey signs when its member approves an action. Shared by the browser that asks for the
 * signature, the console that records it and the verifier that checks it offline; each hashes the
 * text with what it has.
 */

/**
 * The text whose SHA-256 over its UTF-8 bytes is the WebAuthn challenge: the action by its digest,
 * and what the approver was shown by its own. Both digests as the trail has them.
 */
export function approvalChallengeText(digest: string, displayDigest: string): string {
  return `countersign-approval-v1\n${digest}\n${displayDigest}\n`;
}

export type PasskeyAlgorithm = 'ES256' | 'RS256' | 'EdDSA';

/** A public key as a JWK (RFC 7517), with no member but those that make it the key. */
export type PasskeyJwk =
  | { kty: 'EC'; crv: 'P-256'; x: string; y: string }
  | { kty: 'OKP'; crv: 'Ed25519'; x: string }
  | { kty: 'RSA'; n: string; e: string };

/** An assertion as the trail keeps it, whole, so that anybody can verify it; bytes in base64url. */
export interface ApprovalEvidence {
  credential_id: string;
  public_key: PasskeyJwk;
  algorithm: PasskeyAlgorithm;
  authenticator_data: string;
  client_data_json: string;
  signature: string;
  origin: string;
  rp_id: string;
}
