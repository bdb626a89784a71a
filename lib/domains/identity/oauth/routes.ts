import type { IncomingMessage } from 'node:http';
import { type Context, Hono } from 'hono';
import { clientAddress } from '@/lib/http/client-address';
import { env } from '@/lib/infra/env';
import { logger } from '@/lib/infra/logger';
import type { Pool } from '@/lib/infra/pg';
import { tokenKeySet } from '../token';
import { type Authority, authenticateClient, type ProvenClient } from './client';
import { checkGrant, grantToken, introspectOwn, revokeOwn } from './endpoints';
import { OAuthError } from './errors';
import { readForm } from './form';
import { resourceMetadata, serverMetadata } from './metadata';
import { presentedProof } from './proof';

const PUBLIC = { 'cache-control': 'public, max-age=300' };

/**
 * The gateway's authorization server. `pool` is of the role countersign_gateway; `issuer`
 * is the gateway's own URL, without a slash at its end.
 */
export function oauthRoutes(deps: { pool: Pool; issuer: string }): Hono {
  const { issuer } = deps;
  const authority: Authority = deps;
  const app = new Hono();

  app.get('/.well-known/oauth-authorization-server', (c) =>
    c.json(serverMetadata(issuer), 200, PUBLIC),
  );
  app.get('/.well-known/oauth-protected-resource', (c) =>
    c.json(resourceMetadata(issuer), 200, PUBLIC),
  );
  app.get('/.well-known/jwks.json', (c) => c.json(tokenKeySet(), 200, PUBLIC));

  const proven = async (c: Context, form: ReadonlyMap<string, string>): Promise<ProvenClient> =>
    authenticateClient(
      authority,
      presentedProof(c.req.header('authorization'), form),
      remoteAddress(c),
      [issuer, `${issuer}/oauth/token`, `${issuer}${c.req.path}`],
    );

  app.post('/oauth/token', (c) =>
    answered(c, async () => {
      const form = await readForm(c);
      checkGrant(form, issuer);
      return grantToken(authority, await proven(c, form));
    }),
  );
  app.post('/oauth/revoke', (c) =>
    answered(c, async () => {
      const form = await readForm(c);
      await revokeOwn(authority, await proven(c, form), form);
      return null;
    }),
  );
  app.post('/oauth/introspect', (c) =>
    answered(c, async () => {
      const form = await readForm(c);
      return introspectOwn(authority, await proven(c, form), form);
    }),
  );
  app.all('/oauth/:endpoint{token|revoke|introspect}', (c) =>
    answered(c, () => {
      throw new OAuthError('invalid_request', 'Use POST.', 405, { Allow: 'POST' });
    }),
  );
  return app;
}

async function answered(c: Context, work: () => Promise<object | null>): Promise<Response> {
  c.header('Cache-Control', 'no-store');
  c.header('Pragma', 'no-cache');
  try {
    const body = await work();
    return body === null ? c.body(null, 200) : c.json(body);
  } catch (error) {
    const known =
      error instanceof OAuthError
        ? error
        : new OAuthError('temporarily_unavailable', 'No token was issued. Try again.', 503, {
            'Retry-After': '1',
          });
    if (known !== error) logger.error({ err: error, path: c.req.path }, 'OAuth request failed');
    for (const [name, value] of Object.entries(known.headers)) c.header(name, value);
    return c.json({ error: known.code, error_description: known.message }, known.status);
  }
}

/** Known only where a listener of node:http is behind the routes. */
function remoteAddress(c: Context): string {
  const incoming = (c.env as { incoming?: IncomingMessage } | undefined)?.incoming;
  return incoming ? clientAddress(incoming, env().TRUSTED_PROXIES) : '';
}
