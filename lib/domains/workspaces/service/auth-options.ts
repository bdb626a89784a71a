import type { NextAuthOptions } from 'next-auth';
import credentials from 'next-auth/providers/credentials';
import { z } from 'zod';
import { env } from '@/lib/infra/env';
import { logger } from '@/lib/infra/logger';
import { nextAuthSettings } from '@/lib/infra/next-auth';
import { assertionField } from '@/lib/kernel/passkey';
import { SignInError } from '../errors';
import { OIDC_PROVIDER, oidcPerson, oidcProvider } from './oidc';
import {
  type Origin,
  SESSION_SECONDS,
  signInWithOidc,
  signInWithPassword,
  signOut,
} from './sign-in';

const passwordForm = z.object({
  email: z.string().max(254),
  password: z.string().max(200),
  code: z.string().max(20).optional(),
  /** As JSON: a form's fields are texts. */
  assertion: z.string().max(40_000).transform(asJson).pipe(assertionField).optional(),
});

function asJson(text: string, ctx: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    ctx.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
}

const PAGE = '/sign-in';

/**
 * next-auth for one request. The session cookie holds an encrypted token with nothing but the
 * session's id; everything else is read from the database on each request.
 */
export function authOptions(origin: Origin): NextAuthOptions {
  const { secret, secureCookies } = nextAuthSettings();
  const oidc = oidcProvider();
  return {
    secret,
    useSecureCookies: secureCookies,
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    pages: { signIn: PAGE, error: PAGE, signOut: PAGE },
    logger: {
      // Codes only: next-auth's details can hold tokens and codes.
      error: (code) => logger.warn({ code }, 'sign-in'),
      warn: (code) => logger.debug({ code }, 'sign-in'),
      debug: () => undefined,
    },
    providers: [
      credentials({
        id: 'password',
        credentials: { email: {}, password: {}, code: {}, assertion: {} },
        authorize: async (given) => {
          const form = passwordForm.safeParse(given);
          if (!form.success) throw new SignInError({ code: 'wrong' });
          const signedIn = await signInWithPassword({ ...form.data, ...origin });
          return { id: signedIn.member, sessionId: signedIn.session };
        },
      }),
      ...(oidc ? [oidc] : []),
    ],
    callbacks: {
      signIn: async ({ user, account, profile }) => {
        if (account?.provider !== OIDC_PROVIDER) return true;
        const person = oidcPerson(profile);
        if (!person) return refused('no_member');
        try {
          const signedIn = await signInWithOidc(person, origin);
          // The same object reaches `jwt` below.
          Object.assign(user, { sessionId: signedIn.session });
          return true;
        } catch (error) {
          if (error instanceof SignInError) return refused(error.message);
          throw error;
        }
      },
      jwt: ({ token, user }) =>
        user && 'sessionId' in user ? { sessionId: user.sessionId } : token,
      session: ({ session }) => ({ expires: session.expires }),
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.['sessionId'] === 'string') await signOut(token['sessionId']);
      },
    },
  };
}

function refused(code: string): string {
  return `${env().NEXTAUTH_URL}${PAGE}?error=${encodeURIComponent(code)}`;
}
