import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface TestProvider {
  issuer: string;
  stop: () => Promise<void>;
}

/** A person as the provider knows them; the account id is the subject. */
export interface Person {
  sub: string;
  email: string;
  email_verified: boolean;
}

export const CLIENT = { id: 'countersign', secret: 'a client secret for tests only' };

export function listen(handler: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(handler);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ server, url: `http://127.0.0.1:${port}` });
    });
  });
}

export function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** A real OpenID Connect provider with PKCE required; its login form asks for the subject. */
export async function startProvider(
  redirectUri: string,
  people: readonly Person[],
): Promise<TestProvider> {
  let handler: RequestListener = () => undefined;
  const { server, url } = await listen((request, response) => handler(request, response));
  const provider = new Provider(url, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (_ctx, id) => {
      const person = people.find((each) => each.sub === id);
      return person && { accountId: id, claims: () => ({ ...person }) };
    },
  });
  handler = provider.callback();
  return { issuer: url, stop: () => close(server) };
}
