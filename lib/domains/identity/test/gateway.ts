/** A real HTTP server with the OAuth routes, and an outside client (oauth4webapi) for it. */
import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import * as oauth from 'oauth4webapi';
import pg from 'pg';
import { roleUrl } from '@/lib/infra/db-roles';
import { oauthRoutes } from '../oauth/routes';

export interface TestGateway {
  issuer: string;
  pool: pg.Pool;
  discover: () => Promise<oauth.AuthorizationServer>;
  post: (
    path: string,
    form: Record<string, string>,
    headers?: Record<string, string>,
  ) => Promise<Response>;
  close: () => Promise<void>;
}

export const insecure = { [oauth.allowInsecureRequests]: true } as const;

export async function startGateway(): Promise<TestGateway> {
  const pool = new pg.Pool({ connectionString: roleUrl('countersign_gateway'), max: 8 });
  pool.on('error', () => undefined);
  let respond: (request: Request, env: unknown) => Response | Promise<Response> = () =>
    new Response(null, { status: 503 });
  const server = serve({
    fetch: (request, env) => respond(request, env),
    port: 0,
    hostname: '127.0.0.1',
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const app = oauthRoutes({ pool, issuer });
  respond = (request, env) => app.fetch(request, env as object);
  return {
    issuer,
    pool,
    discover: async () => {
      const url = new URL(issuer);
      const response = await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure });
      return oauth.processDiscoveryResponse(url, response);
    },
    post: (path, form, headers = {}) =>
      fetch(`${issuer}${path}`, { method: 'POST', body: new URLSearchParams(form), headers }),
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}

export async function importPrivate(jwk: Record<string, unknown>): Promise<CryptoKey> {
  const { kid: _kid, use: _use, alg: _alg, ...key } = jwk;
  return crypto.subtle.importKey('jwk', key, { name: 'Ed25519' }, false, ['sign']);
}
