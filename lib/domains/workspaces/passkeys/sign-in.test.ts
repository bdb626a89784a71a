import { generate } from 'otplib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { env } from '@/lib/infra/env';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import type { PasskeyAssertion } from '@/lib/kernel/passkey';
import { resetSecondFactor } from '../service/members';
import { offerPasskeySignIn } from '../service/offer-passkey';
import { beginSecondFactor, confirmSecondFactor } from '../service/second-factor';
import { listSessions } from '../service/sessions';
import { signInWithPassword } from '../service/sign-in';
import { Authenticator, type Otherwise } from '../test/authenticator';
import {
  as,
  eventsOf,
  mintWorkspace,
  PASSWORD,
  type TestMember,
  type TestWorkspace,
} from '../test/workspace';
import { listPasskeys, removePasskey } from './manage';
import { beginPasskey, registerPasskey } from './register';
import { setPasskeySignIn } from './sign-in';
import { stepUp } from './step-up';

let ours: TestWorkspace;
let place = 0;
const SITE = { origin: '', rpId: 'localhost' };

beforeAll(async () => {
  ours = await mintWorkspace();
  SITE.origin = env().NEXTAUTH_URL.replace('127.0.0.1', 'localhost');
});
afterEach(() => vi.restoreAllMocks());
afterAll(closeDb);

const elsewhere = () => ({ address: `203.0.113.${(place += 1)}`, userAgent: 'vitest' });
const signIn = (
  { email }: Pick<TestMember, 'email'>,
  more: { password?: string; code?: string; assertion?: PasskeyAssertion } = {},
) => signInWithPassword({ ...elsewhere(), email, password: PASSWORD, ...more });
const offered = async ({ email }: TestMember) =>
  (await offerPasskeySignIn({ email, password: PASSWORD }, elsewhere())).options.challenge;
const failing = (code: string) => ({ failure: { code } });
const rowOf = (member: TestMember) =>
  inWorkspace(ours.id, (tx) => tx.member.findFirstOrThrow({ where: { id: member.id } }));
const eventsAbout = async (member: TestMember) =>
  (await eventsOf(ours.id)).filter(
    ({ actor, object }) => actor.id === member.id || object?.id === member.id,
  );

/** A member with a passkey, in a browser session that is stepped up. */
async function withPasskey() {
  const member = await ours.add('approver');
  const { session } = await signIn(member);
  const ctx = as(ours.id, member.id, ['approver'], session);
  await stepUp(ctx, { password: PASSWORD });
  const { key, passkey } = await another(ctx);
  return { member, ctx, key, passkey };
}

async function another(ctx: Context) {
  const key = new Authenticator('ES256', SITE);
  const registration = key.register((await beginPasskey(ctx, {})).challenge);
  return { key, passkey: await registerPasskey(ctx, { name: 'Laptop', registration }) };
}

async function asked() {
  const made = await withPasskey();
  await setPasskeySignIn(made.ctx, { on: true });
  return made;
}

