import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dbRoles, ownerUrl, rolePassword, roleUrl, withDatabase } from '../db-roles';
import { migrateAll } from './all';
import { migrate } from './index';

async function query<T extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

describe('migrateAll', () => {
  it('makes login roles that own nothing and may create nothing', async () => {
    const rows = await query<{ rolname: string }>(
      ownerUrl('control'),
      `SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication, rolcanlogin,
              (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS tables
       FROM pg_roles r WHERE rolname = ANY ($1) ORDER BY rolname`,
      [dbRoles],
    );
    expect(rows.map(({ rolname }) => rolname)).toEqual(dbRoles.toSorted());
    for (const row of rows)
      expect(row).toMatchObject({
        rolsuper: false,
        rolbypassrls: false,
        rolcreatedb: false,
        rolcreaterole: false,
        rolreplication: false,
        rolcanlogin: true,
        tables: 0,
      });
  });

  it('lets each role into its own database with its derived password, and into no other', async () => {
    for (const role of dbRoles) {
      expect(await query(roleUrl(role), 'SELECT current_user AS me')).toEqual([{ me: role }]);
      await expect(query(roleUrl(role), 'CREATE TABLE mine (x int)')).rejects.toMatchObject({
        code: '42501',
      });
    }
    const elsewhere = withDatabase(roleUrl('countersign_gateway'), 'countersign_trail');
    await expect(query(elsewhere, 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
    const wrong = new URL(roleUrl('countersign_app'));
    wrong.password = rolePassword('countersign_gateway');
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('does nothing the second time, also from several at once', async () => {
    const said: string[] = [];
    await Promise.all([1, 2, 3].map(() => migrateAll((line) => said.push(line))));
    expect(said).toEqual([]);
  });

  it('has what acts as the owner look at no table that its caller made, whoever may make one', async () => {
    const [database] = await query<{ name: string }>(
      ownerUrl('control'),
      'SELECT current_database() AS name',
    );
    const temporary = (what: string) =>
      query(ownerUrl('control'), what.replace('$', `ON DATABASE "${database?.name}"`));
    // As where the database is somebody else's, who lets everyone make temporary tables.
    await temporary('GRANT TEMPORARY $ TO countersign_gateway');
    try {
      const client = new pg.Client({ connectionString: roleUrl('countersign_gateway') });
      await client.connect();
      await client.query(
        `CREATE FUNCTION pg_temp.me() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN current_user; END'`,
      );
      await client.query(
        `CREATE TEMPORARY VIEW agents AS SELECT 'agt_forged'::text AS id, pg_temp.me() AS workspace_id`,
      );
      const { rows } = await client.query(`SELECT agent_workspace('agt_forged') AS ran_as`);
      await client.end();
      expect(rows).toEqual([{ ran_as: null }]);
    } finally {
      await temporary('REVOKE TEMPORARY $ FROM countersign_gateway');
    }
    for (const database of ['control', 'trail'] as const) {
      const open = await query(
        ownerUrl(database),
        `SELECT oid::regprocedure::text AS name FROM pg_proc
          WHERE pronamespace = 'public'::regnamespace AND prosecdef
            AND NOT coalesce('search_path=public, pg_temp' = ANY (proconfig), false)`,
      );
      expect(open).toEqual([]);
    }
  });

  it("gives the application the queue's tables", async () => {
    expect(
      await query(
        roleUrl('countersign_app'),
        'SELECT count(*) >= 0 AS readable FROM bullmq.migration',
      ),
    ).toEqual([{ readable: true }]);
  });
});

describe('migrate', () => {
  const name = `migrate_test_${process.pid}`;
  let dir: string;
  let url: string;

  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'countersign-migrations-'));
    await query(ownerUrl('control'), `CREATE DATABASE ${name}`);
    url = withDatabase(ownerUrl('control'), name);
  });

  afterEach(async () => {
    await query(ownerUrl('control'), `DROP DATABASE ${name} WITH (FORCE)`);
    rmSync(dir, { recursive: true, force: true });
  });

  function migration(folder: string, sql: string): void {
    mkdirSync(path.join(dir, folder), { recursive: true });
    writeFileSync(path.join(dir, folder, 'migration.sql'), sql);
  }

  it("applies scripts whole, in order, once, and keeps Prisma's ledger", async () => {
    migration(
      '2_body',
      'DO $$ BEGIN INSERT INTO a VALUES (1); INSERT INTO a VALUES (2); END $$; -- one; two',
    );
    migration('1_table', 'CREATE TABLE a (x int);');
    expect(await migrate(url, dir)).toEqual(['1_table', '2_body']);
    expect(await migrate(url, dir)).toEqual([]);
    expect(await query(url, 'SELECT x FROM a ORDER BY x')).toEqual([{ x: 1 }, { x: 2 }]);
    expect(
      await query(
        url,
        'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1',
      ),
    ).toEqual([{ migration_name: '1_table' }, { migration_name: '2_body' }]);
  });

  it('leaves nothing of a migration that fails, says which, and refuses to go on over it', async () => {
    migration('1_broken', 'CREATE TABLE half (x int); SELECT * FROM missing;');
    await expect(migrate(url, dir)).rejects.toThrow(/1_broken/);
    expect(await query(url, "SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    migration('2_next', 'CREATE TABLE next (x int);');
    await expect(migrate(url, dir)).rejects.toThrow(/1_broken/);
  });

  it('takes turns with another migrator', async () => {
    migration('1_table', 'CREATE TABLE a (x int); SELECT pg_sleep(0.2);');
    const applied = await Promise.all([migrate(url, dir), migrate(url, dir)]);
    expect(applied.flat()).toEqual(['1_table']);
  });
});
