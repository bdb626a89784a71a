import { generate } from 'otplib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { db, closeDb, inWorkspace } from '@/lib/infra/db';
import { sha256Hex } from '@/lib/infra/crypto';
import { forgetAttempts, takeAttempt } from '@/lib/infra/rate-limit';
import { clock } from '@/lib/kernel/clock';
import { takeSignIn } from './service/attempts';
import * as members from './service/members';
import { changePassword } from './service/password';
import * as factor from './service/second-factor';
import * as sessions from './service/sessions';
import { signInWithPassword, signOut } from './service/sign-in';
import * as tokens from './service/tokens';
import {
  as,
  eventsOf,
  eventTypes,
  mintWorkspace,
  PASSWORD,
  type TestMember,
  type TestWorkspace,
} from './test/workspace';

let ours: TestWorkspace;
let place = 0;

beforeAll(async () => {
  ours = await mintWorkspace();
});
afterEach(() => vi.restoreAllMocks());
afterAll(closeDb);

/** A place of its own for each attempt, where the limit is not the subject. */
const elsewhere = () => ({ address: `198.51.100.${(place += 1)}`, userAgent: 'vitest' });
const signIn = (member: TestMember, more: { password?: string; code?: string } = {}) =>
  signInWithPassword({ ...elsewhere(), email: member.email, password: PASSWORD, ...more });
const failing = (code: string) => ({ failure: { code } });
const stillSignedIn = async (session: string) =>
  (await db().$queryRaw<unknown[]>`SELECT 1 FROM member_by_session(${session})`).length === 1;

async function withSecondFactor(...roles: ('approver' | 'auditor')[]) {
  const member = await ours.add(...roles);
  const offer = await factor.beginSecondFactor(member.ctx, { password: PASSWORD });
  const at = clock.now().getTime();
  const codeAt = (steps: number) =>
    generate({ secret: offer.secret, epoch: Math.floor(at / 1_000) + 30 * steps });
  const atStep = (steps: number) =>
    vi.spyOn(clock, 'now').mockImplementation(() => new Date(at + 30_000 * steps));
  atStep(0);
  await factor.confirmSecondFactor(member.ctx, { code: await codeAt(0) });
  return { member, codeAt, atStep, offer };
}

describe('password', () => {
  it('makes a session for 12 hours and says so', async () => {
    const member = await ours.add('approver');
    const signedIn = await signIn({ ...member, email: ` ${member.email.toUpperCase()} ` });
    expect(signedIn).toMatchObject({ workspace: ours.id, member: member.id });
    const { items } = await sessions.listSessions(member.ctx, {});
    expect(items[0]).toMatchObject({ id: signedIn.session, method: 'password' });
    const lasts = Date.parse(items[0]?.expiresAt ?? '') - Date.parse(items[0]?.createdAt ?? '');
    expect(Math.round(lasts / 3_600_000)).toBe(12);
    const event = (await eventsOf(ours.id)).findLast((each) => each.type === 'member.signed_in');
    expect(event?.actor).toEqual({ type: 'member', id: member.id });
  });

  it('reads the same for a wrong one and for an unknown address; only the known leaves an event', async () => {
    const member = await ours.add('approver');
    const before = (await eventsOf(ours.id)).length;
    await expect(signIn(member, { password: 'not the password' })).rejects.toMatchObject(
      failing('wrong'),
    );
    await expect(
      signInWithPassword({ ...elsewhere(), email: 'nobody@example.test', password: PASSWORD }),
    ).rejects.toMatchObject(failing('wrong'));
    const after = await eventsOf(ours.id);
    expect(after).toHaveLength(before + 1);
    expect(after.at(-1)).toMatchObject({
      type: 'member.sign_in_failed',
      object: { type: 'member', id: member.id },
      data: { reason: 'wrong_password' },
    });
  });

  it('is refused after five failures from one place, even the right one, and not elsewhere', async () => {
    const member = await ours.add('approver');
    const at = elsewhere();
    const attempt = (password: string) =>
      signInWithPassword({ ...at, email: member.email, password });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => attempt('not the password')),
    );
    const codes = outcomes.map((each) =>
      each.status === 'rejected' ? each.reason.failure.code : 'in',
    );
    expect(codes.filter((code) => code === 'wrong')).toHaveLength(5);
    expect(codes.filter((code) => code === 'too_many')).toHaveLength(3);
    await expect(attempt(PASSWORD)).rejects.toMatchObject(failing('too_many'));
    await signIn(member);
  });

  it('from a place that has used up its own attempts uses up nobody else’s, and is kept nowhere', async () => {
    const who = { email: 'someone@example.test', address: elsewhere().address };
    const ofPlace = { name: 'sign-in-address', points: 100, seconds: 900 };
    for (let n = 0; n < 100; n += 1) await takeAttempt(ofPlace, who.address);
    for (let n = 0; n < 6; n += 1) expect(await takeSignIn(who)).toBeGreaterThan(0);
    await forgetAttempts(ofPlace, who.address);
    expect(await takeSignIn(who)).toBe(0);
  });

  it('does not count successes', async () => {
    const member = await ours.add('approver');
    const at = elsewhere();
    for (let i = 0; i < 7; i += 1) {
      await signInWithPassword({ ...at, email: member.email, password: PASSWORD });
    }
    const { items } = await sessions.listSessions(member.ctx, {});
    expect(items).toHaveLength(7);
  });

  it('is changed with the current one, which ends the other sessions', async () => {
    const member = await ours.add('approver');
    const mine = await signIn(member);
    const other = await signIn(member);
    const ctx = as(ours.id, member.id, ['approver'], mine.session);
    const next = 'a new password of mine';
    await expect(
      changePassword(ctx, { current: 'not the password', password: next }),
    ).rejects.toMatchObject({ status: 422, code: 'wrong_password' });
    await expect(
      changePassword(ctx, { current: PASSWORD, password: 'short' }),
    ).rejects.toMatchObject({
      status: 422,
      errors: [{ field: 'password' }],
    });
    expect(await stillSignedIn(other.session)).toBe(true);
    await changePassword(ctx, { current: PASSWORD, password: next });
    expect(await stillSignedIn(mine.session)).toBe(true);
    expect(await stillSignedIn(other.session)).toBe(false);
    await expect(signIn(member)).rejects.toMatchObject(failing('wrong'));
    await signIn(member, { password: next });
    expect(JSON.stringify(await eventsOf(ours.id))).not.toContain(next);
  });
});

