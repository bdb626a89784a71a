import { z } from 'zod';
import { idSchema } from '@/lib/kernel/ids';
import { Ability } from '@/lib/kernel/ability';
import { pageInput, pageOf } from '@/lib/kernel/page-input';

/** An agent may have this many credentials that are not revoked: enough to rotate two at once. */
export const MAX_LIVE_CREDENTIALS = 8;

export const credentialKind = z.enum(['key_pair', 'secret']);
export type CredentialKind = z.output<typeof credentialKind>;
export const credentialState = z.enum(['active', 'retiring', 'revoked']);

const coordinate = z.string().regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url');
const publicMembers = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: coordinate }),
  z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
  z.object({
    kty: z.literal('RSA'),
    // 2048 bits are 342 characters; 8192 are 1366.
    n: z.string().regex(/^[\w-]{342,1366}$/, 'must be a modulus of 2048 to 8192 bits'),
    e: z.string().regex(/^[\w-]{1,8}$/, 'must be a public exponent in base64url'),
  }),
]);

/** A public JWK: Ed25519 (EdDSA), P-256 (ES256) or RSA of at least 2048 bits (RS256). */
export const publicJwk = z
  .looseObject({ kty: z.enum(['OKP', 'EC', 'RSA'], 'must be OKP, EC or RSA') })
  .superRefine((jwk, issue) => {
    if (['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].some((member) => member in jwk)) {
      issue.addIssue({
        code: 'custom',
        message: 'is a private key. Make a new pair and paste only its public half.',
      });
    }
  })
  // Only the members that make the key are kept: alg, kid and use are for us to say.
  .pipe(publicMembers);
export type PublicJwk = z.output<typeof publicJwk>;

const label = z.string().trim().max(80).default('');
const expiresInDays = z.number().int().min(1).max(730).optional();

export const createCredentialInput = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('key_pair'),
    agentId: idSchema('agt'),
    label,
    expiresInDays,
    /** The developer's own public key; without it the server makes a pair and shows the private half once. */
    publicJwk: publicJwk.optional(),
  }),
  z.strictObject({ kind: z.literal('secret'), agentId: idSchema('agt'), label, expiresInDays }),
]);

export const credentialRef = z.strictObject({ id: idSchema('crd') });

export const revokeCredentialInput = z.strictObject({
  id: idSchema('crd'),
  reason: z.string().trim().max(500).default(''),
});

export const listCredentialsInput = z.strictObject({
  ...pageInput,
  agentId: idSchema('agt').optional(),
  state: credentialState.optional(),
});

export const credentialView = z.object({
  id: z.string(),
  agentId: z.string(),
  agentName: z.string(),
  kind: credentialKind,
  label: z.string(),
  /** EdDSA, ES256 or RS256, for a key pair. */
  algorithm: z.string().nullable(),
  thumbprint: z.string().nullable(),
  publicJwk: z.unknown(),
  state: credentialState,
  expired: z.boolean(),
  createdBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  replaces: z.string().nullable(),
  can: z.object({ rotate: Ability, revoke: Ability }),
});
export type CredentialView = z.output<typeof credentialView>;

export const credentialPage = pageOf(credentialView);
export const credentialChain = z.object({ items: z.array(credentialView) });

/** What is shown once, when a credential is made: the private key or the secret. */
export const newCredential = z.object({
  credential: credentialView,
  clientId: z.string(),
  privateJwk: z.record(z.string(), z.unknown()).optional(),
  secret: z.string().optional(),
});
export type NewCredential = z.output<typeof newCredential>;
