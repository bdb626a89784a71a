import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { env } from '@/lib/infra/env';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { signInWithPassword } from '../service/sign-in';
import { createToken } from '../service/tokens';
import { Authenticator, type Otherwise } from '../test/authenticator';
import { as, eventsOf, mintWorkspace, PASSWORD, type TestWorkspace } from '../test/workspace';
import { listPasskeys, removePasskey, renamePasskey } from './manage';
import { beginPasskey, registerPasskey } from './register';
import { relyingPartyOf } from './relying-party';
import { getSigningOptions, verifyApprovalAssertion } from './sign';
import { beginStepUp, stepUp } from './step-up';

let ours: TestWorkspace;
let place = 0;
const SITE = { origin: '', rpId: 'localhost' };

beforeAll(async () => {
  ours = await mintWorkspace();
  SITE.origin = env().NEXTAUTH_URL.replace('127.0.0.1', 'localhost');
});
afterEach(() => vi.restoreAllMocks());
afterAll(closeDb);

/** A new member in a browser session of their own. */
async function someone(): Promise<Context> {
  const member = await ours.add('approver');
  const { session } = await signInWithPassword({
    ...{ address: `198.51.100.${(place += 1)}`, userAgent: 'vitest' },
    ...{ email: member.email, password: PASSWORD },
  });
  return as(ours.id, member.id, ['approver'], session);
}

async function steppedUpSomeone(): Promise<Context> {
  const ctx = await someone();
  await stepUp(ctx, { password: PASSWORD });
  return ctx;
}

async function challengeOf(ctx: Context): Promise<string> {
  return (await beginPasskey(ctx, {})).challenge;
}

async function withPasskey(key = new Authenticator('ES256', SITE)) {
  const ctx = await steppedUpSomeone();
  const registration = key.register(await challengeOf(ctx));
  const passkey = await registerPasskey(ctx, { name: 'Laptop', registration });
  return { ctx, key, passkey };
}

const said = async (ctx: Context) =>
  (await eventsOf(ours.id)).filter((event) => event.actor.id === ctx.actor.id);
const typesOf = async (ctx: Context) => (await said(ctx)).map(({ type }) => type);
const later = (minutes: number) => {
  const at = Date.now() + minutes * 60_000;
  vi.spyOn(clock, 'now').mockImplementation(() => new Date(at));
};
const code = (name: string, status = 403) => ({ code: name, status });

describe('where passkeys work', () => {
  it.each([
    ['http://127.0.0.1:3000', { rpId: 'localhost', origin: 'http://localhost:3000' }],
    ['http://localhost:3000', { rpId: 'localhost', origin: 'http://localhost:3000' }],
    ['http://[::1]:3000', { rpId: 'localhost', origin: 'http://localhost:3000' }],
    ['https://console.example', { rpId: 'console.example', origin: 'https://console.example' }],
    ['https://c.example:8443/x', { rpId: 'c.example', origin: 'https://c.example:8443' }],
  ])('%s is %o', (address, party) => {
    expect(relyingPartyOf(address)).toEqual({ available: true, ...party });
  });

  it.each([
    ['https://192.0.2.7', 'need a host name'],
    ['http://192.0.2.7:3000', 'need a host name'],
    ['https://[2001:db8::1]', 'need a host name'],
    ['http://console.example', 'need https'],
  ])('%s is none, and says why', (address, why) => {
    expect(relyingPartyOf(address)).toEqual({
      available: false,
      reason: expect.stringContaining(why),
    });
  });
});

