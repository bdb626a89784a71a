import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';

/** Whom a session or a personal access token speaks for, as the database's functions answer. */
export interface MemberRow {
  workspace_id: string;
  member_id: string;
  name: string;
  roles: string[];
  abilities: string[];
  method: string;
  authenticated_at: Date;
  scopes: string[] | null;
}

export type TokenRow = MemberRow & { token_id: string };

export function memberContext(
  row: MemberRow,
  how: { sessionId: string } | { tokenId: string; scopes: string[] },
): Context {
  return {
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
      ...how,
    },
  };
}
