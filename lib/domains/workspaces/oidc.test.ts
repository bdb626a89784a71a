import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import NextAuth from 'next-auth';
import { decode } from 'next-auth/jwt';
import { NextRequest } from 'next/server';
import type { NextApiRequest, NextApiResponse } from 'next';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authenticate } from '@/lib/http/authenticate';
import { closeDb, db } from '@/lib/infra/db';
import { env, nextAuthSecret, setEnv } from '@/lib/infra/env';
import { authOptions } from './service/auth-options';
import { disableMember } from './service/members';
import { Browser } from './test/browser';
import {
  CLIENT,
  close,
  listen,
  type Person,
  startProvider,
  type TestProvider,
} from './test/provider';
import {
  eventsOf,
  mintWorkspace,
  PASSWORD,
  type TestMember,
  type TestWorkspace,
} from './test/workspace';

// next-auth's own handler on a plain server, with the options that the console gives it.
function toHandler(request: IncomingMessage, body: string): NextApiRequest {
  const url = new URL(request.url ?? '/', 'http://console');
  const cookies = Object.fromEntries(
    (request.headers.cookie ?? '')
      .split('; ')
      .filter(Boolean)
      .map((pair) => [
        pair.slice(0, pair.indexOf('=')),
        decodeURIComponent(pair.slice(pair.indexOf('=') + 1)),
      ]),
  );
  const query = {
    ...Object.fromEntries(url.searchParams),
    nextauth: url.pathname.split('/').slice(3),
  };
  return Object.assign(request, {
    query,
    cookies,
    body: Object.fromEntries(new URLSearchParams(body)),
  }) as unknown as NextApiRequest;
}

function toResponse(response: ServerResponse): NextApiResponse {
  const answer = Object.assign(response, {
    status: (code: number) => {
      response.statusCode = code;
      return answer;
    },
    json: (value: unknown) => response.end(JSON.stringify(value)),
    send: (value: unknown) =>
      response.end(typeof value === 'string' ? value : JSON.stringify(value)),
  });
  return answer as unknown as NextApiResponse;
}

let console_: { server: Server; url: string };
let provider: TestProvider;
let ours: TestWorkspace;
let member: TestMember;
let browser: Browser;
const people: Person[] = [];
const before = { ...env() };

beforeAll(async () => {
  ours = await mintWorkspace();
  console_ = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const options = authOptions({ address: '203.0.113.9', userAgent: 'vitest' });
    await NextAuth(
      toHandler(request, Buffer.concat(chunks).toString()),
      toResponse(response),
      options,
    );
  });
  provider = await startProvider(`${console_.url}/api/auth/callback/oidc`, people);
  setEnv({
    NEXTAUTH_URL: console_.url,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT.id,
    OIDC_CLIENT_SECRET: CLIENT.secret,
  });
});
afterAll(async () => {
  setEnv({
    NEXTAUTH_URL: before.NEXTAUTH_URL,
    OIDC_ISSUER: '',
    OIDC_CLIENT_ID: '',
    OIDC_CLIENT_SECRET: '',
  });
  await close(console_.server);
  await provider.stop();
  await closeDb();
});
beforeEach(async () => {
  member = await ours.add('approver');
  browser = new Browser();
});

const knows = (person: Partial<Person>): string => {
  const sub = randomUUID();
  people.push({ sub, email: member.email, email_verified: true, ...person });
  return sub;
};
const atConsole = (url: URL) =>
  url.origin === console_.url && !url.pathname.startsWith('/api/auth/');
const isForm = (url: URL) => url.pathname.startsWith('/interaction/');

async function csrf(at = console_.url): Promise<string> {
  const response = await browser.request(`${at}/api/auth/csrf`);
  return ((await response.json()) as { csrfToken: string }).csrfToken;
}

/** From the button to wherever the console sends the person in the end. */
async function signIn(sub: string): Promise<URL> {
  const started = await browser.submit(`${console_.url}/api/auth/signin/oidc`, {
    csrfToken: await csrf(),
    callbackUrl: `${console_.url}/approvals`,
  });
  const authorize = new URL(started.headers.get('location') ?? '');
  expect(authorize.origin).toBe(provider.issuer);
  expect(authorize.searchParams.get('code_challenge_method')).toBe('S256');
  let place = await browser.follow(started, console_.url, (url) => isForm(url) || atConsole(url));
  // The provider's own pages: sign in, then agree.
  const answers: Record<string, string>[] = [
    { prompt: 'login', login: sub, password: 'any' },
    { prompt: 'consent' },
  ];
  for (const fields of answers) {
    if (!isForm(place.url)) break;
    const answered = await browser.submit(place.url.href, fields);
    place = await browser.follow(answered, place.url.href, (url) => isForm(url) || atConsole(url));
  }
  return place.url;
}

async function sessionId(at = console_.url): Promise<string | undefined> {
  const token = browser.cookie(at, 'next-auth.session-token');
  if (token === undefined) return undefined;
  const claims = await decode({ token, secret: nextAuthSecret() });
  return claims?.['sessionId'] as string | undefined;
}

const lookUp = async (session: string) =>
  db().$queryRaw<{ member_id: string; method: string }[]>`
    SELECT member_id, method FROM member_by_session(${session})`;

