/** A passkey as the second factor: asked for after the password, where its member has turned that on. */
import { randomSecret } from '@/lib/infra/crypto';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { PasskeyAssertion } from '@/lib/kernel/passkey';
import { Problem } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { isInBrowser } from '../policy';
import { lockMember, putSignInChallenge, takeSignInChallenge } from '../repo';
import { hasCodes } from '../service/views';
import { CHALLENGE_MS } from './challenge';
import { askedAlready, noPasskeyToAskFor, noPassword } from './errors';
import { requireStepUp } from './fresh';
import { neededRelyingParty } from './relying-party';
import { passkeysOf } from './repo';
import { passkeyList, passkeySignInInput } from './schema';
import { answeredBy } from './sign';
import { viewPasskeys } from './views';
import { assertionOptions } from './webauthn';

/** Turns it on or off, for whoever has just proved who they are. */
export const setPasskeySignIn = verb({
  name: 'passkeys.set_sign_in',
  input: passkeySignInInput,
  output: passkeyList,
  permit: isInBrowser,
  run: async ({ ctx, input: { on }, tx, event }) => {
    await requireStepUp(tx, ctx.actor);
    const member = await lockMember(tx, ctx.actor.id);
    const passkeys = await passkeysOf(tx, member.id);
    if (member.passkeySignIn === on) throw askedAlready(on);
    if (on) {
      neededRelyingParty();
      if (member.passwordHash === null) throw noPassword();
      if (passkeys.length === 0) throw noPasskeyToAskFor();
    }
    const row = await tx.member.update({ where: { id: member.id }, data: { passkeySignIn: on } });
    event({
      type: on ? 'member.second_factor_enabled' : 'member.second_factor_disabled',
      object: { type: 'member', id: member.id },
      data: { factor: 'passkey', before: { on: !on }, after: { on }, codes: hasCodes(member) },
    });
    return viewPasskeys(passkeys, row, ctx.actor);
  },
});

/** What a member's passkey has to sign to end the sign-in under way, as the browser is asked for it. */
export async function openSignIn(workspace: string, member: string) {
  const party = neededRelyingParty();
  const challenge = randomSecret();
  const until = new Date(clock.now().getTime() + CHALLENGE_MS);
  const passkeys = await inWorkspace(workspace, async (tx) => {
    await putSignInChallenge(tx, member, { challenge, until });
    return passkeysOf(tx, member);
  });
  return { origin: party.origin, options: await assertionOptions(party, challenge, passkeys) };
}

/** Whether a passkey of the member signed what was opened, which is used up by the attempt. */
export async function endsSignIn(
  workspace: string,
  member: string,
  assertion: PasskeyAssertion,
): Promise<boolean> {
  const challenge = await inWorkspace(workspace, (tx) => takeSignInChallenge(tx, member));
  if (challenge === undefined) return false;
  try {
    await inWorkspace(workspace, (tx) => answeredBy(tx, member, challenge, assertion));
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return false;
    throw error;
  }
}
