import { hashPassword, passwordFits } from '@/lib/infra/password';
import { takeAttempt } from '@/lib/infra/rate-limit';
import type { Tx } from '@/lib/infra/db';
import { verb } from '@/lib/kernel/verb';
import { requireStepUp } from '../passkeys/fresh';
import { tooMany, wrongPassword } from '../errors';
import { isInBrowser } from '../policy';
import { endSessionsOf, loadMember, type MemberRow } from '../repo';
import { changePasswordInput, done, okay } from '../schema';
import { ownAttempts } from './attempts';
import { currentSession } from './sessions';

/** Changes the member's own password and ends their other sessions. */
export const changePassword = verb({
  name: 'members.change_password',
  input: changePasswordInput,
  output: done,
  permit: isInBrowser,
  run: async ({ ctx, input, tx, event }) => {
    const member = await provenByPassword(tx, ctx.actor.id, input.current, 'current');
    // Whoever has a session alone would make a password, and with it whatever a password proves.
    if (member.passwordHash === null) await requireStepUp(tx, ctx.actor);
    await tx.member.update({
      where: { id: member.id },
      data: { passwordHash: await hashPassword(input.password) },
    });
    const sessions = await endSessionsOf(tx, member.id, currentSession(ctx));
    event({
      type: 'member.password_changed',
      object: { type: 'member', id: member.id },
      data: { sessions_revoked: sessions },
    });
    return okay;
  },
});

/**
 * The member, once the given password is found right. Members without one (they sign in by
 * single sign-on) need not give any.
 */
export async function provenByPassword(
  tx: Tx,
  id: string,
  given: string,
  field: string,
): Promise<MemberRow> {
  const wait = await takeAttempt(ownAttempts, id);
  if (wait > 0) throw tooMany(wait);
  const member = await loadMember(tx, id);
  if (member.passwordHash !== null && !(await passwordFits(member.passwordHash, given))) {
    throw wrongPassword(field);
  }
  return member;
}
