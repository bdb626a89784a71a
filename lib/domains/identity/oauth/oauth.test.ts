import { createHmac, generateKeyPairSync } from 'node:crypto';
import { SignJWT, importJWK } from 'jose';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintAgent, mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { createCredential } from '../service/create';
import { revokeCredential } from '../service/revoke';
import { importPrivate, insecure, startGateway, type TestGateway } from '../test/gateway';
import { verifyAccessToken } from '../token';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let world: World;
let gateway: TestGateway;
let ctx: Context;

beforeAll(async () => {
  world = await mintWorld();
  gateway = await startGateway();
  ctx = {
    workspace: world.workspace,
    requestId: 'req_test',
    actor: {
      type: 'member',
      id: world.admin,
      name: 'Admin',
      roles: ['admin'],
      abilities: [],
      method: 'password',
      authenticatedAt: 0,
    },
  };
});

afterAll(async () => {
  await gateway.close();
  await closeDb();
});

async function agentWithKey(state = 'active') {
  const agent = await mintAgent(world, state);
  const made = await createCredential(ctx, { kind: 'key_pair', agentId: agent });
  return { agent, credential: made.credential, jwk: made.privateJwk ?? {} };
}

interface Claims {
  aud?: string | string[];
  exp?: number;
  iat?: number;
  jti?: string;
  iss?: string;
}

async function assertionFor(agent: string, jwk: Record<string, unknown>, claims: Claims = {}) {
  const now = Math.floor(Date.now() / 1_000);
  const payload = {
    iss: agent,
    sub: agent,
    aud: gateway.issuer,
    iat: now,
    exp: now + 60,
    jti: crypto.randomUUID(),
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'EdDSA' })
    .sign(await importJWK(jwk, 'EdDSA'));
}

const tokenForm = (assertion: string, more: Record<string, string> = {}) => ({
  grant_type: 'client_credentials',
  client_assertion_type: TYPE,
  client_assertion: assertion,
  ...more,
});

async function expectError(response: Response, status: number, error: string) {
  const body = (await response.json()) as Record<string, unknown>;
  expect({ status: response.status, error: body['error'] }).toEqual({ status, error });
  expect(body['error_description']).toEqual(expect.any(String));
  expect(body).not.toHaveProperty('access_token');
  return body;
}

async function tokenEvents(agent: string, type: string) {
  const events = await eventsOf(world.workspace);
  return events.filter((event) => event['type'] === type && event['agent'] === agent);
}

describe('an outside client', () => {
  test('gets a token with private_key_jwt through discovery, introspects and revokes it', async () => {
    const { agent, credential, jwk } = await agentWithKey();
    const server = await gateway.discover();
    const client = { client_id: agent };
    const authenticate = oauth.PrivateKeyJwt(await importPrivate(jwk));
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      authenticate,
      { resource: gateway.issuer, scope: 'actions' },
      insecure,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    const granted = await oauth.processClientCredentialsResponse(server, client, response);
    expect(granted.expires_in).toBe(600);

    const token = verifyAccessToken(granted.access_token, gateway.issuer);
    expect(token).toMatchObject({
      workspace: world.workspace,
      agentId: agent,
      credentialId: credential.id,
      scope: 'actions',
    });
    // RFC 9068, checked by the other side's own implementation against our JWKS.
    const claims = await oauth.validateJwtAccessToken(
      server,
      new Request(gateway.issuer, {
        headers: { authorization: `Bearer ${granted.access_token}` },
      }),
      gateway.issuer,
      insecure,
    );
    expect(claims).toMatchObject({ sub: agent, client_id: agent, scope: 'actions' });

    const introspect = async () =>
      oauth.processIntrospectionResponse(
        server,
        client,
        await oauth.introspectionRequest(
          server,
          client,
          authenticate,
          granted.access_token,
          insecure,
        ),
      );
    expect(await introspect()).toMatchObject({ active: true, sub: agent, client_id: agent });
    const revoke = async () =>
      oauth.processRevocationResponse(
        await oauth.revocationRequest(server, client, authenticate, granted.access_token, insecure),
      );
    await revoke();
    await revoke();
    expect(await introspect()).toEqual({ active: false });
    expect(await tokenEvents(agent, 'token.issued')).toHaveLength(1);
    expect(await tokenEvents(agent, 'token.revoked')).toHaveLength(1);
    const written = JSON.stringify(await eventsOf(world.workspace));
    expect(written).not.toContain(String(jwk['d']));
    expect(written).not.toContain(granted.access_token);
  });

  test('gets a token with client_secret_basic', async () => {
    const agent = await mintAgent(world, 'probation');
    const { secret = '' } = await createCredential(ctx, { kind: 'secret', agentId: agent });
    const server = await gateway.discover();
    const client = { client_id: agent };
    const grant = (value: string) =>
      oauth.clientCredentialsGrantRequest(
        server,
        client,
        oauth.ClientSecretBasic(value),
        {},
        insecure,
      );
    const granted = await oauth.processClientCredentialsResponse(
      server,
      client,
      await grant(secret),
    );
    expect(granted.token_type).toBe('bearer');
    const wrong = await grant(`${secret}x`);
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic /);
    await expectError(wrong, 401, 'invalid_client');
    const written = JSON.stringify(await eventsOf(world.workspace));
    expect(written).not.toContain(secret);
    expect(await tokenEvents(agent, 'token.refused')).toHaveLength(1);
  });

  test("is told nothing of another client's token and cannot revoke it", async () => {
    const [mine, theirs] = [await agentWithKey(), await agentWithKey()];
    const granted = (await (
      await gateway.post('/oauth/token', tokenForm(await assertionFor(theirs.agent, theirs.jwk)))
    ).json()) as { access_token: string };
    const form = async () => ({
      client_assertion_type: TYPE,
      client_assertion: await assertionFor(mine.agent, mine.jwk),
      token: granted.access_token,
    });
    const asked = await gateway.post('/oauth/introspect', await form());
    expect(await asked.json()).toEqual({ active: false });
    await expectError(await gateway.post('/oauth/revoke', await form()), 400, 'invalid_grant');
    expect(await tokenEvents(theirs.agent, 'token.revoked')).toHaveLength(0);
  });
});