describe('second factor', () => {
  it('is asked for after the right password only, and each code works once', async () => {
    const { member, codeAt, atStep } = await withSecondFactor('approver');
    await expect(signIn(member)).rejects.toMatchObject(failing('code_needed'));
    await expect(signIn(member, { password: 'not the password' })).rejects.toMatchObject(
      failing('wrong'),
    );
    // The code that confirmed it is used up.
    await expect(signIn(member, { code: await codeAt(0) })).rejects.toMatchObject(
      failing('code_wrong'),
    );
    atStep(2);
    const code = await codeAt(2);
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => signIn(member, { code })));
    expect(outcomes.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    // Neither does an earlier one, though its time has not passed.
    await expect(signIn(member, { code: await codeAt(1) })).rejects.toMatchObject(
      failing('code_wrong'),
    );
    const { items } = await sessions.listSessions(member.ctx, {});
    expect(items.map((item) => item.method)).toEqual(['password+totp']);
  });

  it('needs the password to begin, a code to confirm, and its secret is stored sealed', async () => {
    const member = await ours.add('auditor');
    await expect(
      factor.beginSecondFactor(member.ctx, { password: 'not the password' }),
    ).rejects.toMatchObject({ code: 'wrong_password' });
    const offer = await factor.beginSecondFactor(member.ctx, { password: PASSWORD });
    expect(offer.svg).toContain('<svg');
    await expect(factor.confirmSecondFactor(member.ctx, { code: '000000' })).rejects.toMatchObject({
      code: 'wrong_code',
    });
    const row = await inWorkspace(ours.id, (tx) =>
      tx.member.findFirstOrThrow({ where: { id: member.id } }),
    );
    expect(row.totpConfirmedAt).toBeNull();
    expect(Buffer.from(row.totpSecret ?? []).toString('latin1')).not.toContain(offer.secret);
    await signIn(member);
    expect(JSON.stringify(await eventsOf(ours.id))).not.toContain(offer.secret);
  });

  it('is turned off with a code, or reset by an admin', async () => {
    const { member, codeAt, atStep } = await withSecondFactor('approver');
    await expect(
      factor.disableSecondFactor(member.ctx, { code: await codeAt(0) }),
    ).rejects.toMatchObject({ code: 'wrong_code' });
    atStep(2);
    await factor.disableSecondFactor(member.ctx, { code: await codeAt(2) });
    await signIn(member);

    const lost = await withSecondFactor('approver');
    const peer = await ours.add('approver');
    await expect(members.resetSecondFactor(peer.ctx, { id: lost.member.id })).rejects.toMatchObject(
      { status: 403 },
    );
    await expect(signIn(lost.member)).rejects.toMatchObject(failing('code_needed'));
    await members.resetSecondFactor(ours.admin.ctx, { id: lost.member.id });
    await signIn(lost.member);
    expect(await eventTypes(ours.id)).toEqual(
      expect.arrayContaining(['member.second_factor_disabled', 'member.second_factor_reset']),
    );
  });
});

