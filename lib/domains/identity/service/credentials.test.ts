import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintAgent, mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { startGateway } from '../test/gateway';
import { createCredential } from './create';
import { getCredential, listCredentials } from './read';
import { revokeCredential } from './revoke';

let world: World;

beforeAll(async () => {
  world = await mintWorld();
});
afterAll(closeDb);

function as(role: 'admin' | 'auditor', of: World = world): Context {
  const actor = {
    type: 'member',
    id: of[role],
    name: role,
    roles: [role],
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  } as const;
  return { workspace: of.workspace, requestId: 'req_test', actor };
}

const countOf = (agentId: string) =>
  inWorkspace(world.workspace, (tx) => tx.credential.count({ where: { agentId } }));

describe('a pasted public key', () => {
  const pair = {
    Ed25519: () => generateKeyPairSync('ed25519'),
    'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    RSA: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  };

  test.each([
    ['Ed25519', 'EdDSA'],
    ['P-256', 'ES256'],
    ['RSA', 'RS256'],
  ] as const)('%s is registered for %s and gets a token', async (kind, algorithm) => {
    const agent = await mintAgent(world);
    const { publicKey, privateKey } = pair[kind]();
    const made = await createCredential(as('admin'), {
      kind: 'key_pair',
      agentId: agent,
      publicJwk: { ...publicKey.export({ format: 'jwk' }), kid: 'mine', use: 'sig' },
    });
    expect(made.privateJwk).toBeUndefined();
    expect(made.credential).toMatchObject({ algorithm, state: 'active', agentId: agent });
    const gateway = await startGateway();
    const now = Math.floor(Date.now() / 1_000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      iss: agent,
      sub: agent,
      aud: gateway.issuer,
      exp: now + 60,
      jti: randomUUID(),
    };
    const text = `${part({ alg: algorithm, kid: made.credential.thumbprint })}.${part(claims)}`;
    const signature = sign(kind === 'Ed25519' ? null : 'sha256', Buffer.from(text), {
      key: privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    const answer = await gateway.post('/oauth/token', {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${text}.${signature.toString('base64url')}`,
    });
    await gateway.close();
    expect(answer.status).toBe(200);
  });

  test('that is private, short, of another curve or no key at all is refused', async () => {
    const agent = await mintAgent(world);
    const keys = [
      pair.Ed25519().privateKey.export({ format: 'jwk' }),
      generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }),
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }),
      { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) },
      { kty: 'oct', k: 'AAAA' },
    ];
    for (const publicJwk of keys) {
      await expect(
        createCredential(as('admin'), { kind: 'key_pair', agentId: agent, publicJwk }),
      ).rejects.toMatchObject({ status: 422, code: 'invalid_input' });
    }
    expect(await countOf(agent)).toBe(0);
  });
});

test('only an admin creates and revokes; a refusal writes nothing but its event', async () => {
  const agent = await mintAgent(world);
  const input = { kind: 'secret', agentId: agent };
  await expect(createCredential(as('auditor'), input)).rejects.toMatchObject({ status: 403 });
  expect(await countOf(agent)).toBe(0);
  const { credential } = await createCredential(as('admin'), input);
  await expect(revokeCredential(as('auditor'), { id: credential.id })).rejects.toMatchObject({
    status: 403,
  });
  const seen = await getCredential(as('auditor'), { id: credential.id });
  expect(seen.state).toBe('active');
  expect(seen.can.revoke).toMatchObject({ allowed: false });
  const events = await eventsOf(world.workspace);
  expect(events.filter((event) => event['type'] === 'credential.revoked')).toHaveLength(0);
});

test('a revoked one stays revoked, and says so the second time', async () => {
  const agent = await mintAgent(world);
  const { credential } = await createCredential(as('admin'), { kind: 'secret', agentId: agent });
  const revoked = await revokeCredential(as('admin'), { id: credential.id, reason: 'leaked' });
  expect(revoked).toMatchObject({ state: 'revoked', can: { rotate: { allowed: false } } });
  await expect(revokeCredential(as('admin'), { id: credential.id })).rejects.toMatchObject({
    status: 409,
    code: 'already_revoked',
  });
  const shown = await listCredentials(as('auditor'), { agentId: agent });
  expect(shown.items.map((item) => item.state)).toEqual(['revoked']);
});

test("another workspace's ids are unknown here", async () => {
  const other = await mintWorld();
  const { credential } = await createCredential(as('admin'), {
    kind: 'secret',
    agentId: world.agent,
  });
  for (const attempt of [
    () => getCredential(as('admin', other), { id: credential.id }),
    () => revokeCredential(as('admin', other), { id: credential.id }),
    () => createCredential(as('admin', other), { kind: 'secret', agentId: world.agent }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ status: 404 });
  }
  expect(await eventsOf(other.workspace)).toEqual([]);
});

test('a public key that is registered already is refused, revoked or of another agent', async () => {
  const [first, second] = [await mintAgent(world), await mintAgent(world)];
  const publicJwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const give = (agentId: string) =>
    createCredential(as('admin'), { kind: 'key_pair', agentId, publicJwk });
  const { credential } = await give(first);
  const taken = {
    ...{ status: 409, code: 'already_exists' },
    message: expect.stringContaining('public key is registered already'),
  };
  await expect(give(second)).rejects.toMatchObject(taken);
  await revokeCredential(as('admin'), { id: credential.id });
  await expect(give(first)).rejects.toMatchObject(taken);
  expect([await countOf(first), await countOf(second)]).toEqual([1, 0]);
});

test('a credential says that a rotation of it is under way, and that it takes over in one', async () => {
  const agent = await mintAgent(world);
  const make = async () =>
    (await createCredential(as('admin'), { kind: 'secret', agentId: agent })).credential.id;
  const [old, successor, other] = [await make(), await make(), await make()];
  const rotation = { id: `rot_${randomUUID()}`, workspaceId: world.workspace, trigger: 'hand' };
  await inWorkspace(world.workspace, async (tx) => {
    await tx.credential.update({ where: { id: successor }, data: { replaces: old } });
    await tx.rotation.create({
      data: {
        ...{ ...rotation, subjectType: 'credential', subjectId: old, step: 'requested' },
        ...{ startedBy: world.admin, state: { successorId: successor } },
      },
    });
  });
  const rotates = async () => {
    const { items } = await listCredentials(as('admin'), { agentId: agent });
    const shown = await Promise.all(items.map(({ id }) => getCredential(as('admin'), { id })));
    expect(shown.map(({ can }) => can.rotate)).toEqual(items.map(({ can }) => can.rotate));
    return Object.fromEntries(items.map(({ id, can }) => [id, can.rotate]));
  };
  expect(await rotates()).toEqual({
    [old]: { allowed: false, reason: 'A rotation of it is under way.' },
    [successor]: { allowed: false, reason: expect.stringContaining('takes over from another') },
    [other]: { allowed: true },
  });
  await inWorkspace(world.workspace, (tx) =>
    tx.rotation.update({
      where: { id: rotation.id },
      data: { step: 'revoked', finishedAt: new Date() },
    }),
  );
  expect(Object.values(await rotates()).every(({ allowed }) => allowed)).toBe(true);
});