describe('refuses', () => {
  test('a replayed assertion', async () => {
    const { agent, jwk } = await agentWithKey();
    const form = tokenForm(await assertionFor(agent, jwk));
    expect((await gateway.post('/oauth/token', form)).status).toBe(200);
    await expectError(await gateway.post('/oauth/token', form), 401, 'invalid_client');
    expect(await tokenEvents(agent, 'token.issued')).toHaveLength(1);
    expect(await tokenEvents(agent, 'token.refused')).toHaveLength(1);
  });

  test.each([
    ['a wrong audience', { aud: 'https://elsewhere.example' }],
    ['a second audience', { aud: ['https://elsewhere.example', 'ISSUER'] }],
    ['an expired assertion', { iat: 1_000_000_000, exp: 1_000_000_060 }],
    ['one that lives too long', { exp: Math.floor(Date.now() / 1_000) + 3_600 }],
    ['one without a jti', { jti: '' }],
    ['another issuer', { iss: 'agt_0' }],
  ] satisfies [string, Claims][])('%s', async (_name, claims) => {
    const { agent, jwk } = await agentWithKey();
    const aud =
      'aud' in claims && Array.isArray(claims.aud)
        ? { aud: [claims.aud[0] ?? '', gateway.issuer] }
        : {};
    const form = tokenForm(await assertionFor(agent, jwk, { ...claims, ...aud }));
    await expectError(await gateway.post('/oauth/token', form), 401, 'invalid_client');
    expect(await tokenEvents(agent, 'token.issued')).toHaveLength(0);
    expect(await tokenEvents(agent, 'token.refused')).toHaveLength(1);
  });

  test('a wrong key, and a key whose credential was revoked', async () => {
    const [one, other] = [await agentWithKey(), await agentWithKey()];
    const wrong = tokenForm(await assertionFor(one.agent, other.jwk));
    await expectError(await gateway.post('/oauth/token', wrong), 401, 'invalid_client');
    await revokeCredential(ctx, { id: one.credential.id, reason: 'test' });
    const revoked = tokenForm(await assertionFor(one.agent, one.jwk));
    await expectError(await gateway.post('/oauth/token', revoked), 401, 'invalid_client');
    expect(await tokenEvents(one.agent, 'token.issued')).toHaveLength(0);
  });

  test('an unknown client', async () => {
    const { jwk } = await agentWithKey();
    const unknown = 'agt_019a0000-0000-7000-8000-000000000000';
    const form = tokenForm(await assertionFor(unknown, jwk));
    const body = await expectError(await gateway.post('/oauth/token', form), 401, 'invalid_client');
    expect(body['error_description']).toContain('unknown');
  });

  test.each(['draft', 'suspended'])('an agent that is %s', async (state) => {
    const { agent, jwk } = await agentWithKey(state);
    const form = tokenForm(await assertionFor(agent, jwk));
    const body = await expectError(await gateway.post('/oauth/token', form), 401, 'invalid_client');
    expect(body['error_description']).toContain(state);
    expect(await tokenEvents(agent, 'token.issued')).toHaveLength(0);
  });

  test('alg none, and HS256 with the public key as its secret', async () => {
    const { agent, credential, jwk } = await agentWithKey();
    const good = await assertionFor(agent, jwk);
    const [, payload = ''] = good.split('.');
    const header = (alg: string) => Buffer.from(JSON.stringify({ alg })).toString('base64url');
    const none = `${header('none')}.${payload}.`;
    await expectError(await gateway.post('/oauth/token', tokenForm(none)), 401, 'invalid_client');
    const { x } = credential.publicJwk as { x: string };
    for (const secret of [Buffer.from(x, 'base64url'), JSON.stringify(credential.publicJwk)]) {
      const signed = `${header('HS256')}.${payload}`;
      const mac = createHmac('sha256', secret).update(signed).digest('base64url');
      const form = tokenForm(`${signed}.${mac}`);
      await expectError(await gateway.post('/oauth/token', form), 401, 'invalid_client');
    }
    expect(await tokenEvents(agent, 'token.issued')).toHaveLength(0);
  });

  test('grants, targets, scopes, bodies and methods it does not know', async () => {
    const { agent, jwk } = await agentWithKey();
    const form = async (more: Record<string, string>) =>
      tokenForm(await assertionFor(agent, jwk), more);
    const cases = [
      [{ grant_type: 'authorization_code' }, 'unsupported_grant_type'],
      [{ resource: 'https://elsewhere.example' }, 'invalid_target'],
      [{ scope: 'actions everything' }, 'invalid_scope'],
      [{ client_assertion_type: 'something' }, 'invalid_request'],
      [{ client_id: world.agent }, 'invalid_request'],
    ] as const;
    for (const [more, error] of cases) {
      await expectError(await gateway.post('/oauth/token', await form(more)), 400, error);
    }
    const twice = await fetch(`${gateway.issuer}/oauth/token`, {
      method: 'POST',
      body: 'grant_type=client_credentials&grant_type=client_credentials',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    await expectError(twice, 400, 'invalid_request');
    const strange = await fetch(`${gateway.issuer}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams([
        ['say "é"', '1'],
        ['say "é"', '2'],
      ]),
    });
    expect(strange.status).toBe(400);
    // RFC 6749, 5.2: no other characters than these.
    const { error_description: said } = (await strange.json()) as Record<string, string>;
    expect(said).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    const json = await fetch(`${gateway.issuer}/oauth/token`, { method: 'POST', body: '{}' });
    await expectError(json, 415, 'invalid_request');
    const big = await gateway.post('/oauth/token', { grant_type: 'x'.repeat(70_000) });
    await expectError(big, 413, 'invalid_request');
    await expectError(await fetch(`${gateway.issuer}/oauth/token`), 405, 'invalid_request');
    expect(await tokenEvents(agent, 'token.issued')).toHaveLength(0);
  });

  test('a resource among several that is another one (RFC 8707, 2)', async () => {
    const { agent, jwk } = await agentWithKey();
    const post = async (resources: string[]) =>
      fetch(`${gateway.issuer}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams([
          ...Object.entries(tokenForm(await assertionFor(agent, jwk))),
          ...resources.map((resource): [string, string] => ['resource', resource]),
        ]),
      });
    const elsewhere = 'https://elsewhere.example';
    await expectError(await post([gateway.issuer, elsewhere]), 400, 'invalid_target');
    await expectError(await post([elsewhere, gateway.issuer]), 400, 'invalid_target');
    expect(await tokenEvents(agent, 'token.issued')).toHaveLength(0);
    expect((await post([gateway.issuer, `${gateway.issuer}/`])).status).toBe(200);
  });

  test('more than a few failures in a row, from one address, for one client', async () => {
    const { agent } = await agentWithKey();
    const other = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
    let limited: Response | undefined;
    for (let n = 0; n < 25 && limited === undefined; n++) {
      const response = await gateway.post(
        '/oauth/token',
        tokenForm(await assertionFor(agent, other as Record<string, unknown>)),
      );
      if (response.status === 429) limited = response;
    }
    expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0);
    const refusals = await tokenEvents(agent, 'token.refused');
    expect(refusals).toHaveLength(20);
    // Another client of the same address is not held up.
    const free = await agentWithKey();
    const form = tokenForm(await assertionFor(free.agent, free.jwk));
    expect((await gateway.post('/oauth/token', form)).status).toBe(200);
  });
});

