import type { Tx } from '@/lib/infra/db';
import { passwordFits } from '@/lib/infra/password';
import { forgetAttempts, takeAttempt } from '@/lib/infra/rate-limit';
import { clock } from '@/lib/kernel/clock';
import { type Deed, verb } from '@/lib/kernel/verb';
import type { z } from 'zod';
import { tooMany, wrongCode, wrongPassword } from '../errors';
import { isInBrowser } from '../policy';
import { loadMember } from '../repo';
import { empty } from '../schema';
import { stepUpAttempts } from '../service/attempts';
import { codeFits } from '../service/second-factor';
import { hasCodes } from '../service/views';
import { notingFailures, openChallenge, usedChallenge } from './challenge';
import { codeNeeded, noPassword, passkeyNeeded, passkeyUnknown } from './errors';
import { steppedUpUntil } from './fresh';
import { neededRelyingParty } from './relying-party';
import { markSteppedUp, passkeysOf } from './repo';
import { steppedUpView, stepUpInput, webauthnOptions } from './schema';
import { answeredBy } from './sign';
import { assertionOptions } from './webauthn';

/** Offers a challenge for a step-up by passkey. */
export const beginStepUp = verb({
  name: 'step_up.begin',
  input: empty,
  output: webauthnOptions,
  permit: isInBrowser,
  run: async ({ ctx, tx, event }) => {
    const party = neededRelyingParty();
    const passkeys = await passkeysOf(tx, ctx.actor.id);
    if (passkeys.length === 0) throw passkeyUnknown();
    const challenge = await openChallenge(tx, ctx.actor, 'step_up');
    event({ type: 'member.step_up_offered', object: { type: 'member', id: ctx.actor.id } });
    return assertionOptions(party, challenge, passkeys);
  },
});

type Proof = z.output<typeof stepUpInput>;

/** Marks the session as stepped up, for a password with its code, or for a passkey. */
const perform = verb({
  name: 'step_up.perform',
  input: stepUpInput,
  output: steppedUpView,
  permit: isInBrowser,
  run: async (deed) => {
    const { ctx, tx, event } = deed;
    // Counted before it is tried, so that attempts at the same time cannot all pass.
    const wait = await takeAttempt(stepUpAttempts, ctx.actor.id);
    if (wait > 0) throw tooMany(wait);
    const proven = await proof(deed);
    await markSteppedUp(tx, ctx.actor);
    event({
      type: 'member.stepped_up',
      object: { type: 'member', id: ctx.actor.id },
      outcome: 'succeeded',
      data: proven,
    });
    deed.after(() => forgetAttempts(stepUpAttempts, ctx.actor.id));
    const until = (await steppedUpUntil(tx, ctx.actor)) ?? clock.now();
    return { until: until.toISOString() };
  },
});

async function proof({ ctx, input, tx }: Deed<Proof>) {
  if (input.assertion) {
    const challenge = await usedChallenge(tx, ctx.actor, 'step_up');
    const { passkey } = await answeredBy(tx, ctx.actor.id, challenge, input.assertion);
    return { method: 'passkey', passkey };
  }
  return { method: await byPassword(tx, ctx.actor.id, input) };
}

async function byPassword(tx: Tx, id: string, { password = '', code }: Proof): Promise<string> {
  const member = await loadMember(tx, id);
  if (member.passwordHash === null) throw noPassword();
  if (!(await passwordFits(member.passwordHash, password))) throw wrongPassword('password');
  if (!hasCodes(member)) {
    // Whoever has got hold of the password alone must not take the passkey off.
    if (member.passkeySignIn) throw passkeyNeeded();
    return 'password';
  }
  if (code === undefined) throw codeNeeded();
  if (!(await codeFits(tx, member, code))) throw wrongCode();
  return 'password+totp';
}

export const stepUp = notingFailures(perform, 'member.step_up_failed', [
  'wrong_password',
  'passkey_needed',
  'wrong_code',
  'passkey_unknown',
  'passkey_refused',
  'passkey_copied',
]);
