import pg from 'pg';

const INVALID_CATALOG_NAME = '3D000';
const DUPLICATE_DATABASE = '42P04';

const SCHEMA = `
create table if not exists customers (
  id text primary key, name text not null, email text not null, phone text not null,
  street text not null, city text not null, postcode text not null, country text not null,
  plan text not null, since timestamptz not null
);
-- A deleted customer's orders stay for the books, without the person.
create table if not exists orders (
  id text primary key,
  customer_id text references customers on delete set null,
  product text not null, sku text not null, quantity int not null,
  amount_cents bigint not null, currency text not null, status text not null,
  placed_at timestamptz not null, delivered_at timestamptz,
  refunded_cents bigint not null default 0
);
create index if not exists orders_by_customer on orders (customer_id, placed_at desc);
create table if not exists refunds (
  id text primary key, order_id text not null references orders,
  amount_cents bigint not null, currency text not null, reason text not null,
  created_at timestamptz not null default now()
);
create index if not exists refunds_by_order on refunds (order_id);
create table if not exists inbox (
  id text primary key, customer_id text not null references customers on delete cascade,
  subject text not null, body text not null, received_at timestamptz not null
);
create index if not exists inbox_by_customer on inbox (customer_id, received_at desc);
create table if not exists outgoing_mail (
  id text primary key, recipient text not null, subject text not null, body text not null,
  created_at timestamptz not null default now()
);
create table if not exists api_keys (
  id text primary key, hash bytea not null unique,
  created_at timestamptz not null default now(), revoked_at timestamptz
);
create table if not exists answers (
  idempotency_key text primary key, request_hash bytea not null,
  status int, body json, created_at timestamptz not null default now()
);
create table if not exists calls (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(), method text not null, path text not null,
  status int not null, effect boolean not null, idempotency_key text, key_id text
);
create index if not exists calls_by_key on calls (idempotency_key) where idempotency_key is not null;
`;

/** A pool that survives the server going away; its queries fail until it is back. */
export function openPool(databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  pool.on('error', () => undefined);
  return pool;
}

/** Creates the database when it is missing, and the tables in it. Safe to run again. */
export async function prepareDatabase(databaseUrl: string): Promise<void> {
  try {
    await withClient(databaseUrl, createTables);
  } catch (error) {
    if (!hasCode(error, INVALID_CATALOG_NAME)) throw error;
    await createDatabase(databaseUrl);
    await withClient(databaseUrl, createTables);
  }
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (tx: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((reason: Error) => {
      broken = reason;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

async function createTables(client: pg.Client): Promise<void> {
  await client.query('begin');
  await client.query("select pg_advisory_xact_lock(hashtext('order-service schema'))");
  await client.query(SCHEMA);
  await client.query('commit');
}

async function createDatabase(databaseUrl: string): Promise<void> {
  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  await withClient(url.href, async (client) => {
    try {
      await client.query(`create database ${pg.escapeIdentifier(name)}`);
    } catch (error) {
      if (!hasCode(error, DUPLICATE_DATABASE)) throw error;
    }
  });
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
