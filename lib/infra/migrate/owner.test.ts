import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dbRoles, rolePassword, roleUrl, withUser } from '../db-roles';
import { type Postgres, startPostgres } from '../embedded/postgres';
import { throwAway } from '../embedded/settings';
import { setEnv } from '../env';
import { assertUsable } from '../reachable';
import { migrateAll } from './all';

// An owner as a database service gives one: it may make databases and roles, and is no superuser.
let server: Postgres;

beforeAll(async () => {
  const dataDir = mkdtempSync(path.join(realpathSync(tmpdir()), 'countersign-owner-'));
  server = await startPostgres({ dataDir, settings: throwAway, temporary: true });
  setEnv({
    COUNTERSIGN_MASTER_KEY: randomBytes(32).toString('base64'),
    DATABASE_URL: withUser(server.url('plain'), 'plain', 'secret'),
    TRAIL_DATABASE_URL: '',
  });
  await asSuperuser(`CREATE ROLE plain LOGIN CREATEDB PASSWORD 'secret'`);
});
afterAll(() => server.stop());

async function asSuperuser(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function migrated(): Promise<string[]> {
  const said: string[] = [];
  await migrateAll((line) => said.push(line));
  return said;
}

it('says what an owner needs who may not make roles', async () => {
  await expect(migrateAll()).rejects.toThrow(
    /may not make the login role .* run ALTER ROLE "plain" CREATEROLE, then npm run migrate again/,
  );
  await asSuperuser('ALTER ROLE plain CREATEROLE');
});

it('migrates twice, and notes what only a superuser may do', async () => {
  const note = expect.stringMatching(
    /^Note: .* in the database plain_trail: ALTER FUNCTION .* LEAKPROOF$/,
  );
  expect((await migrated()).at(-1)).toEqual(note);
  expect(await migrated()).toEqual([note]);
  for (const role of dbRoles) await assertUsable(role).catch(nothingOfCheckpoints);
});

/** Of the trail's roles only those that write and read may look at checkpoints. */
function nothingOfCheckpoints(error: Error): void {
  expect(error.message).toContain('permission denied for table checkpoints');
}

it('refuses a role that may more than it must, says what to run, and takes it away where it may', async () => {
  await asSuperuser('ALTER ROLE countersign_gateway BYPASSRLS');
  await expect(migrateAll()).rejects.toThrow(
    'As a superuser run ALTER ROLE countersign_gateway NOBYPASSRLS, then npm run migrate again.',
  );
  await asSuperuser('ALTER ROLE countersign_gateway NOBYPASSRLS');
  // Its own right to make roles is one that the owner may take away.
  await asSuperuser('ALTER ROLE countersign_gateway CREATEROLE');
  expect(await migrated()).toHaveLength(1);
  const client = new pg.Client({ connectionString: roleUrl('countersign_gateway') });
  await client.connect();
  const { rows } = await client.query(
    'SELECT rolcreaterole FROM pg_roles WHERE rolname = current_user',
  );
  await client.end();
  expect(rows).toEqual([{ rolcreaterole: false }]);
});

it('leaves roles alone that somebody else manages, where they have the right password', async () => {
  await asSuperuser('REVOKE countersign_app FROM plain');
  expect(await migrated()).toHaveLength(1);
  await asSuperuser(`ALTER ROLE countersign_app PASSWORD 'another'`);
  await expect(migrateAll()).rejects.toThrow(
    /may not set the password of the login role countersign_app.* run GRANT countersign_app TO "plain" WITH ADMIN OPTION/,
  );
  await asSuperuser(
    `ALTER ROLE countersign_app PASSWORD '${rolePassword('countersign_app')}' NOLOGIN`,
  );
  await expect(migrateAll()).rejects.toThrow('GRANT countersign_app');
  await asSuperuser('GRANT countersign_app TO plain WITH ADMIN OPTION, INHERIT FALSE, SET FALSE');
  expect(await migrated()).toHaveLength(1);
  await assertUsable('countersign_app');
});

it('says which variable leads to no database', async () => {
  const { port } = new URL(server.url('plain'));
  setEnv({ DATABASE_URL: `postgresql://plain:wrong@127.0.0.1:${port}/plain` });
  await expect(migrateAll()).rejects.toThrow(/password authentication failed.* Check DATABASE_URL/);
  setEnv({ DATABASE_URL: 'postgresql://plain:secret@127.0.0.1:1/plain' });
  await expect(migrateAll()).rejects.toThrow(/127\.0\.0\.1:1 .*ECONNREFUSED.* Check DATABASE_URL/);
  await expect(assertUsable('countersign_app')).rejects.toThrow(
    /ECONNREFUSED.* Check DATABASE_URL/,
  );
});
