import { generateSecret, generateURI, verify } from 'otplib';
import { toString as qrCode } from 'qrcode';
import { open, seal, unwrapDataKey } from '@/lib/infra/crypto';
import type { Tx } from '@/lib/infra/db';
import { takeAttempt } from '@/lib/infra/rate-limit';
import { clock } from '@/lib/kernel/clock';
import { conflict } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { requireStepUp } from '../passkeys/fresh';
import { tooMany, wrongCode } from '../errors';
import { isInBrowser } from '../policy';
import { loadMember, loadWorkspace, type MemberRow, takeTotpStep } from '../repo';
import { beginSecondFactorInput, codeInput, done, secondFactorOffer, okay } from '../schema';
import { ownAttempts } from './attempts';
import { provenByPassword } from './password';
import { hasCodes } from './views';

const sealedFor = (member: string) => `totp:${member}`;

/** Offers a new TOTP secret, which counts only once it is confirmed with a code. */
export const beginSecondFactor = verb({
  name: 'members.begin_second_factor',
  input: beginSecondFactorInput,
  output: secondFactorOffer,
  permit: isInBrowser,
  run: async ({ ctx, input, tx, event }) => {
    const member = await provenByPassword(tx, ctx.actor.id, input.password ?? '', 'password');
    if (hasCodes(member)) throw alreadyOn();
    // An app beside a passkey does what the passkey does: the password alone must not make one.
    if (member.passkeySignIn) await requireStepUp(tx, ctx.actor);
    const workspace = await loadWorkspace(tx);
    const secret = generateSecret();
    const key = unwrapDataKey(workspace.dataKey, workspace.id);
    await tx.member.update({
      where: { id: member.id },
      data: { totpSecret: seal(key, secret, sealedFor(member.id)), totpLastStep: null },
    });
    event({ type: 'member.second_factor_offered', object: { type: 'member', id: member.id } });
    const uri = generateURI({
      issuer: `Countersign ${workspace.name}`,
      label: member.email,
      secret,
    });
    return { secret, uri, svg: await qrCode(uri, { type: 'svg', margin: 1 }) };
  },
});

/** Turns the second factor on with a code of the offered secret. */
export const confirmSecondFactor = verb({
  name: 'members.confirm_second_factor',
  input: codeInput,
  output: done,
  permit: isInBrowser,
  run: async ({ ctx, input, tx, event }) => {
    const member = await loadMember(tx, ctx.actor.id);
    if (hasCodes(member)) throw alreadyOn();
    await requireCode(tx, member, input.code);
    await tx.member.update({ where: { id: member.id }, data: { totpConfirmedAt: clock.now() } });
    event({
      type: 'member.second_factor_enabled',
      object: { type: 'member', id: member.id },
      data: { factor: 'code', before: { on: false }, after: { on: true } },
    });
    return okay;
  },
});

/** Turns the second factor off with a code. */
export const disableSecondFactor = verb({
  name: 'members.disable_second_factor',
  input: codeInput,
  output: done,
  permit: isInBrowser,
  run: async ({ ctx, input, tx, event }) => {
    const member = await loadMember(tx, ctx.actor.id);
    if (!hasCodes(member))
      throw conflict('not_on', 'No code is asked for, so there is nothing to turn off.');
    await requireCode(tx, member, input.code);
    await tx.member.update({
      where: { id: member.id },
      data: { totpSecret: null, totpConfirmedAt: null, totpLastStep: null },
    });
    event({
      type: 'member.second_factor_disabled',
      object: { type: 'member', id: member.id },
      data: { factor: 'code', before: { on: true }, after: { on: false } },
    });
    return okay;
  },
});

/**
 * Whether the code is right and was not used before (RFC 6238, one step either way). Taking
 * the step is a conditional update, so of two requests with one code only one succeeds.
 */
export async function codeFits(tx: Tx, member: MemberRow, code: string): Promise<boolean> {
  if (member.totpSecret === null) return false;
  const workspace = await loadWorkspace(tx);
  const key = unwrapDataKey(workspace.dataKey, workspace.id);
  const secret = open(key, member.totpSecret, sealedFor(member.id)).toString('utf8');
  const epoch = Math.floor(clock.now().getTime() / 1_000);
  const checked = await verify({ secret, token: code, epoch, epochTolerance: 30 });
  if (!checked.valid || !('timeStep' in checked)) return false;
  return takeTotpStep(tx, member.id, checked.timeStep);
}

async function requireCode(tx: Tx, member: MemberRow, code: string): Promise<void> {
  const wait = await takeAttempt(ownAttempts, member.id);
  if (wait > 0) throw tooMany(wait);
  if (!(await codeFits(tx, member, code))) throw wrongCode();
}

function alreadyOn() {
  return conflict('already_on', 'Your app is set up already. Turn it off first.');
}
