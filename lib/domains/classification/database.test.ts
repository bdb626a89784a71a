import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSecret } from '@/lib/domains/vault/server';
import { inWorkspace } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { classificationJobs } from './jobs';
import { cancelImport, getImport, startImport } from './service/database';

const database = `crm_${randomUUID().replaceAll('-', '')}`;
const url = new URL(ownerUrl('control'));
let world: World;

async function asOwner(target: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: target });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  world = await mintWorld();
  await asOwner(ownerUrl('control'), `CREATE DATABASE ${database}`);
  url.pathname = `/${database}`;
  await asOwner(
    url.href,
    'CREATE TABLE people (id int, email text, x text, photo bytea)',
    `INSERT INTO people SELECT n, 'p' || n || '@example.test', '4111111111111111', 'a' FROM generate_series(1, 500) n`,
    'CREATE SCHEMA hr',
    'CREATE TABLE hr."pay slips" (person int, salary numeric)',
    'CREATE VIEW everyone AS SELECT * FROM people',
  );
});

afterAll(() => asOwner(ownerUrl('control'), `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));

function as(roles: string[], where: World = world): Context {
  const actor = {
    type: 'member',
    id: where.admin,
    name: 'Admin',
    roles,
    abilities: [],
    method: 'password',
    authenticatedAt: Date.now(),
  } as const;
  return { workspace: where.workspace, requestId: newId('req'), actor };
}

const admin = () => as(['admin']);

async function started(connection: string): Promise<string> {
  const { secret } = await createSecret(admin(), {
    name: `connection-${randomUUID().slice(0, 8)}`,
    value: connection,
  });
  const { id, state } = await startImport(admin(), { secretId: secret.id });
  expect(state).toBe('running');
  return id;
}

async function read(importId: string) {
  const [job] = classificationJobs;
  await job?.perform(world.workspace, { importId });
  return getImport(admin(), { importId });
}

describe('a database whose connection string is in the vault', () => {
  it('is looked into, and of what is seen nothing is kept', async () => {
    const id = await started(url.href);
    const done = await read(id);
    expect(done).toMatchObject({ state: 'ready', done: 2, total: 2, error: '' });
    const summary = done.proposal?.assets.map(({ name, fields }) => [
      name,
      fields.map((field) => `${field.name} ${field.classification} ${field.handling}`),
    ]);
    expect(summary).toEqual([
      ['hr.pay slips', ['person Internal none', 'salary Restricted redact']],
      [
        'people',
        ['id Internal none', 'email Confidential mask', 'x Restricted mask', 'photo Internal none'],
      ],
    ]);
    const card = done.proposal?.assets[1]?.fields[2];
    expect(card?.reason).toBe('200 of 200 samples are card numbers.');
    const kept = await inWorkspace(world.workspace, (tx) => tx.dataImport.findMany());
    const events = await eventsOf(world.workspace);
    expect(JSON.stringify([kept, events])).not.toMatch(/4111111111111111|@example\.test/);
    expect(JSON.stringify([kept, events])).not.toContain(url.href);
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['data_import.started', 'data_import.finished']),
    );
    // Run twice, it was done once.
    await read(id);
    const again = (await eventsOf(world.workspace)).filter(
      ({ type }) => type === 'data_import.finished',
    );
    expect(again).toHaveLength(1);
  });

  it('is not looked into once it is cancelled', async () => {
    const importId = await started(url.href);
    expect(await cancelImport(admin(), { importId })).toMatchObject({
      state: 'cancelled',
      can: { cancel: { allowed: false } },
    });
    expect(await read(importId)).toMatchObject({ state: 'cancelled', done: 0, proposal: null });
    await expect(cancelImport(admin(), { importId })).rejects.toMatchObject({ status: 409 });
  });

  it.each([
    ['not a connection string', 'is no connection string'],
    ['https://example.test/crm', 'is no connection string'],
    ['postgresql://u:hunter2%@127.0.0.1/crm', 'is no connection string'],
    ['postgresql://u:hunter2@169.254.169.254/crm', 'link-local or reserved'],
    ['postgresql://u:hunter2@127.0.0.1:9/crm', 'could not be read (ECONNREFUSED)'],
  ])('%s fails with a sentence that has no secret in it', async (connection, sentence) => {
    const failed = await read(await started(connection));
    expect(failed).toMatchObject({ state: 'failed', proposal: null });
    expect(failed.error).toContain(sentence);
    expect(JSON.stringify([failed, await eventsOf(world.workspace)])).not.toContain('hunter2');
  });

  it("is an admin's alone, of this workspace, with a secret of its own", async () => {
    const importId = await started(url.href);
    const other = await mintWorld();
    const before = await inWorkspace(world.workspace, (tx) => tx.dataImport.findMany());
    const { secret } = await createSecret(as(['admin'], other), {
      name: 'theirs',
      value: url.href,
    });
    await expect(startImport(admin(), { secretId: secret.id })).rejects.toMatchObject({
      status: 422,
      errors: [{ field: 'secretId' }],
    });
    for (const run of [getImport, cancelImport]) {
      await expect(run(as(['auditor']), { importId })).rejects.toMatchObject({ status: 403 });
      await expect(run(as(['admin'], other), { importId })).rejects.toMatchObject({ status: 404 });
    }
    await expect(startImport(as(['auditor']), { secretId: newId('sec') })).rejects.toMatchObject({
      status: 403,
    });
    expect(await inWorkspace(world.workspace, (tx) => tx.dataImport.findMany())).toEqual(before);
  });
});
