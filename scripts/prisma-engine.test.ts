import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ownerUrl, withDatabase } from '@/lib/infra/db-roles';
import { childEnv } from '@/lib/infra/env';

// Each of Prisma's commands is several processes.
vi.setConfig({ testTimeout: 180_000 });

const root = path.resolve(import.meta.dirname, '..');
const name = `engine_test_${process.pid}`;
const url = () => withDatabase(ownerUrl('control'), name);
let dir: string;

beforeAll(() => {
  // Prisma's configuration imports the package, so it lies where that is found.
  dir = mkdtempSync(path.join(root, 'node_modules/.prisma-engine-'));
  mkdirSync(path.join(dir, 'migrations'));
  writeFileSync(path.join(dir, 'migrations/migration_lock.toml'), 'provider = "postgresql"\n');
  writeFileSync(
    path.join(dir, 'prisma.config.ts'),
    `export default { schema: 'schema.prisma', migrations: { path: 'migrations' }, datasource: { url: process.env.DATABASE_URL } };`,
  );
  schema('model Thing {\n  id Int @id\n}');
});

afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  const client = new pg.Client({ connectionString: ownerUrl('control') });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await client.end();
});

function schema(models: string): void {
  writeFileSync(
    path.join(dir, 'schema.prisma'),
    `datasource db {\n  provider = "postgresql"\n}\n${models}\n`,
  );
}

function prisma(
  args: string[],
  database: string | undefined,
): { code: number | null; text: string } {
  const run = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules/prisma/build/index.js'), ...args],
    {
      cwd: dir,
      encoding: 'utf8',
      env: childEnv({
        DATABASE_URL: database,
        PRISMA_SCHEMA_ENGINE_BINARY: path.join(root, 'scripts/prisma-engine.mjs'),
        CHECKPOINT_DISABLE: '1',
      }),
    },
  );
  return { code: run.status, text: run.stdout + run.stderr };
}

it("runs Prisma's own diff without a database", () => {
  const diff = prisma(
    ['migrate', 'diff', '--from-empty', '--to-schema', 'schema.prisma', '--script'],
    'postgresql://127.0.0.1:1/none',
  );
  expect(diff).toMatchObject({ code: 0, text: expect.stringContaining('CREATE TABLE "Thing"') });
});

it("runs Prisma's own migrate dev, status and deploy", () => {
  // Also creates the database, and compares it with a shadow database.
  const dev = prisma(['migrate', 'dev', '--name', 'thing'], url());
  expect(dev).toMatchObject({ code: 0, text: expect.stringContaining('in sync') });
  const [made] = readdirSync(path.join(dir, 'migrations')).filter((entry) =>
    entry.endsWith('_thing'),
  );
  expect(existsSync(path.join(dir, 'migrations', made ?? '', 'migration.sql'))).toBe(true);
  expect(prisma(['migrate', 'status'], url())).toMatchObject({
    code: 0,
    text: expect.stringContaining('up to date'),
  });

  mkdirSync(path.join(dir, 'migrations/29990101000000_more'));
  writeFileSync(
    path.join(dir, 'migrations/29990101000000_more/migration.sql'),
    'ALTER TABLE "Thing" ADD COLUMN "name" TEXT;',
  );
  expect(prisma(['migrate', 'status'], url()).code).toBe(1);
  const deploy = prisma(['migrate', 'deploy'], url());
  expect(deploy).toMatchObject({ code: 0, text: expect.stringContaining('29990101000000_more') });
});

it("says what is wrong in Prisma's words when the database cannot be reached", () => {
  const status = prisma(['migrate', 'status'], 'postgresql://nobody@127.0.0.1:1/none');
  expect(status.code).toBe(1);
  expect(status.text).toContain('P1001');
});
