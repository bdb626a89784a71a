import { generate } from 'otplib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { me } from '../service/me';
import { changePassword } from '../service/password';
import * as factor from '../service/second-factor';
import { revokeSession } from '../service/sessions';
import { signInWithPassword } from '../service/sign-in';
import { as, eventsOf, mintWorkspace, PASSWORD, type TestWorkspace } from '../test/workspace';
import { requireStepUp, steppedUp, steppedUpUntil } from './fresh';
import { stepUp } from './step-up';

let ours: TestWorkspace;
let place = 0;

beforeAll(async () => {
  ours = await mintWorkspace();
});
afterEach(() => vi.restoreAllMocks());
afterAll(closeDb);

async function someone(): Promise<Context & { session: string }> {
  const member = await ours.add('approver');
  const { session } = await signInWithPassword({
    ...{ address: `203.0.113.${(place += 1)}`, userAgent: 'vitest' },
    ...{ email: member.email, password: PASSWORD },
  });
  return { ...as(ours.id, member.id, ['approver'], session), session };
}

const isSteppedUp = (ctx: Context, minutes?: number) =>
  inWorkspace(ctx.workspace, (tx) => steppedUp(tx, ctx.actor, minutes));
const later = (minutes: number) => {
  const at = Date.now() + minutes * 60_000;
  vi.spyOn(clock, 'now').mockImplementation(() => new Date(at));
};
const failures = async (ctx: Context) =>
  (await eventsOf(ours.id)).filter(
    ({ type, actor }) => type === 'member.step_up_failed' && actor.id === ctx.actor.id,
  );

describe('a step-up', () => {
  it('by password counts for five minutes, in this session alone', async () => {
    const ctx = await someone();
    expect(await isSteppedUp(ctx)).toBe(false);
    const { until } = await stepUp(ctx, { password: PASSWORD });
    expect(await isSteppedUp(ctx)).toBe(true);
    expect((await me(ctx, {})).session.steppedUpUntil).toBe(until);
    const member = { ...ctx, actor: { ...ctx.actor, sessionId: newId('mss') } as Context['actor'] };
    expect(await isSteppedUp(member)).toBe(false);
    later(4.9);
    expect(await isSteppedUp(ctx)).toBe(true);
    expect(await isSteppedUp(ctx, 1)).toBe(false);
    later(5.1);
    expect(await isSteppedUp(ctx)).toBe(false);
    expect((await me(ctx, {})).session.steppedUpUntil).toBeNull();
    expect(await isSteppedUp(ctx, 10)).toBe(true);
    const event = (await eventsOf(ours.id)).find(({ type }) => type === 'member.stepped_up');
    expect(event).toMatchObject({ actor: { id: ctx.actor.id }, data: { method: 'password' } });
  });

  it('ends with its session', async () => {
    const ctx = await someone();
    await stepUp(ctx, { password: PASSWORD });
    await revokeSession(ctx, { id: ctx.session });
    expect(await isSteppedUp(ctx)).toBe(false);
    await expect(stepUp(ctx, { password: PASSWORD })).rejects.toMatchObject({ status: 401 });
  });

  it('is refused with a wrong password, and after five whatever is given', async () => {
    const ctx = await someone();
    const wrong = { status: 422, code: 'wrong_password' };
    for (let n = 0; n < 5; n += 1) {
      await expect(stepUp(ctx, { password: 'not the password' })).rejects.toMatchObject(wrong);
    }
    await expect(stepUp(ctx, { password: PASSWORD })).rejects.toMatchObject({ status: 429 });
    expect(await isSteppedUp(ctx)).toBe(false);
    expect(await failures(ctx)).toHaveLength(5);
  });

  it('does not count successes', async () => {
    const ctx = await someone();
    for (let n = 0; n < 7; n += 1) await stepUp(ctx, { password: PASSWORD });
    expect(await isSteppedUp(ctx)).toBe(true);
  });

  it('wants the code too where there is a second factor, each code once', async () => {
    const ctx = await someone();
    const { secret } = await factor.beginSecondFactor(ctx, { password: PASSWORD });
    const at = clock.now().getTime();
    const codeAt = (steps: number) =>
      generate({ secret, epoch: Math.floor(at / 1_000) + 30 * steps });
    const first = await codeAt(0);
    vi.spyOn(clock, 'now').mockImplementation(() => new Date(at));
    await factor.confirmSecondFactor(ctx, { code: first });
    const attempt = (code?: string) => stepUp(ctx, { password: PASSWORD, code });
    await expect(attempt()).rejects.toMatchObject({ status: 422, code: 'code_needed' });
    await expect(attempt(first)).rejects.toMatchObject({ status: 422, code: 'wrong_code' });
    expect(await isSteppedUp(ctx)).toBe(false);
    vi.spyOn(clock, 'now').mockImplementation(() => new Date(at + 30_000));
    await attempt(await codeAt(1));
    expect(await isSteppedUp(ctx)).toBe(true);
    const event = (await eventsOf(ours.id)).findLast(({ type }) => type === 'member.stepped_up');
    expect(event).toMatchObject({ data: { method: 'password+totp' } });
  });

  it.each([[{}], [{ password: PASSWORD, assertion: {} }], [{ password: PASSWORD, who: 'me' }]])(
    'refuses %o at the door',
    async (input) => {
      await expect(stepUp(await someone(), input)).rejects.toMatchObject({ status: 422 });
    },
  );

  it('is asked for by a problem of its own', async () => {
    const ctx = await someone();
    const ask = () => inWorkspace(ctx.workspace, (tx) => requireStepUp(tx, ctx.actor));
    await expect(ask()).rejects.toMatchObject({ status: 403, code: 'step_up_needed' });
    await stepUp(ctx, { password: PASSWORD });
    await ask();
  });
});

