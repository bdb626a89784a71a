import type { Actor } from '@/lib/kernel/actor';
import { algorithmOf } from './keys';
import { type InRotation, mayRevoke, mayRotate } from './policy';
import type { CredentialRow } from './repo';
import type { CredentialView, PublicJwk } from './schema';

/** A credential as the API shows it; neither secret nor its hash is part of it. */
export function viewOf(
  row: CredentialRow,
  actor: Actor,
  now: Date,
  rotation?: InRotation,
): CredentialView {
  const jwk = row.publicJwk as PublicJwk | null;
  return {
    id: row.id,
    agentId: row.agentId,
    agentName: row.agent.name,
    kind: row.kind as CredentialView['kind'],
    label: row.label,
    algorithm: jwk ? algorithmOf(jwk) : null,
    thumbprint: row.thumbprint,
    publicJwk: jwk,
    state: row.state as CredentialView['state'],
    expired: row.expiresAt !== null && row.expiresAt <= now,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    replaces: row.replaces,
    can: {
      rotate: mayRotate(actor, { state: row.state, agentState: row.agent.state, rotation }),
      revoke: mayRevoke(actor, row),
    },
  };
}
