/** A member's personal access token at the gateway. */
import { memberContext, type TokenRow } from '@/lib/http/member-context';
import { sha256Hex } from '@/lib/infra/crypto';
import { withAnyRole } from '@/lib/kernel/actor';
import type { Context } from '@/lib/kernel/context';
import { forbidden, Problem } from '@/lib/kernel/problem';
import { permitted } from '@/lib/kernel/verb';
import type { Gateway } from '../gateway';
import type { Snapshot } from '../snapshot/snapshot';

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
  const { rows } = await pool.query<TokenRow>({
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
  return { scopes, ctx: memberContext(row, { tokenId: row.token_id, scopes }) };
}

/** Throws 403 unless the token was made to ask for decisions, and its member has a role. */
export async function snapshotOfMember(
  { snapshots }: Gateway,
  { ctx, scopes }: Holder,
): Promise<Snapshot> {
  permitted(withAnyRole(ctx.actor, 'Only members ask for decisions.'));
  if (!scopes.includes('authzen')) {
    throw forbidden('This access token has no authzen scope. Create one that has.');
  }
  return snapshots.get(ctx.workspace);
}