test('50 uses of one assertion at once give exactly one token', async () => {
  const { agent, jwk } = await agentWithKey();
  const form = tokenForm(await assertionFor(agent, jwk));
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => gateway.post('/oauth/token', form)),
  );
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  expect(await tokenEvents(agent, 'token.issued')).toHaveLength(1);
  const used = await inWorkspace(world.workspace, (tx) =>
    tx.credential.findMany({ where: { agentId: agent } }),
  );
  expect(used[0]?.lastUsedAt).not.toBeNull();
});

test('what is not one of our access tokens is refused', async () => {
  const { agent, jwk } = await agentWithKey();
  const answer = await gateway.post('/oauth/token', tokenForm(await assertionFor(agent, jwk)));
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object;
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: world.agent })).toString(
    'base64url',
  );
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
  const bad = [
    '',
    'a.b.c',
    `${header}.${changed}.${signature}`,
    `${none}.${payload}.`,
    `${header}.${payload}.${signature}=`,
    await assertionFor(agent, jwk),
  ];
  for (const text of bad) {
    expect(() => verifyAccessToken(text, gateway.issuer)).toThrow(
      expect.objectContaining({ status: 401, code: 'invalid_token' }),
    );
  }
  expect(() => verifyAccessToken(token, 'https://elsewhere.example')).toThrow(
    expect.objectContaining({ code: 'invalid_token' }),
  );
});