describe('without one', () => {
  async function bySingleSignOn(hasPassword: boolean) {
    const member = await ours.add('approver');
    const session = newId('mss');
    await inWorkspace(ours.id, async (tx) => {
      if (!hasPassword) {
        await tx.member.update({ where: { id: member.id }, data: { passwordHash: null } });
      }
      await tx.memberSession.create({
        data: {
          ...{ id: session, workspaceId: ours.id, memberId: member.id, method: 'oidc' },
          ...{ expiresAt: new Date(Date.now() + 3_600_000) },
        },
      });
    });
    return as(ours.id, member.id, ['approver'], session);
  }

  it('a fresh sign-in by single sign-on counts, and an older one does not', async () => {
    const ctx = await bySingleSignOn(false);
    expect(await isSteppedUp(ctx)).toBe(true);
    await expect(stepUp(ctx, { password: PASSWORD })).rejects.toMatchObject({
      ...{ status: 409, code: 'no_password' },
    });
    later(6);
    expect(await isSteppedUp(ctx)).toBe(false);
  });

  it('nobody makes a password for a session that has not just proved who they are', async () => {
    const ctx = await bySingleSignOn(false);
    later(6);
    const next = 'a password of whoever has the session';
    await expect(changePassword(ctx, { current: 'none', password: next })).rejects.toMatchObject({
      ...{ status: 403, code: 'step_up_needed' },
    });
    expect((await me(ctx, {})).member.hasPassword).toBe(false);
    await expect(stepUp(ctx, { password: next })).rejects.toMatchObject({ code: 'no_password' });
    vi.restoreAllMocks();
    await changePassword(ctx, { current: 'none', password: next });
    expect((await me(ctx, {})).member.hasPassword).toBe(true);
  });

  it('an access token never counts, whatever its member did', async () => {
    const ctx = await someone();
    await stepUp(ctx, { password: PASSWORD });
    const { sessionId: _, ...actor } = ctx.actor as Extract<Context['actor'], { type: 'member' }>;
    const script = { ...ctx, actor: { ...actor, method: 'token', tokenId: newId('pat') } };
    const until = await inWorkspace(ctx.workspace, (tx) => steppedUpUntil(tx, script.actor));
    expect(until).toBeNull();
  });
});
