import { randomUUID } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import type { Demo, DemoAgent } from './demo';

/** An answer of the gateway: the status and the JSON body. */
export type Answer = { status: number; body: Record<string, unknown> };

/** An agent at work from outside: it holds nothing but its own key. */
export type Agent = {
  /** Opens a session and returns its id. */
  openSession: (session: Record<string, unknown>) => Promise<string>;
  /** Proposes an action; a new idempotency key unless one is given. */
  propose: (request: Record<string, unknown>, key?: string) => Promise<Answer>;
  /** Reads an action, waiting up to `wait` seconds for its state to change or a question. */
  read: (action: string, wait?: number) => Promise<Answer>;
  /** Answers a question about a held action. */
  answer: (action: string, question: string, answer: string) => Promise<Answer>;
  /** Waits by long polls until a held action has come to its end. */
  end: (action: string) => Promise<Answer>;
};

const UNDER_WAY = ['pending', 'approved', 'running'];
const INSECURE = { [oauth.allowInsecureRequests]: true };

/** The agent's private key as the client library wants it. */
async function privateKey(jwk: Record<string, unknown>): Promise<CryptoKey> {
  const algorithm =
    jwk.kty === 'OKP' ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve: 'P-256' };
  return crypto.subtle.importKey('jwk', jwk as JsonWebKey, algorithm, false, ['sign']);
}

/** An access token through discovery, client credentials and private_key_jwt, by a client no one here wrote. */
export async function accessToken(gateway: string, client: DemoAgent): Promise<string> {
  const issuer = new URL(gateway);
  const discovery = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE });
  const server = await oauth.processDiscoveryResponse(issuer, discovery);
  const kid = typeof client.private_jwk.kid === 'string' ? { kid: client.private_jwk.kid } : {};
  const key = { key: await privateKey(client.private_jwk), ...kid };
  const answer = await oauth.clientCredentialsGrantRequest(
    server,
    { client_id: client.client_id },
    oauth.PrivateKeyJwt(key),
    new URLSearchParams(),
    INSECURE,
  );
  const token = await oauth.processClientCredentialsResponse(
    server,
    { client_id: client.client_id },
    answer,
  );
  return token.access_token;
}

/** Signs in at the gateway as one of the demo's agents. */
export async function connectAgent(demo: Pick<Demo, 'gateway'>, client: DemoAgent): Promise<Agent> {
  const token = await accessToken(demo.gateway, client);
  const send = async (
    method: string,
    path: string,
    body?: unknown,
    key?: string,
  ): Promise<Answer> => {
    const response = await fetch(new URL(path, demo.gateway), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const read: Agent['read'] = (action, wait) =>
    send('GET', `/v1/actions/${action}${wait === undefined ? '' : `?wait=${wait}`}`);
  return {
    openSession: async (session) => {
      const { status, body } = await send('POST', '/v1/sessions', session);
      if (typeof body.id !== 'string')
        throw new Error(`no session: ${status} ${JSON.stringify(body)}`);
      return body.id;
    },
    propose: (request, key = randomUUID()) => send('POST', '/v1/actions', request, key),
    read,
    answer: (action, question, answer) =>
      send('POST', `/v1/actions/${action}/answer`, { question, answer }),
    end: async (action) => {
      let answer = await read(action, 30);
      while (UNDER_WAY.includes(String(answer.body.status))) answer = await read(action, 30);
      return answer;
    },
  };
}
