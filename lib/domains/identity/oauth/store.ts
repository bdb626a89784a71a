/** The gateway role's statements; the only place of the OAuth endpoints with a `where`. */
import { type Client as Connection, inTenant, type Pool } from '@/lib/infra/pg';

export interface StoredCredential {
  id: string;
  kind: 'key_pair' | 'secret';
  public_jwk: unknown;
  thumbprint: string | null;
  secret_hash: string | null;
}

export interface Client {
  workspace: string;
  agentId: string;
  agentState: string;
  /** Those that are neither revoked nor expired. */
  credentials: StoredCredential[];
}

/** The client of an agent's id with its live credentials, or undefined. */
export async function loadClient(pool: Pool, agentId: string): Promise<Client | undefined> {
  const found = await pool.query<{ workspace: string | null }>({
    name: 'oauth-workspace',
    text: 'SELECT agent_workspace($1) AS workspace',
    values: [agentId],
  });
  const workspace = found.rows[0]?.workspace;
  if (!workspace) return undefined;
  return inTenant(pool, workspace, async (tx) => {
    const agentState = await agentStateOf(tx, agentId);
    const { rows } = await tx.query<StoredCredential>({
      name: 'oauth-credentials',
      text: `SELECT id, kind, public_jwk, thumbprint, secret_hash FROM credentials
             WHERE agent_id = $1 AND state IN ('active', 'retiring')
               AND (expires_at IS NULL OR expires_at > now())
             ORDER BY created_at DESC`,
      values: [agentId],
    });
    return { workspace, agentId, agentState, credentials: rows };
  });
}

export async function agentStateOf(tx: Connection, agentId: string): Promise<string> {
  const { rows } = await tx.query<{ state: string }>({
    name: 'oauth-agent',
    text: 'SELECT state FROM agents WHERE id = $1',
    values: [agentId],
  });
  return rows[0]?.state ?? 'retired';
}

export async function credentialIsLive(tx: Connection, id: string): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'oauth-credential-live',
    text: `SELECT 1 FROM credentials WHERE id = $1 AND state IN ('active', 'retiring')
             AND (expires_at IS NULL OR expires_at > now())`,
    values: [id],
  });
  return rowCount === 1;
}

/** False when the jti was used before: of many at once, the unique key lets one through. */
export async function useAssertion(
  tx: Connection,
  client: Client,
  jti: string,
  expiresAt: Date,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'oauth-use-assertion',
    text: `INSERT INTO used_assertions (workspace_id, agent_id, jti, expires_at)
           VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    values: [client.workspace, client.agentId, jti, expiresAt],
  });
  return rowCount === 1;
}

/** Remembers the last use, to the minute: a rotation waits for a successor's first. */
export async function touchCredential(tx: Connection, id: string): Promise<void> {
  await tx.query({
    name: 'oauth-touch',
    text: `UPDATE credentials SET last_used_at = now()
           WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
    values: [id],
  });
}

/** False when it was revoked before. */
export async function revokeToken(
  tx: Connection,
  workspace: string,
  jti: string,
  expiresAt: Date,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'oauth-revoke',
    text: `INSERT INTO revoked_tokens (workspace_id, jti, expires_at) VALUES ($1, $2, $3)
           ON CONFLICT DO NOTHING`,
    values: [workspace, jti, expiresAt],
  });
  return rowCount === 1;
}

export async function tokenIsRevoked(tx: Connection, jti: string): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'oauth-revoked',
    text: 'SELECT 1 FROM revoked_tokens WHERE jti = $1',
    values: [jti],
  });
  return rowCount === 1;
}
