import type { OAuthConfig } from 'next-auth/providers/oauth';
import { z } from 'zod';
import { env } from '@/lib/infra/env';

/** The provider's name in its callback address, `/api/auth/callback/oidc`. */
export const OIDC_PROVIDER = 'oidc';

const claims = z.object({
  sub: z.string().min(1),
  email: z.string().optional(),
  email_verified: z.union([z.boolean(), z.literal('true'), z.literal('false')]).optional(),
});

/** What single sign-on says of a person; an unverified address is as good as none. */
export interface OidcPerson {
  subject: string;
  email: string | null;
}

export function oidcPerson(profile: unknown): OidcPerson | null {
  const read = claims.safeParse(profile);
  if (!read.success) return null;
  const { sub, email, email_verified: verified } = read.data;
  const isVerified = verified === true || verified === 'true';
  return {
    // Subjects are unique only within their issuer.
    subject: `${env().OIDC_ISSUER ?? ''}#${sub}`,
    email: email !== undefined && isVerified ? email.trim().toLowerCase() : null,
  };
}

/** The OpenID Connect provider by configuration: authorization code with PKCE, state and nonce. */
export function oidcProvider(): OAuthConfig<{ sub: string }> | null {
  const e = env();
  if (!e.OIDC_ISSUER || !e.OIDC_CLIENT_ID || !e.OIDC_CLIENT_SECRET) return null;
  return {
    id: OIDC_PROVIDER,
    name: e.OIDC_NAME,
    type: 'oauth',
    wellKnown: `${e.OIDC_ISSUER}/.well-known/openid-configuration`,
    clientId: e.OIDC_CLIENT_ID,
    clientSecret: e.OIDC_CLIENT_SECRET,
    authorization: { params: { scope: 'openid email profile' } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    profile: (profile) => ({ id: profile.sub }),
  };
}

/** What single sign-on is called where it is configured. */
export function singleSignOnName(): string | null {
  return oidcProvider() ? env().OIDC_NAME : null;
}
