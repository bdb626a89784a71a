/**
 * Looks into a PostgreSQL database that an admin has named, in one read-only transaction: which
 * columns its tables have, and the beginning of some rows. What it may not read it passes over.
 */
import { isIP } from 'node:net';
import pg from 'pg';
import { assertHost, guardedLookup, isLoopback, OutgoingFailure } from './outgoing';

export interface SeenTable {
  schema: string;
  name: string;
  columns: { name: string; type: string }[];
  /** A few rows, each value as the beginning of its text. */
  rows: Record<string, unknown>[];
}

const CONNECT_MS = 5_000;
const STATEMENT_MS = 10_000;
const MOST_ROWS = 200;
const MOST_COLUMNS = 200;
const MOST_CHARACTERS = 300;

/**
 * Calls `each` with one table after the other, with how many are done by then; stops when it
 * answers false. Throws OutgoingFailure with a sentence for the admin, which names no secret.
 */
export async function readDatabase(
  connection: string,
  most: number,
  each: (table: SeenTable, done: number, total: number) => Promise<boolean>,
): Promise<void> {
  const client = new pg.Client(await settingsOf(connection));
  // One that is lost between two queries would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const tables = await tablesOf(client, most);
    for (const [index, table] of tables.entries()) {
      const rows = await rowsOf(client, table);
      if (!(await each({ ...table, rows }, index + 1, tables.length))) return;
    }
  } catch (error) {
    throw failureOf(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Encrypted and with the server's name checked, unless it is this machine's own. */
async function settingsOf(connection: string): Promise<pg.ClientConfig> {
  const url = URL.canParse(connection.trim()) ? new URL(connection.trim()) : undefined;
  if (!url || !/^postgres(?:ql)?:$/.test(url.protocol) || url.hostname === '') throw unreadable();
  const { user, password, database } = partsOf(url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const address = await addressOf(host);
  return {
    // The address that was judged, so that the name cannot lead elsewhere meanwhile.
    host: address,
    port: Number(url.port || 5432),
    ...{ user, password, database },
    ssl: isLoopback(address) ? false : { rejectUnauthorized: true, servername: host },
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS + CONNECT_MS,
    application_name: 'countersign classification',
  };
}

/** A percent sign that begins no escape makes a good URL, and no password. */
function partsOf({ username, password, pathname }: URL) {
  try {
    return {
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: decodeURIComponent(pathname.slice(1)),
    };
  } catch {
    throw unreadable();
  }
}

function unreadable(): OutgoingFailure {
  return new OutgoingFailure(
    'The secret is no connection string such as postgresql://user:password@host/database, in which a percent sign is written %25.',
  );
}

async function addressOf(host: string): Promise<string> {
  assertHost(host, false);
  if (isIP(host)) return host;
  return new Promise((resolve, reject) => {
    guardedLookup(false)(host, {}, (error, address) => {
      if (error) reject(failureOf(error));
      else resolve(String(address));
    });
  });
}

type Table = Omit<SeenTable, 'rows'>;

async function tablesOf(client: pg.Client, most: number): Promise<Table[]> {
  const { rows } = await client.query<Record<'schema' | 'name' | 'column' | 'type', string>>(
    `SELECT c.table_schema AS schema, c.table_name AS name, c.column_name AS column, c.data_type AS type
     FROM information_schema.columns c
     JOIN information_schema.tables t USING (table_catalog, table_schema, table_name)
     WHERE t.table_type = 'BASE TABLE' AND c.table_schema <> 'information_schema'
       AND c.table_schema NOT LIKE 'pg\\_%'
     ORDER BY c.table_schema, c.table_name, c.ordinal_position LIMIT $1`,
    [most + 1],
  );
  if (rows.length === 0) {
    throw new OutgoingFailure('The user of the connection string sees no table.');
  }
  if (rows.length > most) {
    throw new OutgoingFailure(
      `There are more than ${most} columns. Use a user that sees fewer schemas.`,
    );
  }
  const tables = new Map<string, Table>();
  for (const { schema, name, column, type } of rows) {
    const key = JSON.stringify([schema, name]);
    const table = tables.get(key) ?? { schema, name, columns: [] };
    table.columns.push({ name: column, type });
    tables.set(key, table);
  }
  return [...tables.values()];
}

/** Some rows of a table; none where they cannot be read. */
async function rowsOf(client: pg.Client, { schema, name, columns }: Table) {
  const quote = pg.escapeIdentifier;
  const texts = columns
    .filter(({ type }) => type !== 'bytea')
    .slice(0, MOST_COLUMNS)
    .map(
      (column) => `left(${quote(column.name)}::text, ${MOST_CHARACTERS}) AS ${quote(column.name)}`,
    );
  if (texts.length === 0) return [];
  await client.query('SAVEPOINT sampled');
  try {
    const { rows } = await client.query<Record<string, unknown>>(
      `SELECT ${texts.join(', ')} FROM ${quote(schema)}.${quote(name)} LIMIT ${MOST_ROWS}`,
    );
    return rows;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT sampled');
    return [];
  }
}

function failureOf(error: unknown): OutgoingFailure {
  if (error instanceof OutgoingFailure) return error;
  const { code = 'unknown', message } = error as { code?: string; message: string };
  // What the server says of a sign-in is of use; anything later might have a value in it.
  const said = /^(?:28|3D|53|57)/.test(code) ? `: ${message}` : '';
  return new OutgoingFailure(`The database could not be read (${code})${said}.`);
}
