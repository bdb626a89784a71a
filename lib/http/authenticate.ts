import { LRUCache } from 'lru-cache';
import { getToken } from 'next-auth/jwt';
import type { NextRequest } from 'next/server';
import { db, inWorkspace } from '@/lib/infra/db';
import { sha256Hex } from '@/lib/infra/crypto';
import { nextAuthSettings } from '@/lib/infra/next-auth';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { forbidden, unauthenticated } from '@/lib/kernel/problem';
import { memberContext, type MemberRow, type TokenRow } from './member-context';

/** What a session is read from: a request, or what `next/headers` gives a page. */
export type WithCookies = Pick<NextRequest, 'headers'> & {
  cookies: Pick<NextRequest['cookies'], 'getAll' | 'get'>;
};

/**
 * Session cookie or personal access token to Context. Both are looked up in the database on
 * each request, so that a revocation holds from the next one on.
 */
export async function authenticate(request: NextRequest): Promise<Context> {
  const header = request.headers.get('authorization');
  if (header !== null) return byAccessToken(header);
  const context = await sessionContext(request);
  if (!['GET', 'HEAD'].includes(request.method) && !sameOrigin(request)) {
    throw forbidden('This request did not come from the console itself.', 'cross_origin');
  }
  return context;
}

async function byAccessToken(header: string): Promise<Context> {
  const token = /^Bearer +(cst_pat_[\w-]{20,100})$/i.exec(header)?.[1];
  if (!token) throw unauthenticated('Send a personal access token as "Bearer cst_pat_…".');
  const [row] = await db().$queryRaw<TokenRow[]>`
    SELECT * FROM member_by_token(${sha256Hex(token)})`;
  if (!row)
    throw unauthenticated('The access token is unknown, expired or revoked.', 'invalid_token');
  if (!row.scopes?.some((scope) => scope === 'read' || scope === 'write')) {
    throw forbidden('This access token opens nothing of the console. Create one that reads.');
  }
  await noteUse(row.workspace_id, row.token_id);
  return memberContext(row, { tokenId: row.token_id, scopes: row.scopes ?? [] });
}

const USE_NOTED_FOR_MS = 60_000;
const noted = new LRUCache<string, true>({ max: 10_000, ttl: USE_NOTED_FOR_MS });

/** Keeps the time of a token's last use, to the minute: a busy script shall not write each time. */
async function noteUse(workspace: string, id: string): Promise<void> {
  if (noted.has(id)) return;
  noted.set(id, true);
  await inWorkspace(workspace, (tx) =>
    tx.accessToken.updateMany({ where: { id }, data: { lastUsedAt: clock.now() } }),
  );
}

/** The context of a session cookie alone, for requests and for pages; 401 without a live one. */
export async function sessionContext(request: WithCookies): Promise<Context> {
  const { secret, secureCookies } = nextAuthSettings();
  // Typed for whole requests, but only cookies and headers are read.
  const req = request as Pick<NextRequest, 'cookies' | 'headers'> as NextRequest;
  const claims = await getToken({ req, secret, secureCookie: secureCookies });
  const sessionId = claims?.['sessionId'];
  if (typeof sessionId !== 'string') throw unauthenticated('Sign in to go on.');
  const [row] = await db().$queryRaw<MemberRow[]>`SELECT * FROM member_by_session(${sessionId})`;
  if (!row) throw unauthenticated('The session has ended. Sign in again.');
  return memberContext(row, { sessionId });
}

function sameOrigin(request: NextRequest): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = request.headers.get('origin');
  // A page without an origin of its own, as in a sandbox, says `null`.
  if (origin === null || !URL.canParse(origin)) return false;
  return new URL(origin).host === request.headers.get('host');
}