describe('a passkey after the password', () => {
  it('ends a sign-in that the password alone does not', async () => {
    const { member, key } = await asked();
    await expect(signIn(member)).rejects.toMatchObject(failing('passkey_needed'));
    await expect(signIn(member, { code: '123456' })).rejects.toMatchObject(
      failing('passkey_needed'),
    );
    const { session } = await signIn(member, { assertion: key.assert(await offered(member)) });
    const { items } = await listSessions(member.ctx, {});
    expect(items.find(({ id }) => id === session)?.method).toBe('password+passkey');
    const event = (await eventsAbout(member)).findLast(({ type }) => type === 'member.signed_in');
    expect(event?.data).toMatchObject({ method: 'password+passkey' });
  });

  it('is asked of nobody who has not turned that on', async () => {
    const { member, key } = await withPasskey();
    await signIn(member);
    const challenge = Buffer.alloc(32).toString('base64url');
    await signIn(member, { assertion: key.assert(challenge) });
    await expect(offered(member)).rejects.toMatchObject({ code: 'no_passkey' });
    expect((await rowOf(member)).signInChallenge).toBeNull();
  });

  it('is offered for the right password only, which counts as an attempt', async () => {
    const { member } = await asked();
    const at = elsewhere();
    const attempt = (password: string) => offerPasskeySignIn({ email: member.email, password }, at);
    for (let i = 0; i < 5; i += 1) {
      await expect(attempt('not the password')).rejects.toMatchObject({
        ...{ status: 401, code: 'wrong' },
      });
    }
    await expect(attempt(PASSWORD)).rejects.toMatchObject({ status: 429 });
    await expect(
      offerPasskeySignIn({ email: 'nobody@example.test', password: PASSWORD }, elsewhere()),
    ).rejects.toMatchObject({ status: 401, code: 'wrong' });
    expect((await rowOf(member)).signInChallenge).toBeNull();
    await expect(
      offerPasskeySignIn({ email: member.email, password: PASSWORD, more: 1 }, elsewhere()),
    ).rejects.toMatchObject({ status: 422 });
  });

  it('answers a challenge once, and of several at the same time one', async () => {
    const { member, key } = await asked();
    const assertion = key.assert(await offered(member));
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4].map(() => signIn(member, { assertion })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(signIn(member, { assertion })).rejects.toMatchObject(failing('passkey_wrong'));
  });

  it('takes five minutes at most', async () => {
    const { member, key } = await asked();
    const assertion = key.assert(await offered(member));
    const late = Date.now() + 5 * 60_000 + 1;
    vi.spyOn(clock, 'now').mockImplementation(() => new Date(late));
    await expect(signIn(member, { assertion })).rejects.toMatchObject(failing('passkey_wrong'));
  });

  it.each<[string, Otherwise]>([
    ['from another origin', { origin: 'https://evil.example' }],
    ['for another site', { rpId: 'evil.example' }],
    ['without verifying the person', { flags: 0x01 }],
    ['inside another site’s page', { crossOrigin: true }],
  ])('is refused %s, which uses its challenge up and is an event', async (_, otherwise) => {
    const { member, key } = await asked();
    const challenge = await offered(member);
    const before = (await listSessions(member.ctx, {})).items.length;
    await expect(
      signIn(member, { assertion: key.assert(challenge, otherwise) }),
    ).rejects.toMatchObject(failing('passkey_wrong'));
    await expect(signIn(member, { assertion: key.assert(challenge) })).rejects.toMatchObject(
      failing('passkey_wrong'),
    );
    expect((await listSessions(member.ctx, {})).items).toHaveLength(before);
    const failed = (await eventsAbout(member)).filter(
      ({ type }) => type === 'member.sign_in_failed',
    );
    expect(failed.map(({ data }) => data)).toMatchObject([
      { reason: 'wrong_passkey' },
      { reason: 'wrong_passkey' },
    ]);
  });

  it('is of the member whose password it was', async () => {
    const [one, other] = [await asked(), await asked()];
    const challenge = await offered(one.member);
    await expect(
      signIn(one.member, { assertion: other.key.assert(challenge) }),
    ).rejects.toMatchObject(failing('passkey_wrong'));
    const theirs = await offered(other.member);
    await expect(signIn(one.member, { assertion: one.key.assert(theirs) })).rejects.toMatchObject(
      failing('passkey_wrong'),
    );
  });

  it('does beside a code, either of them', async () => {
    const { member, ctx, key } = await asked();
    const { secret } = await beginSecondFactor(ctx, { password: PASSWORD });
    const epoch = Math.floor(Date.now() / 1_000);
    await confirmSecondFactor(ctx, { code: await generate({ secret, epoch: epoch - 30 }) });
    await expect(signIn(member)).rejects.toMatchObject(failing('code_or_passkey_needed'));
    await signIn(member, { assertion: key.assert(await offered(member)) });
    await signIn(member, { code: await generate({ secret, epoch }) });
    const methods = (await listSessions(member.ctx, {})).items.map(({ method }) => method);
    expect(methods).toEqual(expect.arrayContaining(['password+passkey', 'password+totp']));
  });
});

