import { isUniqueViolation, type Tx } from '@/lib/infra/db';
import type { NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { emailTaken } from '../errors';
import type { MemberRow } from '../repo';
import type { MemberRole } from '../schema';

interface NewMember {
  workspaceId: string;
  name: string;
  email: string;
  roles: MemberRole[];
  passwordHash: string;
}

/** Adds an active member and says so; 409 email_taken when the address is in use anywhere. */
export async function insertMember(
  tx: Tx,
  event: (event: NewEvent) => void,
  member: NewMember,
): Promise<MemberRow> {
  const row = await tx.member
    .create({ data: { id: newId('mbr'), ...member } })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? emailTaken() : error;
    });
  event({
    type: 'member.added',
    object: { type: 'member', id: row.id },
    data: { after: { name: row.name, email: row.email, roles: row.roles } },
  });
  return row;
}
