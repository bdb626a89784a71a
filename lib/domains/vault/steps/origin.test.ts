import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { closeQueue } from '@/lib/infra/queue';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { getSecret, listSecretVersions } from '../service/read';
import { rotateSecret } from '../service/rotate-secret';
import { getRotation, listRotations } from '../service/rotations';
import { createSecret, updateSecret } from '../service/secrets';
import { as } from '../test/support';
import { runRotation } from './run';

const VALUE = 'upstream-credential';
const MIGRATION = 'prisma/migrations/20261128160000_secret_origin/migration.sql';

/** Whatever asks it anything; it answers as an upstream that renews keys. */
interface Listener {
  url: string;
  heard: (string | undefined)[];
  server: Server;
}

let world: World;
let upstream: Listener;
let listener: Listener;

async function listen(): Promise<Listener> {
  const heard: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    heard.push(request.headers.authorization);
    response.end(JSON.stringify({ id: newId('key'), key: 'renewed' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, server };
}

beforeAll(async () => {
  world = await mintWorld();
  [upstream, listener] = [await listen(), await listen()];
});
afterEach(() => {
  upstream.heard.length = 0;
  // In no test, whatever else it is about.
  if (listener.heard.length > 0) throw new Error('the listener was asked');
});
afterAll(async () => {
  for (const { server } of [upstream, listener]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await closeQueue();
  await closeDb();
});

const rotator = (baseUrl: string) => ({ kind: 'http_api_keys', baseUrl, graceSeconds: 0 });
const keep = async (over: object) =>
  (
    await createSecret(as('admin', world), {
      name: `key-${newId('x').slice(-9)}`,
      value: VALUE,
      ...over,
    })
  ).secret;
/** As no verb would write it. */
const tamper = (id: string, data: { rotator?: object; origin?: string | null }) =>
  inWorkspace(world.workspace, (tx) => tx.secret.update({ where: { id }, data }));

test('a rotator elsewhere is refused, nothing is written, and the listener hears nothing', async () => {
  const ctx = as('admin', world);
  const renewed = await keep({ rotator: rotator(`${upstream.url}/keys`) });
  const byHand = await keep({ origin: upstream.url });
  for (const { id, name } of [renewed, byHand]) {
    const before = await getSecret(ctx, { id });
    expect(before.origin).toBe(upstream.url);
    for (const to of [listener.url, upstream.url.replace('http:', 'https:')]) {
      await expect(updateSecret(ctx, { id, rotator: rotator(to) })).rejects.toMatchObject({
        status: 422,
        errors: [
          {
            field: 'rotator.baseUrl',
            message: `The secret ${name} was entered for ${upstream.url}. Enter it as a new secret to send it elsewhere.`,
          },
        ],
      });
    }
    expect(await getSecret(ctx, { id })).toEqual(before);
  }
  // By way of no rotator at all, neither.
  await updateSecret(ctx, { id: renewed.id, rotator: { kind: 'manual' } });
  const back = updateSecret(ctx, { id: renewed.id, rotator: rotator(listener.url) });
  await expect(back).rejects.toMatchObject({ status: 422 });
  await updateSecret(ctx, { id: renewed.id, rotator: rotator(`${upstream.url}/v2`) });
});

test('of two rotators at once one binds it', async () => {
  const ctx = as('admin', world);
  for (let n = 0; n < 5; n++) {
    const { id } = await keep({});
    const settled = await Promise.allSettled(
      [`${upstream.url}/a`, 'http://127.0.0.1:9'].map((baseUrl) =>
        updateSecret(ctx, { id, rotator: rotator(baseUrl) }),
      ),
    );
    expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const after = await getSecret(ctx, { id });
    const { baseUrl } = after.rotator as { baseUrl: string };
    expect(after.origin).toBe(new URL(baseUrl).origin);
  }
});

test('should its row say otherwise, no rotation begins, and one under way sends nothing', async () => {
  const ctx = as('admin', world);
  const { id } = await keep({ rotator: rotator(upstream.url) });
  await tamper(id, { rotator: rotator(listener.url) });
  await expect(rotateSecret(ctx, { id })).rejects.toMatchObject({
    status: 409,
    code: 'other_origin',
  });
  expect((await listRotations(ctx, { subject: id })).items).toEqual([]);

  const job = jobContext(world.workspace, 'vault.rotate');
  // From each step at which the value, or its successor, is presented.
  for (const [steps, end] of [
    [0, 'failed'],
    [1, 'failed'],
    [3, 'switched'],
  ] as const) {
    await tamper(id, { rotator: rotator(upstream.url) });
    const rotation = await rotateSecret(ctx, { id });
    for (let n = 0; n < steps; n++) await runRotation(job, rotation.id, { onlyOne: true });
    await tamper(id, { rotator: rotator(listener.url) });
    const { waitMs } = await runRotation(job, rotation.id);
    // The new value is in use by then, so the old one's end is tried again and again.
    expect(waitMs !== undefined).toBe(end === 'switched');
    expect(await getRotation(ctx, { id: rotation.id })).toMatchObject({
      step: end,
      error: `The secret was entered for ${upstream.url}, so it is not sent to ${listener.url}.`,
    });
  }
  expect(upstream.heard).toContain(`Bearer ${VALUE}`);
});

test('one that is used at several is not renewed until that is settled', async () => {
  const ctx = as('admin', world);
  const { id } = await keep({ rotator: rotator(upstream.url) });
  const tool = { id: newId('tol'), workspaceId: world.workspace, name: 'elsewhere' };
  await inWorkspace(world.workspace, (tx) =>
    tx.tool.create({
      data: { ...tool, baseUrl: listener.url, auth: { type: 'bearer' }, secretId: id },
    }),
  );
  await tamper(id, { origin: null });
  await expect(rotateSecret(ctx, { id })).rejects.toMatchObject({ code: 'other_origin' });
  await inWorkspace(world.workspace, (tx) =>
    tx.tool.update({ where: { id: tool.id }, data: { secretId: null } }),
  );
  await rotateSecret(ctx, { id });
  expect(await getSecret(ctx, { id })).toMatchObject({ origin: upstream.url });
});

test('a value is not kept that would go elsewhere than who enters it expects', async () => {
  const ctx = as('admin', world);
  const { id } = await keep({ origin: upstream.url });
  const entered = rotateSecret(ctx, { id, value: 'second', origin: listener.url });
  await expect(entered).rejects.toMatchObject({
    status: 422,
    errors: [expect.objectContaining({ field: 'origin' })],
  });
  expect((await listSecretVersions(ctx, { id })).items).toHaveLength(1);
  await rotateSecret(ctx, { id, value: 'second', origin: `${upstream.url}/v1` });
});

test('what was kept before goes on to where alone it is used', async () => {
  const odd = ['https://ex\u00e4mple.test', 'http://127.1', 'http://0x7f.1:80', 'http://[::1]:80/'];
  const plain = [
    ...['https://orders.example', 'HTTPS://Orders.Example:443/v1?x', 'http://a_b:8080#f'],
    ...[
      'http://localhost:80',
      'http://127.0.0.1:4100/v1',
      'https://1.example:8443',
      'http://a:443',
    ],
  ];
  const uses: {
    addresses: string[];
    rotated?: string;
    imported?: boolean;
    origin: string | null;
  }[] = [
    ...plain.map((url) => ({ addresses: [url], origin: new URL(url).origin })),
    ...plain.map((url) => ({ addresses: [], rotated: url, origin: new URL(url).origin })),
    ...odd.map((url) => ({ addresses: [url], origin: null })),
    { addresses: [], origin: null },
    { addresses: ['https://a.test/1', 'https://a.test/2'], origin: 'https://a.test' },
    { addresses: ['https://a.test', 'https://b.test'], origin: null },
    { addresses: ['https://a.test', odd[0] ?? ''], origin: null },
    { addresses: ['https://a.test'], rotated: 'https://b.test', origin: null },
    { addresses: ['https://a.test'], rotated: 'https://a.test/k', origin: 'https://a.test' },
    { addresses: [], imported: true, origin: 'postgres:' },
    { addresses: ['https://a.test'], imported: true, origin: 'https://a.test' },
  ];
  const all = (await readFile(MIGRATION, 'utf8')).replaceAll(/^ *--.*$/gm, '').split(';');
  const owner = new pg.Client({ connectionString: ownerUrl('control') });
  await owner.connect();
  try {
    // Taken back at the end: other suites' secrets are none of this.
    await owner.query('BEGIN');
    const insert = (table: string, row: Record<string, unknown>) =>
      owner.query(
        `INSERT INTO ${table} (${Object.keys(row).join()}, updated_at)
         VALUES (${Object.keys(row)
           .map((_, at) => `$${at + 1}`)
           .join()}, now())`,
        Object.values(row),
      );
    const place = { workspace_id: world.workspace };
    const ids: string[] = [];
    for (const { addresses, rotated, imported } of uses) {
      const id = newId('sec');
      ids.push(id);
      const renewed = rotated ? rotator(rotated) : { kind: 'manual' };
      await insert('secrets', { id, ...place, name: id, rotator: renewed, created_by: 'test' });
      const tools = [...addresses.map((url) => [url, 'active']), ['https://gone.test', 'retired']];
      for (const [base_url, state] of tools) {
        const tool = { id: newId('tol'), ...place, name: newId('tol'), auth: {}, secret_id: id };
        await insert('tools', { ...tool, base_url, state });
      }
      if (imported) {
        await owner.query(
          `INSERT INTO data_imports (id, workspace_id, secret_id, started_by) VALUES ($1, $2, $3, 'test')`,
          [newId('dim'), world.workspace, id],
        );
      }
    }
    for (const statement of all.slice(1)) if (statement.trim()) await owner.query(statement);
    const { rows } = await owner.query<{ id: string; origin: string | null }>(
      'SELECT id, origin FROM secrets WHERE id = ANY ($1)',
      [ids],
    );
    const found = new Map(rows.map(({ id, origin }) => [id, origin]));
    expect(uses.map((use, at) => ({ ...use, origin: found.get(ids[at] ?? '') }))).toEqual(uses);
  } finally {
    await owner.query('ROLLBACK');
    await owner.end();
  }
});
