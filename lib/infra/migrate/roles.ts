/** The login roles: they own nothing, bypass nothing, and have passwords derived from the master key. */
import pg from 'pg';
import {
  type Database,
  databaseOfRole,
  type DbRole,
  dbRoles,
  rolePassword,
  roleUrl,
} from '../db-roles';
import { MigrationError } from './index';

/** What a login role must not have, as pg_roles says it and as ALTER ROLE takes it away. */
const MIGHT = {
  rolsuper: 'NOSUPERUSER',
  rolbypassrls: 'NOBYPASSRLS',
  rolcreatedb: 'NOCREATEDB',
  rolcreaterole: 'NOCREATEROLE',
  rolreplication: 'NOREPLICATION',
} as const;

type Attributes = Record<keyof typeof MIGHT | 'rolcanlogin', boolean>;

/** Makes and mends the roles of a database. They come before the migrations, which grant to them. */
export async function ensureRoles(owner: pg.Client, database: Database): Promise<void> {
  const { name, user } = await whoAndWhere(owner);
  const connect = owner.escapeIdentifier(name);
  await owner.query('BEGIN');
  await owner.query(`REVOKE ALL ON DATABASE ${connect} FROM PUBLIC`);
  await owner.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  for (const role of dbRoles.filter((each) => databaseOfRole[each] === database)) {
    await ensureRole(owner, role, user);
    await owner.query(`GRANT CONNECT ON DATABASE ${connect} TO ${role}`);
  }
  await owner.query('COMMIT');
}

async function ensureRole(owner: pg.Client, role: DbRole, user: string): Promise<void> {
  const password = `LOGIN PASSWORD ${owner.escapeLiteral(rolePassword(role))}`;
  const found = await attributesOf(owner, role);
  if (!found) {
    await owner.query(`CREATE ROLE ${role} ${password}`).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      throw new MigrationError(
        `The owner ${user} may not make the login role ${role}. As a superuser run ALTER ROLE ${owner.escapeIdentifier(user)} CREATEROLE, then npm run migrate again.`,
        { cause: error },
      );
    });
    return;
  }
  // Each attribute needs a right of its own to be named at all, even to say that it stays as it is.
  const excess = Object.entries(MIGHT).flatMap(([name, without]) =>
    found[name as keyof typeof MIGHT] ? [without] : [],
  );
  if (excess.length > 0)
    await orElse(owner, `ALTER ROLE ${role} ${excess.join(' ')}`, () => {
      throw new MigrationError(
        `The login role ${role} may more than it must, which would undo row-level security. As a superuser run ALTER ROLE ${role} ${excess.join(' ')}, then npm run migrate again.`,
      );
    });
  await orElse(owner, `ALTER ROLE ${role} ${password}`, async () => {
    // Whoever manages it elsewhere may have given it its password there.
    if (found.rolcanlogin && (await letsIn(role))) return;
    throw new MigrationError(
      `The owner ${user} may not set the password of the login role ${role}, which somebody else made. As a superuser run GRANT ${role} TO ${owner.escapeIdentifier(user)} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE, then npm run migrate again.`,
    );
  });
}

/** Runs a statement; where the owner may not, it counts as not run and `refused` goes on. */
async function orElse(
  owner: pg.Client,
  sql: string,
  refused: () => void | Promise<void>,
): Promise<void> {
  await owner.query('SAVEPOINT attempt');
  try {
    await owner.query(sql);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await owner.query('ROLLBACK TO SAVEPOINT attempt');
    await refused();
  }
}

async function attributesOf(owner: pg.Client, role: string): Promise<Attributes | undefined> {
  const { rows } = await owner.query<Attributes>(
    `SELECT rolcanlogin, ${Object.keys(MIGHT).join(', ')} FROM pg_roles WHERE rolname = $1`,
    [role],
  );
  return rows[0];
}

/** Whether the server takes the derived password; that it may not enter the database is another matter. */
async function letsIn(role: DbRole): Promise<boolean> {
  const client = new pg.Client({ connectionString: roleUrl(role) });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    return codeOf(error) === '42501';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function whoAndWhere(owner: pg.Client): Promise<{ name: string; user: string }> {
  const { rows } = await owner.query<{ name: string; user: string }>(
    'SELECT current_database() AS name, current_user AS user',
  );
  return rows[0] ?? { name: '', user: '' };
}

function isRefusal(error: unknown): boolean {
  return codeOf(error) === '42501';
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}
