import type { AccessToken } from '@/lib/domains/identity/server';
import { clock } from '@/lib/kernel/clock';
import { Problem } from '@/lib/kernel/problem';
import type { Reason } from '../schema';
import type { Agent, Snapshot } from '../snapshot/snapshot';
import type { Snapshots } from '../snapshot/store';

const reasons: Record<string, string> = {
  draft: 'The agent is a draft. An admin must activate it first.',
  suspended: 'The agent is suspended. Ask its sponsor or an admin.',
  retired: 'The agent is retired and can do nothing any more.',
};

/**
 * The snapshot to check a token against; a promise only when it must be read. A credential
 * made a moment ago may be ahead of its announcement, so what is unknown is looked up again.
 */
export function snapshotFor(
  snapshots: Snapshots,
  token: AccessToken,
): Snapshot | Promise<Snapshot> {
  const snapshot = snapshots.get(token.workspace);
  if (snapshot instanceof Promise) return snapshot;
  if (snapshot.agents.has(token.agentId) && snapshot.credentials.has(token.credentialId)) {
    return snapshot;
  }
  return snapshots.reread(token.workspace, ['agents', 'agent_roles', 'credentials']);
}

/**
 * Stage 1. The token's signature and expiry have been checked; here the snapshot says whether
 * token, credential and agent still stand.
 */
export function authenticate(snapshot: Snapshot, token: AccessToken, now: number): Agent {
  const agent = snapshot.agents.get(token.agentId);
  if (!agent)
    throw refused('token_revoked', 'The agent of this access token does not exist any more.');
  if (snapshot.revokedTokens.has(token.jti)) {
    throw refused('token_revoked', 'The access token has been revoked. Get a new one.');
  }
  const credential = snapshot.credentials.get(token.credentialId);
  if (!credential || credential.agentId !== agent.id || credential.expiresAt <= now) {
    throw refused(
      'credential_revoked',
      'The credential behind this access token is revoked or expired. Get a new token with a live one.',
    );
  }
  const standing = whyNotActive(agent);
  if (!standing) return agent;
  const { code, message } = standing;
  throw new Problem({
    status: 403,
    code,
    title: 'Denied',
    detail: message,
    extra: { decision: 'deny', reasons: [standing] },
  });
}

/** Stage 1 by itself, for who joins what another token began. Throws as it does. */
export async function assertStands(snapshots: Snapshots, token: AccessToken): Promise<void> {
  authenticate(await snapshotFor(snapshots, token), token, clock.now().getTime());
}

/** Why an agent in its state may do nothing; undefined when it may. */
export function whyNotActive({ state }: Pick<Agent, 'state'>): Reason | undefined {
  const message = reasons[state];
  return message === undefined ? undefined : { code: `agent_${state}`, message };
}

function refused(code: string, detail: string): Problem {
  return new Problem({
    status: 401,
    code,
    title: 'Access token refused',
    detail,
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}
