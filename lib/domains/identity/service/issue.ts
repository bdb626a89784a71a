import { randomSecret, sha256Hex } from '@/lib/infra/crypto';
import { isUniqueViolation, type Prisma, type Tx } from '@/lib/infra/db';
import { newId } from '@/lib/kernel/ids';
import { conflict, type Problem } from '@/lib/kernel/problem';
import { assertUsable, generateKeyPair, thumbprint } from '../keys';
import { type CredentialRow, insertCredential } from '../repo';
import type { CredentialKind, PublicJwk } from '../schema';

interface Wanted {
  workspace: string;
  agentId: string;
  kind: CredentialKind;
  label: string;
  createdBy: string;
  now: Date;
  expiresAt: Date | null;
  publicJwk?: PublicJwk | undefined;
  replaces?: string;
}

/** What its owner must be given, once; nothing of it is stored. */
export interface Material {
  privateJwk?: Record<string, unknown>;
  secret?: string;
}

/**
 * Makes the proof (a pair, or 256 random bits) and stores its public or hashed half; 422 for a
 * public key that the workspace has already, also where it has been revoked.
 */
export async function issueCredential(
  tx: Tx,
  wanted: Wanted,
): Promise<{ row: CredentialRow; material: Material }> {
  const base = {
    id: newId('crd'),
    workspaceId: wanted.workspace,
    agentId: wanted.agentId,
    kind: wanted.kind,
    label: wanted.label,
    createdBy: wanted.createdBy,
    createdAt: wanted.now,
    expiresAt: wanted.expiresAt,
    replaces: wanted.replaces ?? null,
  };
  if (wanted.kind === 'secret') {
    const secret = `cst_sec_${randomSecret()}`;
    const row = await insertCredential(tx, { ...base, secretHash: sha256Hex(secret) });
    return { row, material: { secret } };
  }
  const pair = wanted.publicJwk ? { publicJwk: wanted.publicJwk } : generateKeyPair();
  assertUsable(pair.publicJwk);
  const row = await insertCredential(tx, {
    ...base,
    publicJwk: pair.publicJwk as Prisma.InputJsonObject,
    thumbprint: thumbprint(pair.publicJwk),
  }).catch((error: unknown) => {
    throw isUniqueViolation(error) ? keyTaken() : error;
  });
  return { row, material: 'privateJwk' in pair ? { privateJwk: pair.privateJwk } : {} };
}

function keyTaken(): Problem {
  return conflict(
    'already_exists',
    'This public key is registered already. Make a new pair for each credential.',
  );
}

/** What an event may say of a credential. */
export function publicFacts(row: CredentialRow): Record<string, unknown> {
  return {
    kind: row.kind,
    label: row.label,
    thumbprint: row.thumbprint,
    expires_at: row.expiresAt?.toISOString() ?? null,
    replaces: row.replaces,
  };
}
