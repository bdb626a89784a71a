import { generateKeyPairSync } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { setEnv } from '@/lib/infra/env';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintAgent, mintWorld, type World } from '@/lib/infra/testing/world';
import { createCredential } from '../service/create';
import { startGateway, type TestGateway } from '../test/gateway';

type Key = Record<string, unknown>;

let world: World;
let gateway: TestGateway;
const stranger = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as Key;

beforeAll(async () => {
  world = await mintWorld();
  gateway = await startGateway();
});
afterEach(() => setEnv({ TRUSTED_PROXIES: '' }));
afterAll(async () => {
  await gateway.close();
  await closeDb();
});

async function agentWithKey() {
  const agent = await mintAgent(world, 'active');
  const actor = {
    ...{ type: 'member' as const, id: world.admin, name: 'Admin', roles: ['admin'] },
    ...{ abilities: [], method: 'password', authenticatedAt: 0 },
  };
  const ctx = { workspace: world.workspace, requestId: 'req_test', actor };
  const { privateJwk = {} } = await createCredential(ctx, { kind: 'key_pair', agentId: agent });
  return { agent, jwk: privateJwk as Key };
}

/** The status of a token request that says it was forwarded for `from`. */
async function ask(agent: string, jwk: Key, from: string): Promise<number> {
  const assertion = await new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(agent)
    .setSubject(agent)
    .setAudience(gateway.issuer)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(await importJWK(jwk, 'EdDSA'));
  const form = {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
  return (await gateway.post('/oauth/token', form, { 'x-forwarded-for': from })).status;
}

async function refused(agent: string): Promise<number> {
  const events = await eventsOf(world.workspace);
  return events.filter(({ type, agent: whose }) => type === 'token.refused' && whose === agent)
    .length;
}

test('failures behind a proxy count for the address that it heard from', async () => {
  setEnv({ TRUSTED_PROXIES: '1' });
  const { agent, jwk } = await agentWithKey();
  for (let n = 0; n < 20; n += 1) {
    expect(await ask(agent, stranger, '203.0.113.9')).toBe(401);
  }
  // What the stranger says of itself before the proxy's entry changes nothing.
  expect(await ask(agent, stranger, '203.0.113.9')).toBe(429);
  expect(await ask(agent, stranger, '198.51.100.7, 203.0.113.9')).toBe(429);
  expect(await ask(agent, jwk, '203.0.113.9')).toBe(429);
  expect(await refused(agent)).toBe(20);
  expect(await ask(agent, jwk, '198.51.100.7')).toBe(200);
});

test('without a proxy nobody gets another address by naming one', async () => {
  const { agent, jwk } = await agentWithKey();
  for (let n = 0; n < 20; n += 1) {
    expect(await ask(agent, stranger, `203.0.113.${n}`)).toBe(401);
  }
  expect(await ask(agent, stranger, '203.0.113.99')).toBe(429);
  expect(await ask(agent, jwk, '198.51.100.7')).toBe(429);
  expect(await refused(agent)).toBe(20);
});