describe('sessions', () => {
  it('end by signing out, by their member and by an admin, and by no one else', async () => {
    const member = await ours.add('approver');
    const peer = await ours.add('approver');
    const [one, two, three] = [await signIn(member), await signIn(member), await signIn(member)];
    await signOut(one.session);
    expect(await stillSignedIn(one.session)).toBe(false);
    await expect(sessions.revokeSession(peer.ctx, { id: two.session })).rejects.toMatchObject({
      status: 403,
    });
    await expect(sessions.listSessions(peer.ctx, { of: 'all' })).rejects.toMatchObject({
      status: 403,
    });
    expect(await stillSignedIn(two.session)).toBe(true);
    await sessions.revokeSession(member.ctx, { id: two.session });
    await sessions.revokeSession(ours.admin.ctx, { id: three.session });
    expect(await stillSignedIn(two.session)).toBe(false);
    expect(await stillSignedIn(three.session)).toBe(false);
    await expect(sessions.revokeSession(member.ctx, { id: two.session })).rejects.toMatchObject({
      status: 404,
    });
    expect(await eventTypes(ours.id)).toEqual(
      expect.arrayContaining(['member.signed_out', 'member_session.revoked']),
    );
  });

  it('keep long-lived requests open only while they last', async () => {
    const member = await ours.add('approver');
    const { session } = await signIn(member);
    const ctx = as(ours.id, member.id, ['approver'], session);
    expect(await sessions.seen(ctx)).toBe(true);
    await sessions.revokeOtherSessions(as(ours.id, member.id, ['approver'], 'mss_other'), {});
    expect(await sessions.seen(ctx)).toBe(false);
  });
});

describe('access tokens', () => {
  it('are stored as a hash, shown once, scoped, and end', async () => {
    const member = await ours.add('approver');
    const made = await tokens.createToken(member.ctx, { name: 'CI', scopes: ['read'], days: 30 });
    expect(made.token).toMatch(/^cst_pat_[\w-]{43}$/);
    const lookUp = () =>
      db().$queryRaw<{ scopes: string[] }[]>`
        SELECT scopes FROM member_by_token(${sha256Hex(made.token)})`;
    expect(await lookUp()).toEqual([{ scopes: ['read'] }]);
    const listed = await tokens.listTokens(member.ctx, {});
    expect(JSON.stringify(listed)).not.toContain(made.token);
    expect(JSON.stringify(await eventsOf(ours.id))).not.toContain(made.token);
    const peer = await ours.add('approver');
    await expect(tokens.revokeToken(peer.ctx, { id: made.id })).rejects.toMatchObject({
      status: 403,
    });
    expect(await lookUp()).toHaveLength(1);
    await tokens.revokeToken(member.ctx, { id: made.id });
    expect(await lookUp()).toEqual([]);
  });

  it('with the read scope change nothing, and none makes another', async () => {
    const admin = ours.admin.ctx.actor;
    if (admin.type !== 'member') throw new Error('the admin is a member');
    const { sessionId: _, ...actor } = admin;
    const reading = { ...ours.admin.ctx, actor: { ...actor, tokenId: 'pat_x', scopes: ['read'] } };
    const member = await ours.add('auditor');
    expect((await members.listMembers(reading, {})).items.length).toBeGreaterThan(0);
    await expect(
      members.updateMember(reading, { id: member.id, name: 'Changed' }),
    ).rejects.toMatchObject({ status: 403 });
    expect((await members.getMember(reading, { id: member.id })).name).toBe('Member auditor');
    const writing = { ...reading, actor: { ...reading.actor, scopes: ['write'] } };
    await members.updateMember(writing, { id: member.id, name: 'Changed' });
    await expect(
      tokens.createToken(writing, { name: 'More', scopes: ['write'] }),
    ).rejects.toMatchObject({ status: 403 });
    expect((await tokens.listTokens(writing, {})).items).toEqual([]);
  });

  it.each([{ days: 366 }, { days: 0 }, { scopes: [] }, { scopes: ['root'] }, { name: '' }])(
    'refuse %j',
    async (wrong) => {
      const input = { name: 'CI', scopes: ['read'], days: 30, ...wrong };
      await expect(tokens.createToken(ours.admin.ctx, input)).rejects.toMatchObject({
        status: 422,
      });
    },
  );
});
