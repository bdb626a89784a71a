import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';

/** What an agent holds: its OAuth client and the private key that proves it. */
export interface AgentIdentity {
  client_id: string;
  private_jwk: JWK;
}

export interface SessionRequest {
  initiator: Record<string, unknown>;
  auth_context: Record<string, unknown>;
  attributes: Record<string, unknown>;
}

export interface Evidence {
  title: string;
  source: string;
  ref: string;
  content: unknown;
}

/** The body of POST /v1/actions, without its session. */
export interface ActionRequest {
  action: string;
  parameters: Record<string, unknown>;
  summary: string;
  why: string;
  evidence?: Evidence[];
  untrusted?: string[];
}

/** Any answer of the gateway; a problem is an answer too. */
export interface GatewayAnswer {
  status: number;
  body: Record<string, unknown>;
  /** Seconds, from Retry-After. */
  retryAfter: number | undefined;
}

/** No answer: the gateway could not be reached, or broke off. */
export class GatewayDown extends Error {
  override name = 'GatewayDown';
}

/** The gateway would not give a token. */
export class TokenRefused extends Error {
  override name = 'TokenRefused';
  readonly answer: GatewayAnswer;

  constructor(answer: GatewayAnswer) {
    super(`the gateway refused a token: ${answer.status} ${String(answer.body['error'] ?? '')}`);
    this.answer = answer;
  }
}

const REQUEST_TIMEOUT_MS = 30_000;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A client of the gateway for one agent: private_key_jwt, sessions, actions, long polls. */
export class GatewayClient {
  readonly gateway: string;
  readonly identity: AgentIdentity;
  #metadata: Promise<{ issuer: string; tokenEndpoint: string }> | undefined;
  #key: Promise<CryptoKey | Uint8Array> | undefined;
  #token: Promise<{ value: string; renewAt: number }> | undefined;

  constructor(gateway: string, identity: AgentIdentity) {
    this.gateway = gateway.replace(/\/+$/, '');
    this.identity = identity;
  }

  /** An access token, kept until shortly before it expires. Throws TokenRefused or GatewayDown. */
  async token(): Promise<string> {
    const held = await this.#token?.catch(() => undefined);
    if (held && Date.now() < held.renewAt) return held.value;
    this.#token = this.#fetchToken();
    return (await this.#token).value;
  }

  /** POST /v1/sessions. */
  session(request: SessionRequest): Promise<GatewayAnswer> {
    return this.#authorized('POST', '/v1/sessions', { body: request });
  }

  /** DELETE /v1/sessions/{id}. */
  endSession(id: string): Promise<GatewayAnswer> {
    return this.#authorized('DELETE', `/v1/sessions/${encodeURIComponent(id)}`);
  }

  /** POST /v1/actions; give the same key to retry the same action. */
  action(
    session: string,
    request: ActionRequest,
    idempotencyKey: string = randomUUID(),
  ): Promise<GatewayAnswer> {
    return this.#authorized('POST', '/v1/actions', {
      body: { session, ...request },
      headers: { 'idempotency-key': idempotencyKey },
    });
  }

  /** GET /v1/actions/{id}, waiting up to `wait` seconds for a change of its state or a question. */
  poll(id: string, wait = 0, signal?: AbortSignal): Promise<GatewayAnswer> {
    const path = `/v1/actions/${encodeURIComponent(id)}?wait=${wait}`;
    return this.#authorized('GET', path, { timeout: REQUEST_TIMEOUT_MS + wait * 1000, signal });
  }

  /** POST /v1/actions/{id}/answer: to a question that a poll told of, once. */
  answer(id: string, question: string, answer: string): Promise<GatewayAnswer> {
    const path = `/v1/actions/${encodeURIComponent(id)}/answer`;
    return this.#authorized('POST', path, { body: { question, answer } });
  }

  /** POST /v1/actions/{id}/cancel. */
  cancel(id: string): Promise<GatewayAnswer> {
    return this.#authorized('POST', `/v1/actions/${encodeURIComponent(id)}/cancel`);
  }

  /** Any other route, with the agent's token; one more try with a fresh token after a 401. */
  request(method: string, path: string, body?: unknown): Promise<GatewayAnswer> {
    return this.#authorized(method, path, { body });
  }

  async #authorized(
    method: string,
    path: string,
    options: CallOptions = {},
  ): Promise<GatewayAnswer> {
    const send = async () =>
      this.#call(method, this.gateway + path, {
        ...options,
        headers: { ...options.headers, authorization: `Bearer ${await this.token()}` },
      });
    const answer = await send();
    if (answer.status !== 401) return answer;
    this.#token = undefined;
    return send();
  }

  async #fetchToken(): Promise<{ value: string; renewAt: number }> {
    const asked = Date.now();
    const { issuer, tokenEndpoint } = await this.#discover();
    const answer = await this.#call('POST', tokenEndpoint, {
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: this.identity.client_id,
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: await this.#assertion(issuer),
      }),
    });
    const value = answer.body['access_token'];
    if (answer.status !== 200 || typeof value !== 'string') throw new TokenRefused(answer);
    const seconds = Number(answer.body['expires_in']) || 60;
    return { value, renewAt: asked + seconds * 800 };
  }

  async #assertion(audience: string): Promise<string> {
    const { client_id: client, private_jwk: jwk } = this.identity;
    const alg = algorithm(jwk);
    this.#key ??= importJWK(jwk, alg);
    return new SignJWT()
      .setProtectedHeader({ alg, typ: 'JWT', ...(jwk.kid ? { kid: jwk.kid } : {}) })
      .setIssuer(client)
      .setSubject(client)
      .setAudience(audience)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(await this.#key);
  }

  async #discover(): Promise<{ issuer: string; tokenEndpoint: string }> {
    this.#metadata ??= this.#call(
      'GET',
      `${this.gateway}/.well-known/oauth-authorization-server`,
    ).then(({ status, body }) => {
      const { issuer, token_endpoint: tokenEndpoint } = body;
      if (status === 200 && typeof issuer === 'string' && typeof tokenEndpoint === 'string') {
        return { issuer, tokenEndpoint };
      }
      throw new GatewayDown(`no authorization server metadata at ${this.gateway}: ${status}`);
    });
    try {
      return await this.#metadata;
    } catch (error) {
      this.#metadata = undefined;
      throw error;
    }
  }

  async #call(method: string, url: string, options: CallOptions = {}): Promise<GatewayAnswer> {
    const { body, headers, timeout = REQUEST_TIMEOUT_MS, signal } = options;
    const form = body instanceof URLSearchParams;
    const signals = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])];
    try {
      const response = await fetch(url, {
        method,
        headers: {
          ...headers,
          ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : form ? body : JSON.stringify(body),
        signal: AbortSignal.any(signals),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: asObject(text),
        retryAfter: Number(response.headers.get('retry-after')) || undefined,
      };
    } catch (error) {
      throw new GatewayDown(
        `${method} ${url}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}

interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
  timeout?: number;
  signal?: AbortSignal | undefined;
}

function algorithm(jwk: JWK): string {
  if (jwk.alg) return jwk.alg;
  if (jwk.kty === 'OKP') return 'EdDSA';
  return jwk.kty === 'EC' ? 'ES256' : 'RS256';
}

function asObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : { value };
  } catch {
    return text === '' ? {} : { text };
  }
}

/** A JSON object, and not null or an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