describe('single sign-on', () => {
  it('signs in the member whose verified address it is, and links the subject', async () => {
    const sub = knows({});
    expect((await signIn(sub)).pathname).toBe('/approvals');
    const session = await sessionId();
    expect(await lookUp(session ?? '')).toEqual([{ member_id: member.id, method: 'oidc' }]);
    const event = (await eventsOf(ours.id)).findLast((each) => each.type === 'member.signed_in');
    expect(event).toMatchObject({
      actor: { type: 'member', id: member.id },
      data: { method: 'oidc' },
    });

    // The address changed at the provider; the subject is the same person.
    const person = people.find((each) => each.sub === sub);
    if (person) person.email = 'married@example.test';
    browser = new Browser();
    expect((await signIn(sub)).pathname).toBe('/approvals');
    expect((await lookUp((await sessionId()) ?? ''))[0]?.member_id).toBe(member.id);

    // Someone else who is given the old address is not.
    browser = new Browser();
    const other = await signIn(knows({}));
    expect(other.searchParams.get('error')).toBe('no_member');
    expect(await sessionId()).toBeUndefined();
  });

  it.each([
    ['an unknown address', () => knows({ email: `${randomUUID()}@example.test` })],
    ['an address nobody verified', () => knows({ email_verified: false })],
  ])('refuses %s, and makes no member of it', async (_, make) => {
    const place = await signIn(make());
    expect(place.pathname).toBe('/sign-in');
    expect(place.searchParams.get('error')).toBe('no_member');
    expect(await sessionId()).toBeUndefined();
    const added = (await eventsOf(ours.id)).filter((each) => each.type === 'member.signed_in');
    expect(added.filter((each) => each.actor.id === member.id)).toEqual([]);
  });

  it('refuses a disabled member, and says so in the trail', async () => {
    await disableMember(ours.admin.ctx, { id: member.id });
    const place = await signIn(knows({}));
    expect(place.searchParams.get('error')).toBe('no_member');
    const failed = (await eventsOf(ours.id)).findLast((each) => each.object?.id === member.id);
    expect(failed).toMatchObject({
      type: 'member.sign_in_failed',
      data: { reason: 'disabled', method: 'oidc' },
    });
  });

  it('refuses a callback that it did not start', async () => {
    const forged = await browser.request(
      `${console_.url}/api/auth/callback/oidc?code=stolen&state=forged`,
    );
    const place = await browser.follow(forged, console_.url, (url) => url.pathname === '/sign-in');
    expect(place.url.searchParams.get('error')).toBe('OAuthCallback');
    expect(await sessionId()).toBeUndefined();
  });
});

describe('the cookie', () => {
  const byPassword = async (password: string, at = console_.url) =>
    browser.submit(`${at}/api/auth/callback/password`, {
      csrfToken: await csrf(at),
      email: member.email,
      password,
      json: 'true',
    });

  it('is http-only, lax, and holds the session’s id alone', async () => {
    const response = await byPassword(PASSWORD);
    const line = response.headers
      .getSetCookie()
      .find((each) => each.startsWith('next-auth.session-token='));
    expect(line).toMatch(/HttpOnly/i);
    expect(line).toMatch(/SameSite=Lax/i);
    const token = browser.cookie(console_.url, 'next-auth.session-token') ?? '';
    const claims = await decode({ token, secret: nextAuthSecret() });
    expect(Object.keys(claims ?? {}).toSorted()).toEqual(['exp', 'iat', 'jti', 'sessionId']);
  });

  it('is given by localhost too, where passkeys work, to that host alone', async () => {
    const there = console_.url.replace('127.0.0.1', 'localhost');
    await byPassword('not the password', there);
    expect(await sessionId(there)).toBeUndefined();
    const response = await byPassword(PASSWORD, there);
    expect(response.status).toBe(200);
    const session = (await sessionId(there)) ?? '';
    expect(await lookUp(session)).toHaveLength(1);
    expect(await sessionId()).toBeUndefined();
    const lines = response.headers.getSetCookie();
    expect(lines.filter((line) => /;\s*Domain=/i.test(line))).toEqual([]);
    const token = browser.cookie(there, 'next-auth.session-token') ?? '';
    const asked = (origin: string) =>
      authenticate(
        new NextRequest(`${there}/api/passkeys`, {
          method: 'POST',
          headers: {
            cookie: `next-auth.session-token=${token}`,
            host: new URL(there).host,
            origin,
          },
        }),
      );
    expect((await asked(there)).actor).toMatchObject({ id: member.id, sessionId: session });
    // The two names of one machine are two origins all the same.
    await expect(asked(console_.url)).rejects.toMatchObject({ code: 'cross_origin' });
  });

  it('comes with a right password only, and signing out ends the session behind it', async () => {
    const refused = await byPassword('not the password');
    expect(refused.status).toBe(401);
    expect(await sessionId()).toBeUndefined();
    await byPassword(PASSWORD);
    const session = (await sessionId()) ?? '';
    expect(await lookUp(session)).toHaveLength(1);
    await browser.submit(`${console_.url}/api/auth/signout`, {
      csrfToken: await csrf(),
      json: 'true',
    });
    expect(await lookUp(session)).toEqual([]);
    expect(await sessionId()).toBeUndefined();
  });
});
