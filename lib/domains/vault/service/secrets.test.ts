import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { createPool, type Pool } from '@/lib/infra/pg';
import { closeQueue } from '@/lib/infra/queue';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { secretsApi } from '../api';
import { openSecretVersion } from '../seal';
import { as, currentValue, everythingWritten } from '../test/support';
import { getSecret, listSecrets, listSecretVersions } from './read';
import { rotateSecret } from './rotate-secret';
import { runRotation } from '../steps/run';
import { createSecret, declareSecret, revokeSecret, updateSecret } from './secrets';

let world: World;
let gateway: Pool;

beforeAll(async () => {
  world = await mintWorld();
  gateway = createPool('countersign_gateway', 2);
});
afterAll(async () => {
  await gateway.end();
  await closeQueue();
  await closeDb();
});

const VALUE = 'hunter2-upstream-credential';

test('a value goes in and comes out nowhere: not in an answer, an event or a row', async () => {
  const ctx = as('admin', world);
  const answers: unknown[] = [];
  const made = await createSecret(ctx, { name: 'mail-relay', value: VALUE });
  const { id } = made.secret;
  answers.push(made, await getSecret(ctx, { id }), await listSecrets(ctx, {}));
  answers.push(await listSecretVersions(ctx, { id }));
  answers.push(await updateSecret(ctx, { id, description: 'Outgoing mail' }));
  answers.push(await rotateSecret(ctx, { id, value: `${VALUE}-2` }));
  expect(JSON.stringify(answers)).not.toContain(VALUE);
  expect(await everythingWritten(world.workspace)).not.toContain(VALUE);
  expect(await currentValue(gateway, world.workspace, id)).toBe(VALUE);
});

test('a generated value is in the answer that made it, and in no other', async () => {
  const ctx = as('admin', world);
  const made = await createSecret(ctx, { name: 'webhook-signing', generate: true });
  const value = made.value ?? '';
  expect(Buffer.from(value, 'base64url')).toHaveLength(32);
  const later = JSON.stringify([
    await getSecret(ctx, { id: made.secret.id }),
    await listSecrets(ctx, {}),
  ]);
  expect(later).not.toContain(value);
  expect(await everythingWritten(world.workspace)).not.toContain(value);
});

test('a sealed value opens for its own version and workspace only', async () => {
  const ctx = as('admin', world);
  const other = await mintWorld();
  const [a, b] = [
    await createSecret(ctx, { name: 'first', value: 'one' }),
    await createSecret(ctx, { name: 'second', value: 'two' }),
  ];
  const rows = await inWorkspace(world.workspace, async (tx) => ({
    key: (await tx.workspace.findUniqueOrThrow({ where: { id: world.workspace } })).dataKey,
    a: await tx.secretVersion.findFirstOrThrow({ where: { secretId: a.secret.id } }),
    b: await tx.secretVersion.findFirstOrThrow({ where: { secretId: b.secret.id } }),
  }));
  expect(openSecretVersion(rows.key, world.workspace, rows.a)).toBe('one');
  const moved = { id: rows.b.id, ciphertext: rows.a.ciphertext };
  expect(() => openSecretVersion(rows.key, world.workspace, moved)).toThrow('authenticate');
  expect(() => openSecretVersion(rows.key, other.workspace, rows.a)).toThrow('authenticate');
});

test('only an admin changes the vault; a refusal writes nothing but its event', async () => {
  const { secret } = await createSecret(as('admin', world), { name: 'guarded', value: VALUE });
  const before = await inWorkspace(world.workspace, (tx) => tx.secretVersion.count());
  const auditor = as('auditor', world);
  for (const attempt of [
    () => createSecret(auditor, { name: 'mine', value: 'x' }),
    () => updateSecret(auditor, { id: secret.id, description: 'changed' }),
    () => rotateSecret(auditor, { id: secret.id, value: 'y' }),
    () => revokeSecret(auditor, { id: secret.id }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ status: 403 });
  }
  const seen = await getSecret(auditor, { id: secret.id });
  expect(seen).toMatchObject({ state: 'active', description: '', rotation: null });
  expect(seen.can.rotate).toMatchObject({ allowed: false });
  expect(await inWorkspace(world.workspace, (tx) => tx.secretVersion.count())).toBe(before);
});

