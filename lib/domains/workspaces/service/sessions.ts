import { inWorkspace } from '@/lib/infra/db';
import type { Context } from '@/lib/kernel/context';
import { notFound } from '@/lib/kernel/problem';
import { createdKey, toPage } from '@/lib/kernel/page';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { isInBrowser, isMember, mayAdminister, mayRevokeSession } from '../policy';
import {
  endSession,
  endSessionsOf,
  findLiveSessions,
  loadLiveSession,
  seeSession,
  seeToken,
} from '../repo';
import { done, empty, listSessionsInput, sessionInput, sessionPage, okay } from '../schema';
import { viewSession } from './views';

/** Live sessions: the member's own, or everyone's for an admin. */
export const listSessions = query({
  name: 'sessions.list',
  input: listSessionsInput,
  output: sessionPage,
  permit: isMember,
  run: async ({ ctx, input, tx }) => {
    if (input.of === 'all') permitted(mayAdminister(ctx.actor));
    const member = input.of === 'all' ? 'everyone' : ctx.actor.id;
    return toPage(
      await findLiveSessions(tx, { ...input, member }),
      input.limit,
      createdKey,
      (row) => viewSession(row, ctx.actor),
    );
  },
});

/** Ends a session; its next request is refused. */
export const revokeSession = verb({
  name: 'sessions.revoke',
  input: sessionInput,
  output: done,
  permit: isMember,
  run: async ({ ctx, input, tx, event }) => {
    const session = await loadLiveSession(tx, input.id);
    permitted(mayRevokeSession(ctx.actor, session));
    if (!(await endSession(tx, session.id))) throw notFound('session');
    event({
      type: 'member_session.revoked',
      object: { type: 'member_session', id: session.id },
      data: { member: session.memberId, method: session.method },
    });
    return okay;
  },
});

/** Ends the member's other sessions. */
export const revokeOtherSessions = verb({
  name: 'sessions.revoke_others',
  input: empty,
  output: done,
  permit: isInBrowser,
  run: async ({ ctx, tx, event }) => {
    const sessions = await endSessionsOf(tx, ctx.actor.id, currentSession(ctx));
    event({
      type: 'member_session.revoked',
      object: { type: 'member', id: ctx.actor.id },
      data: { member: ctx.actor.id, sessions_revoked: sessions },
    });
    return okay;
  },
});

/** The session of the request, as a list of one, or none for an access token. */
export function currentSession(ctx: Context): string[] {
  const session = ctx.actor.type === 'member' ? ctx.actor.sessionId : undefined;
  return session === undefined ? [] : [session];
}

/** Notes that a long-lived request still goes on; false when its sign-in has ended. */
export function seen(ctx: Context): Promise<boolean> {
  return inWorkspace(ctx.workspace, async (tx) => {
    if (ctx.actor.type !== 'member') return false;
    if (ctx.actor.sessionId !== undefined) return seeSession(tx, ctx.actor.sessionId);
    return ctx.actor.tokenId !== undefined && seeToken(tx, ctx.actor.tokenId);
  });
}
