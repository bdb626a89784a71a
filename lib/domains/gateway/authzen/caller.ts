/** A member's personal access token at the gateway. */
import { sha256Hex } from '@/lib/infra/crypto';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { forbidden, Problem } from '@/lib/kernel/problem';
import type { Gateway } from '../gateway';
import type { Snapshot } from '../snapshot/snapshot';

interface Row {
  workspace_id: string;
  member_id: string;
  name: string;
  roles: string[];
  abilities: string[];
  method: string;
  authenticated_at: Date;
  scopes: string[] | null;
  token_id: string;
}

export interface Holder {
  ctx: Context;
  scopes: readonly string[];
}

/** Whom a personal access token speaks for; undefined when what is sent is none. Throws 401. */
export async function member(
  { pool }: Gateway,
  header: string | undefined,
): Promise<Holder | undefined> {
  const token = /^Bearer +(cst_pat_\S*)$/i.exec(header ?? '')?.[1];
  if (token === undefined) return undefined;
  const { rows } = await pool.query<Row>({
    name: 'member-by-token',
    text: 'SELECT * FROM member_by_token($1)',
    values: [sha256Hex(token)],
  });
  const [row] = rows;
  if (!row) {
    throw new Problem({
      status: 401,
      code: 'unauthenticated',
      title: 'Access token refused',
      detail: 'The access token is unknown, expired or revoked. Send a live one.',
      headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
    });
  }
  const scopes = row.scopes ?? [];
  return {
    scopes,
    ctx: {
      workspace: row.workspace_id,
      requestId: newId('req'),
      actor: {
        type: 'member',
        id: row.member_id,
        name: row.name,
        roles: row.roles,
        abilities: row.abilities,
        method: row.method,
        authenticatedAt: row.authenticated_at.getTime(),
        tokenId: row.token_id,
        scopes,
      },
    },
  };
}

/** Throws 403 unless the token was made to ask for decisions. */
export async function snapshotOfMember(
  { snapshots }: Gateway,
  { ctx, scopes }: Holder,
): Promise<Snapshot> {
  if (!scopes.includes('authzen')) {
    throw forbidden('This access token has no authzen scope. Create one that has.');
  }
  return snapshots.get(ctx.workspace);
}
