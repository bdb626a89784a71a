/**
 * The login roles and the URL each process connects with.
 *
 * Use: `roleUrl('countersign_app')`. Only host, port, database and parameters of
 * DATABASE_URL (or, for the trail's roles, TRAIL_DATABASE_URL) are used; the user is the
 * role and its password is derived from the master key, so nothing is configured per role.
 * `ownerUrl('control')` is for migrations only.
 */
import { createHmac } from 'node:crypto';
import { env, EnvError, masterKey } from './env';

export type Database = 'control' | 'trail';

/** Each login role and the database it works in. */
export const databaseOfRole = {
  countersign_app: 'control',
  countersign_gateway: 'control',
  countersign_sequencer: 'control',
  countersign_trail_writer: 'trail',
  countersign_trail_reader: 'trail',
  countersign_trail_retention: 'trail',
} as const satisfies Record<string, Database>;

export type DbRole = keyof typeof databaseOfRole;

export const dbRoles = Object.keys(databaseOfRole) as DbRole[];

/** A role's password: base64url HMAC-SHA256(master key, 'db-role:' + name). */
export function rolePassword(role: string, key: Buffer = masterKey()): string {
  return createHmac('sha256', key).update(`db-role:${role}`).digest('base64url');
}

/** The connection URL of a role. */
export function roleUrl(role: DbRole): string {
  return withUser(ownerUrl(databaseOfRole[role]), role, rolePassword(role));
}

/** The connection URL of the databases' owner, as configured. */
export function ownerUrl(database: Database): string {
  const url = database === 'control' ? env().DATABASE_URL : env().TRAIL_DATABASE_URL;
  if (!url)
    throw new EnvError('DATABASE_URL is not set. Set it, or start everything with npm start.');
  return url;
}

/** `url` with another user and password. */
export function withUser(url: string, user: string, password: string): string {
  const parsed = new URL(url);
  parsed.username = encodeURIComponent(user);
  parsed.password = encodeURIComponent(password);
  return parsed.href;
}

/** `url` with another database. */
export function withDatabase(url: string, name: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${encodeURIComponent(name)}`;
  return parsed.href;
}

/** The name of the database in `url`. */
export function databaseName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}