test("another workspace's secret is unknown here", async () => {
  const { secret } = await createSecret(as('admin', world), { name: 'ours', value: VALUE });
  const stranger = as('admin', await mintWorld());
  for (const attempt of [
    () => getSecret(stranger, { id: secret.id }),
    () => listSecretVersions(stranger, { id: secret.id }),
    () => updateSecret(stranger, { id: secret.id, description: 'theirs' }),
    () => rotateSecret(stranger, { id: secret.id, value: 'z' }),
    () => revokeSecret(stranger, { id: secret.id }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ status: 404 });
  }
  expect(await everythingWritten(stranger.workspace)).toBe('');
});

test('revoking erases the values and is said once', async () => {
  const ctx = as('admin', world);
  const { secret } = await createSecret(ctx, { name: 'leaked', value: VALUE });
  expect(await revokeSecret(ctx, { id: secret.id, reason: 'leaked' })).toMatchObject({
    state: 'revoked',
    can: { rotate: { allowed: false } },
  });
  await expect(revokeSecret(ctx, { id: secret.id })).rejects.toMatchObject({ status: 409 });
  const versions = await inWorkspace(world.workspace, (tx) =>
    tx.secretVersion.findMany({ where: { secretId: secret.id } }),
  );
  expect(versions.map(({ state, ciphertext }) => [state, ciphertext])).toEqual([['revoked', null]]);
});

test.each([
  [{ name: 'No Spaces', value: 'x' }, 'name'],
  [{ name: 'neither' }, 'value'],
  [{ name: 'both', value: 'x', generate: true }, 'value'],
  [{ name: 'extra', value: 'x', state: 'active' }, 'state'],
  [
    { name: 'url', value: 'x', rotator: { kind: 'http_api_keys', baseUrl: 'ftp://x' } },
    'rotator.baseUrl',
  ],
])('bad input %# is refused by its field', async (input, field) => {
  await expect(createSecret(as('admin', world), input)).rejects.toMatchObject({
    status: 422,
    errors: [expect.objectContaining({ field })],
  });
});

test('every route of the API says what it is for', () => {
  expect(secretsApi.endpoints.every((endpoint) => endpoint.summary.length > 5)).toBe(true);
});

test('a declared secret opens nothing until an admin brings its first value', async () => {
  const ctx = as('admin', world);
  const declared = { name: 'declared', description: '', rotateEveryDays: null };
  const rotator = { kind: 'manual' };
  await expect(declareSecret(as('auditor', world), { ...declared, rotator })).rejects.toMatchObject(
    { status: 403 },
  );
  const { id } = await declareSecret(ctx, { ...declared, rotator });
  expect(await getSecret(ctx, { id })).toMatchObject({ state: 'active', version: null });
  await expect(currentValue(gateway, world.workspace, id)).rejects.toThrow('0 current versions');
  const rotation = await rotateSecret(ctx, { id, value: VALUE });
  expect(await runRotation(ctx, rotation.id)).toEqual({ step: 'revoked' });
  expect(await currentValue(gateway, world.workspace, id)).toBe(VALUE);
  expect(await getSecret(ctx, { id })).toMatchObject({ version: 1 });

  // What an upstream renews needs one to show there, once.
  const upstream = { kind: 'http_api_keys', baseUrl: 'http://127.0.0.1:9' };
  const other = await declareSecret(ctx, { ...declared, name: 'renewed', rotator: upstream });
  await expect(rotateSecret(ctx, { id: other.id })).rejects.toMatchObject({ status: 422 });
  await expect(rotateSecret(ctx, { id, value: undefined })).rejects.toMatchObject({ status: 422 });

  // A revoked one comes back without what it held.
  await revokeSecret(ctx, { id });
  expect(await declareSecret(ctx, { ...declared, rotator })).toMatchObject({ id, version: null });
  await expect(currentValue(gateway, world.workspace, id)).rejects.toThrow('0 current versions');
});