describe('registering a passkey', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)('keeps one of %s', async (algorithm) => {
    const { ctx, key, passkey } = await withPasskey(new Authenticator(algorithm, SITE));
    expect(passkey).toMatchObject({ name: 'Laptop', algorithm, transports: ['internal'] });
    const { items, can } = await listPasskeys(ctx, {});
    expect([items, can.register.allowed]).toEqual([[passkey], true]);
    const event = (await said(ctx)).find(({ type }) => type === 'member.passkey_registered');
    expect(event).toMatchObject({
      object: { type: 'member', id: ctx.actor.id },
      data: { credential_id: key.id, public_key: key.jwk, algorithm, rp_id: 'localhost' },
    });
  });

  it('wants a fresh step-up, and a browser', async () => {
    const ctx = await someone();
    await expect(beginPasskey(ctx, {})).rejects.toMatchObject(code('step_up_needed'));
    await stepUp(ctx, { password: PASSWORD });
    later(6);
    await expect(beginPasskey(ctx, {})).rejects.toMatchObject(code('step_up_needed'));
    const { id } = ctx.actor as { id: string };
    const token = as(ours.id, id, ['approver']);
    delete (token.actor as { sessionId?: string }).sessionId;
    await expect(beginPasskey(token, {})).rejects.toMatchObject(code('forbidden'));
    expect((await listPasskeys(ctx, {})).items).toEqual([]);
  });

  it.each<[string, Otherwise]>([
    ['from another origin', { origin: 'https://evil.example' }],
    ['for another site', { rpId: 'evil.example' }],
    ['without verifying the person', { flags: 0x01 }],
    ['that is an assertion', { type: 'webauthn.get' }],
  ])('refuses an answer %s, and uses its challenge up', async (_, otherwise) => {
    const ctx = await steppedUpSomeone();
    const key = new Authenticator('ES256', SITE);
    const challenge = await challengeOf(ctx);
    const wrong = { name: 'Wrong', registration: key.register(challenge, otherwise) };
    await expect(registerPasskey(ctx, wrong)).rejects.toMatchObject(code('passkey_refused'));
    const right = { name: 'Right', registration: key.register(challenge) };
    await expect(registerPasskey(ctx, right)).rejects.toMatchObject(code('challenge_ended', 409));
    expect((await listPasskeys(ctx, {})).items).toEqual([]);
    expect(await typesOf(ctx)).toContain('member.passkey_refused');
    expect(await typesOf(ctx)).not.toContain('member.passkey_registered');
  });

  it('takes its challenge from this session, once, and not for long', async () => {
    const [ctx, other] = [await steppedUpSomeone(), await steppedUpSomeone()];
    const key = new Authenticator('ES256', SITE);
    const own = await challengeOf(ctx);
    const answer = (challenge: string) => ({
      name: 'Key',
      registration: key.register(challenge),
    });
    const ended = code('challenge_ended', 409);
    // Nobody else's, nor one that the client chose.
    await expect(registerPasskey(other, answer(own))).rejects.toMatchObject(ended);
    await challengeOf(other);
    await expect(registerPasskey(other, answer(own))).rejects.toMatchObject(
      code('passkey_refused'),
    );
    const both = await Promise.allSettled([
      registerPasskey(ctx, answer(own)),
      registerPasskey(ctx, answer(own)),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const late = await challengeOf(ctx);
    later(6);
    await expect(registerPasskey(ctx, answer(late))).rejects.toMatchObject(ended);
  });

  it('refuses one that somebody has', async () => {
    const { key } = await withPasskey();
    const other = await steppedUpSomeone();
    const answer = { name: 'Mine', registration: key.register(await challengeOf(other)) };
    await expect(registerPasskey(other, answer)).rejects.toMatchObject(code('passkey_taken', 409));
    expect((await listPasskeys(other, {})).items).toEqual([]);
  });
});

describe('a passkey', () => {
  it('is renamed and removed by its member, and by nobody else', async () => {
    const { ctx, key, passkey } = await withPasskey();
    const { id } = passkey;
    for (const stranger of [await someone(), ours.admin.ctx]) {
      await expect(renamePasskey(stranger, { id, name: 'X' })).rejects.toMatchObject({
        status: 403,
      });
      await expect(removePasskey(stranger, { id })).rejects.toMatchObject({ status: 403 });
    }
    const foreign = await mintWorkspace();
    await expect(removePasskey(foreign.admin.ctx, { id })).rejects.toMatchObject({ status: 404 });
    expect(await renamePasskey(ctx, { id, name: 'Desk' })).toMatchObject({ name: 'Desk' });
    await removePasskey(ctx, { id });
    expect((await listPasskeys(ctx, {})).items).toEqual([]);
    const [renamed, removed] = (await said(ctx)).slice(-2);
    expect(renamed).toMatchObject({
      type: 'member.passkey_renamed',
      data: { passkey: id, before: { name: 'Laptop' }, after: { name: 'Desk' } },
    });
    expect(removed).toMatchObject({
      type: 'member.passkey_removed',
      data: { passkey: id, credential_id: key.id },
    });
  });

  it('is offered for signing to its member alone', async () => {
    const { ctx, key } = await withPasskey();
    expect(await getSigningOptions(ctx, {})).toMatchObject({
      ...{ available: true, rpId: 'localhost', origin: SITE.origin },
      allowCredentials: [{ id: key.id, type: 'public-key', transports: ['internal'] }],
    });
    expect((await getSigningOptions(await someone(), {})).allowCredentials).toEqual([]);
  });

  it('steps the session up, once for each challenge', async () => {
    const { ctx, key } = await withPasskey();
    later(20);
    await expect(beginPasskey(ctx, {})).rejects.toMatchObject(code('step_up_needed'));
    const { challenge } = await beginStepUp(ctx, {});
    const assertion = key.assert(challenge);
    await stepUp(ctx, { assertion });
    await beginPasskey(ctx, {});
    await expect(stepUp(ctx, { assertion })).rejects.toMatchObject(code('challenge_ended', 409));
    const stepped = (await said(ctx)).findLast(({ type }) => type === 'member.stepped_up');
    expect(stepped).toMatchObject({ data: { method: 'passkey' } });
    await expect(beginStepUp(await someone(), {})).rejects.toMatchObject(code('passkey_unknown'));
  });

  it('does not step up with the challenge of a registration', async () => {
    const { ctx, key } = await withPasskey();
    const assertion = key.assert(await challengeOf(ctx));
    await expect(stepUp(ctx, { assertion })).rejects.toMatchObject(code('challenge_ended', 409));
  });
});