describe('being asked for a passkey', () => {
  it('is turned on and off in a session that is stepped up, each with its event, once', async () => {
    const { member, ctx } = await withPasskey();
    expect(await setPasskeySignIn(ctx, { on: true })).toMatchObject({ signIn: true });
    await expect(setPasskeySignIn(ctx, { on: true })).rejects.toMatchObject({ status: 409 });
    expect(await setPasskeySignIn(ctx, { on: false })).toMatchObject({ signIn: false });
    const changes = (await eventsAbout(member)).filter(({ type }) =>
      type.startsWith('member.second_factor_'),
    );
    expect(changes.map(({ type, data }) => [type, data])).toMatchObject([
      ['member.second_factor_enabled', { factor: 'passkey', after: { on: true } }],
      ['member.second_factor_disabled', { factor: 'passkey', after: { on: false } }],
    ]);
    await signIn(member);
  });

  it.each([true, false])('takes a step-up (%s)', async (on) => {
    const { member } = await (on ? withPasskey() : asked());
    const bare = as(ours.id, member.id, ['approver'], await otherSession(member));
    await expect(setPasskeySignIn(bare, { on })).rejects.toMatchObject({ code: 'step_up_needed' });
    expect((await rowOf(member)).passkeySignIn).toBe(!on);
  });

  it('takes a passkey and a password', async () => {
    const { ctx, member, passkey } = await withPasskey();
    await removePasskey(ctx, { id: passkey.id });
    await expect(setPasskeySignIn(ctx, { on: true })).rejects.toMatchObject({ code: 'no_passkey' });
    await another(ctx);
    await inWorkspace(ours.id, (tx) =>
      tx.member.update({ where: { id: member.id }, data: { passwordHash: null } }),
    );
    await expect(setPasskeySignIn(ctx, { on: true })).rejects.toMatchObject({
      code: 'no_password',
    });
    expect((await rowOf(member)).passkeySignIn).toBe(false);
    expect((await listPasskeys(ctx, {})).can.setSignIn.allowed).toBe(false);
  });

  it('keeps the last passkey, also from two removals at the same time', async () => {
    const { member, ctx, passkey } = await asked();
    const second = (await another(ctx)).passkey;
    const outcomes = await Promise.allSettled(
      [passkey, second].map(({ id }) => removePasskey(ctx, { id })),
    );
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const { items } = await listPasskeys(ctx, {});
    expect(items).toMatchObject([{ can: { remove: { allowed: false } } }]);
    const [left] = items;
    await expect(removePasskey(ctx, { id: left?.id ?? '' })).rejects.toMatchObject({
      ...{ status: 409, code: 'passkey_asked_for' },
    });
    expect((await rowOf(member)).passkeySignIn).toBe(true);
  });

  it('makes a password alone no proof in the session either', async () => {
    const { member, key } = await asked();
    const assertion = key.assert(await offered(member));
    const { session } = await signIn(member, { assertion });
    const ctx = as(ours.id, member.id, ['approver'], session);
    await expect(stepUp(ctx, { password: PASSWORD })).rejects.toMatchObject({
      ...{ status: 409, code: 'passkey_needed' },
    });
    await expect(setPasskeySignIn(ctx, { on: false })).rejects.toMatchObject({
      code: 'step_up_needed',
    });
    // Nor does it make an app, whose codes would prove it.
    await expect(beginSecondFactor(ctx, { password: PASSWORD })).rejects.toMatchObject({
      ...{ status: 403, code: 'step_up_needed' },
    });
    expect(await rowOf(member)).toMatchObject({ passkeySignIn: true, totpSecret: null });
    const failed = (await eventsAbout(member)).filter(
      ({ type }) => type === 'member.step_up_failed',
    );
    expect(failed.map(({ data }) => data)).toMatchObject([{ reason: 'passkey_needed' }]);
  });

  it('is taken off by an admin who resets a lost second factor', async () => {
    const { member } = await asked();
    const view = await resetSecondFactor(ours.admin.ctx, { id: member.id });
    expect(view.secondFactor).toBe(false);
    await signIn(member);
  });

  async function otherSession(member: TestMember): Promise<string> {
    const { id } = await inWorkspace(ours.id, (tx) =>
      tx.memberSession.create({
        data: {
          ...{ id: `mss_${member.id}`, workspaceId: ours.id, memberId: member.id },
          ...{ method: 'password', address: '', userAgent: '' },
          expiresAt: new Date(Date.now() + 60_000),
        },
      }),
    );
    return id;
  }
});
