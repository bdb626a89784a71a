import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import {
  type Database,
  databaseOfRole,
  dbRoles,
  ownerUrl,
  rolePassword,
  withUser,
} from '@/lib/infra/db-roles';
import { closeTrailDb, connectAs } from '@/lib/infra/trail-db';
import { newId } from '@/lib/kernel/ids';
import { load } from './test/world';

const databases = ['control', 'trail'] as const satisfies Database[];

async function asOwner<T extends object>(
  database: Database,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: ownerUrl(database) });
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

const workspace = newId('ws');
beforeAll(async () => {
  await load(workspace, { type: 'test.happened' });
});
afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

describe.each(databases)('the %s database', (database) => {
  it('protects every table that holds a workspace with row-level security and a policy', async () => {
    const tables = await asOwner<{ name: string; secured: boolean; policies: number }>(
      database,
      `SELECT c.relname AS name, c.relrowsecurity AS secured,
              (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
          AND (c.relname = 'workspaces' OR EXISTS (
            SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped))`,
    );
    expect(tables.length).toBeGreaterThan(database === 'control' ? 20 : 5);
    expect(tables.filter((table) => !table.secured || table.policies === 0)).toEqual([]);
  });

  it('has no other table that a login role may touch', async () => {
    const open = await asOwner<{ name: string; role: string }>(
      database,
      `SELECT c.relname AS name, r.rolname AS role
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_roles r
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND r.rolname = ANY ($1)
          AND NOT c.relrowsecurity
          AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')`,
      [dbRoles],
    );
    expect(open).toEqual([]);
  });

  it('lets login roles own nothing, make nothing and bypass nothing', async () => {
    const [roles] = await asOwner<{ count: number; mighty: number }>(
      database,
      `SELECT count(*)::int AS count,
              count(*) FILTER (WHERE rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)::int AS mighty
         FROM pg_roles WHERE rolname = ANY ($1)`,
      [dbRoles],
    );
    expect(roles).toEqual({ count: dbRoles.length, mighty: 0 });
    const owned = await asOwner(
      database,
      `SELECT r.rolname, d.classid::regclass::text, d.objid FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
        WHERE d.deptype = 'o' AND r.rolname = ANY ($1)`,
      [dbRoles],
    );
    expect(owned).toEqual([]);
    const member = await asOwner(
      database,
      `SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = ANY ($1)`,
      [dbRoles],
    );
    expect(member).toEqual([]);
    const creators = await asOwner(
      database,
      `SELECT rolname FROM pg_roles WHERE rolname = ANY ($1) AND (
         has_schema_privilege(oid, 'public', 'CREATE') OR has_database_privilege(oid, current_database(), 'CREATE, TEMPORARY'))`,
      [dbRoles],
    );
    expect(creators).toEqual([]);
  });
});

describe('the trail', () => {
  const changing = [
    ['UPDATE', `UPDATE events SET body = '{}' WHERE workspace_id = $1`],
    ['DELETE', 'DELETE FROM events WHERE workspace_id = $1'],
    ['UPDATE of a checkpoint', `UPDATE checkpoints SET note = '' WHERE workspace_id = $1`],
    ['DELETE of a checkpoint', 'DELETE FROM checkpoints WHERE workspace_id = $1'],
  ] as const;
  const final = [
    'TRUNCATE events',
    'TRUNCATE checkpoints',
    'DROP TABLE events',
    'ALTER TABLE events DISABLE ROW LEVEL SECURITY',
  ];
  const state = () =>
    asOwner(
      'trail',
      `SELECT (SELECT count(*)::int FROM events WHERE workspace_id = $1) AS events,
      (SELECT string_agg(note, '') FROM checkpoints WHERE workspace_id = $1) AS notes`,
      [workspace],
    );

  it.each(['countersign_trail_writer', 'countersign_trail_reader'] as const)(
    'cannot be changed by %s',
    async (role) => {
      const before = await state();
      const { client } = await connectAs(role);
      const refusal = (sql: string, values: unknown[] = []) =>
        client.query(sql, values).then(
          () => 'done',
          (error: { code?: string }) => error.code,
        );
      for (const [, sql] of changing) expect(await refusal(sql, [workspace])).toBe('42501');
      for (const sql of final) expect(await refusal(sql)).toBe('42501');
      const [partition] = await asOwner<{ name: string }>(
        'trail',
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass LIMIT 1`,
      );
      for (const sql of [
        `DELETE FROM ${partition?.name}`,
        `SELECT * FROM ${partition?.name}`,
        `TRUNCATE ${partition?.name}`,
        `DROP TABLE ${partition?.name}`,
      ]) {
        expect(await refusal(sql)).toBe('42501');
      }
      await client.end();
      expect(await state()).toEqual(before);
    },
  );

  it('cannot be added to by its reader, who sees one workspace at a time', async () => {
    const { client } = await connectAs('countersign_trail_reader');
    const count = async () =>
      (await client.query<{ n: number }>('SELECT count(*)::int AS n FROM events')).rows[0]?.n;
    expect(await count()).toBe(0);
    await client.query(`SELECT set_config('countersign.workspace', $1, false)`, [workspace]);
    expect(await count()).toBe(1);
    const refusal = await client
      .query('INSERT INTO events SELECT * FROM events')
      .catch((error: { code?: string }) => error.code);
    expect(refusal).toBe('42501');
    expect(
      await client
        .query(`SELECT ensure_partition('2040-01-01')`)
        .catch((error: { code?: string }) => error.code),
    ).toBe('42501');
    await client.end();
  });

  it.each(dbRoles.filter((role) => databaseOfRole[role] === 'control'))(
    'cannot be reached by %s',
    async (role) => {
      const client = new pg.Client({
        connectionString: withUser(ownerUrl('trail'), role, rolePassword(role)),
      });
      const refusal = await client.connect().catch((error: { code?: string }) => error.code);
      expect(refusal).toBe('42501');
      const able = await asOwner(
        'trail',
        `SELECT 1 FROM pg_class WHERE relname IN ('events', 'checkpoints')
      AND has_table_privilege($1, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')`,
        [role],
      );
      expect(able).toEqual([]);
    },
  );
});

describe('the outbox', () => {
  it.each(['countersign_app', 'countersign_gateway'] as const)(
    'can only be added to by %s',
    async (role) => {
      const [may] = await asOwner<Record<string, boolean>>(
        'control',
        `SELECT
      has_table_privilege($1, 'outbox', 'INSERT') AS insert, has_any_column_privilege($1, 'outbox', 'SELECT') AS select,
      has_any_column_privilege($1, 'outbox', 'UPDATE') AS update, has_table_privilege($1, 'outbox', 'DELETE') AS delete,
      has_table_privilege($1, 'outbox', 'TRUNCATE') AS truncate`,
        [role],
      );
      expect(may).toEqual({
        insert: true,
        select: false,
        update: false,
        delete: false,
        truncate: false,
      });
    },
  );
});