describe('signing an approval', () => {
  const [digest, displayDigest] = ['sha256:one', 'sha256:shown'];
  const sign = (ctx: Context, assertion: unknown, of = { digest, displayDigest }) =>
    inWorkspace(ctx.workspace, (tx) =>
      verifyApprovalAssertion(tx, { member: ctx.actor.id, ...of, assertion: assertion as never }),
    );

  it('gives the evidence for the trail, and counts', async () => {
    const { ctx, key } = await withPasskey();
    const assertion = key.approve(digest, displayDigest);
    expect(await sign(ctx, assertion)).toEqual({
      ...{ credential_id: key.id, public_key: key.jwk, algorithm: 'ES256' },
      ...{ origin: SITE.origin, rp_id: 'localhost' },
      authenticator_data: assertion.response.authenticatorData,
      client_data_json: assertion.response.clientDataJSON,
      signature: assertion.response.signature,
    });
    expect((await listPasskeys(ctx, {})).items[0]?.lastUsedAt).not.toBeNull();
    // The same again: its count has been.
    await expect(sign(ctx, assertion)).rejects.toMatchObject(code('passkey_copied'));
    const back = key.approve(digest, displayDigest, { counter: 1 });
    await expect(sign(ctx, back)).rejects.toMatchObject(code('passkey_copied'));
    const none = key.approve(digest, displayDigest, { counter: 0 });
    await expect(sign(ctx, none)).rejects.toMatchObject(code('passkey_copied'));
    await sign(ctx, key.approve(digest, displayDigest));
  });

  it('takes authenticators that do not count', async () => {
    const { ctx, key } = await withPasskey(new Authenticator('EdDSA', SITE, false));
    await sign(ctx, key.approve(digest, displayDigest));
    await sign(ctx, key.approve(digest, displayDigest));
    await sign(ctx, key.approve(digest, displayDigest, { counter: 4 }));
    await expect(sign(ctx, key.approve(digest, displayDigest))).rejects.toMatchObject(
      code('passkey_copied'),
    );
  });

  it('lets one of two requests use one count', async () => {
    const { ctx, key } = await withPasskey();
    const assertion = key.approve(digest, displayDigest);
    const both = await Promise.allSettled([sign(ctx, assertion), sign(ctx, assertion)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it.each<[string, Otherwise]>([
    ['from another origin', { origin: 'https://evil.example' }],
    ['for another site', { rpId: 'evil.example' }],
    ['in a page of another site', { crossOrigin: true }],
    ['without verifying the person', { flags: 0x01 }],
    ['that is a registration', { type: 'webauthn.create' }],
  ])('refuses a signature %s', async (_, otherwise) => {
    const { ctx, key } = await withPasskey();
    const assertion = key.approve(digest, displayDigest, otherwise);
    await expect(sign(ctx, assertion)).rejects.toMatchObject(code('passkey_refused'));
    expect((await listPasskeys(ctx, {})).items[0]?.lastUsedAt).toBeNull();
  });

  it('refuses another action, another card, another member and a removed passkey', async () => {
    const { ctx, key, passkey } = await withPasskey();
    const assertion = key.approve(digest, displayDigest);
    const refused = code('passkey_refused');
    const other = 'sha256:other';
    await expect(sign(ctx, assertion, { digest: other, displayDigest })).rejects.toMatchObject(
      refused,
    );
    await expect(sign(ctx, assertion, { digest, displayDigest: other })).rejects.toMatchObject(
      refused,
    );
    const unknown = code('passkey_unknown');
    await expect(sign(await someone(), assertion)).rejects.toMatchObject(unknown);
    await removePasskey(ctx, { id: passkey.id });
    await expect(sign(ctx, assertion)).rejects.toMatchObject(unknown);
  });
});

it('no access token reaches what a browser alone may', async () => {
  const { ctx, passkey } = await withPasskey();
  const made = await createToken(ctx, { name: 'Script', scopes: ['write'] });
  expect(made.token).toMatch(/^cst_pat_/);
  const { sessionId: _, ...actor } = ctx.actor as Extract<Context['actor'], { type: 'member' }>;
  const script = { ...ctx, actor: { ...actor, tokenId: made.id, scopes: ['write'] } };
  for (const attempt of [
    () => removePasskey(script, { id: passkey.id }),
    () => renamePasskey(script, { id: passkey.id, name: 'X' }),
    () => beginStepUp(script, {}),
    () => stepUp(script, { password: PASSWORD }),
  ]) {
    await expect(attempt()).rejects.toMatchObject(code('forbidden'));
  }
  expect((await listPasskeys(script, {})).items).toMatchObject([
    { name: 'Laptop', can: { remove: { allowed: false } } },
  ]);
});
