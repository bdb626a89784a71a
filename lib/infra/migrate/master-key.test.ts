import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { masterKeyFingerprint } from '../crypto';
import { closeDb } from '../db';
import { ownerUrl, roleUrl } from '../db-roles';
import { masterKeyFile, setEnv } from '../env';
import { assertUsable } from '../reachable';
import { startTestDatabase, type TestDatabase } from '../testing/database';
import { mintWorld } from '../testing/world';
import { migrateAll } from './all';

// Another key would change the roles' passwords for everyone, so this suite has a server of its own.
let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterEach(() => setEnv(database.env));
afterAll(async () => {
  await closeDb();
  await database.stop();
});

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const newKey = () => randomBytes(32).toString('base64');
const kept = () => query(ownerUrl('control'), 'SELECT master_key FROM deployment');
const mine = () => [{ master_key: masterKeyFingerprint() }];
const ofNow = () => {
  setEnv(database.env);
  return Promise.all([kept(), query(roleUrl('countersign_app'), 'SELECT 1 AS one')]);
};

async function refused(): Promise<string> {
  const message = await migrateAll().then(
    () => 'it was accepted',
    (error: Error) => error.message,
  );
  // The roles still have the passwords of the key that the databases were made with.
  expect(await ofNow()).toEqual([mine(), [{ one: 1 }]]);
  return message;
}

it('keeps the fingerprint of the first migration, and refuses another key with nothing changed', async () => {
  expect(await kept()).toEqual(mine());
  await migrateAll();
  setEnv({ COUNTERSIGN_MASTER_KEY: newKey() });
  expect(await refused()).toMatch(
    /^COUNTERSIGN_MASTER_KEY is another key than .* Set it to the key that they were made with/,
  );
});

it('names the file that holds another key, or the one that holds the right one', async () => {
  const right = database.env.COUNTERSIGN_MASTER_KEY ?? '';
  const dataDir = mkdtempSync(path.join(realpathSync(tmpdir()), 'countersign-key-'));
  const file = masterKeyFile(dataDir);
  writeFileSync(file, newKey());
  setEnv({ COUNTERSIGN_DATA_DIR: dataDir, COUNTERSIGN_MASTER_KEY: '' });
  expect(await refused()).toMatch(`${file} holds another key`);

  writeFileSync(file, right);
  setEnv({ COUNTERSIGN_DATA_DIR: dataDir, COUNTERSIGN_MASTER_KEY: newKey() });
  expect(await refused()).toContain(`Unset it: ${file} holds the right one.`);
  setEnv({ COUNTERSIGN_DATA_DIR: dataDir, COUNTERSIGN_MASTER_KEY: '' });
  await migrateAll();

  writeFileSync(file, 'torn');
  setEnv({ COUNTERSIGN_DATA_DIR: dataDir });
  await expect(migrateAll()).rejects.toThrow(`${file} does not hold 32 bytes`);
  rmSync(dataDir, { recursive: true });
});

it('takes the fingerprint of databases from before it was kept only from a key that opens them', async () => {
  await query(ownerUrl('control'), 'DELETE FROM deployment');
  await migrateAll();
  expect(await kept()).toEqual(mine());

  await mintWorld();
  await query(ownerUrl('control'), 'DELETE FROM deployment');
  setEnv({ COUNTERSIGN_MASTER_KEY: newKey() });
  await expect(migrateAll()).rejects.toThrow('COUNTERSIGN_MASTER_KEY is another key');
  expect(await ofNow()).toEqual([[], [{ one: 1 }]]);
  await migrateAll();
  expect(await kept()).toEqual(mine());
});

it('lets no process work with another key, nor where there is no fingerprint yet', async () => {
  for (const role of ['countersign_app', 'countersign_gateway', 'countersign_sequencer'] as const) {
    await assertUsable(role);
    setEnv({ COUNTERSIGN_MASTER_KEY: newKey() });
    // The password is another one then; where the server asks for none, the fingerprint tells.
    await expect(assertUsable(role)).rejects.toThrow(
      /Run npm run migrate if .* COUNTERSIGN_MASTER_KEY is another key/,
    );
    setEnv(database.env);
  }
  await query(ownerUrl('control'), `UPDATE deployment SET master_key = 'another'`);
  await expect(assertUsable('countersign_app')).rejects.toThrow(
    'COUNTERSIGN_MASTER_KEY is another key',
  );
  await query(ownerUrl('control'), 'DELETE FROM deployment');
  await expect(assertUsable('countersign_app')).rejects.toThrow('Run npm run migrate');
  await expect(query(roleUrl('countersign_app'), 'TABLE deployment')).rejects.toMatchObject({
    code: '42501',
  });
});
