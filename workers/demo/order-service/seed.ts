import type pg from 'pg';
import { inTransaction } from './database';
import { generate } from './generate';

/** Columns of each table with the type that their values are sent as. */
const TABLES = {
  customers: {
    id: 'text',
    name: 'text',
    email: 'text',
    phone: 'text',
    street: 'text',
    city: 'text',
    postcode: 'text',
    country: 'text',
    plan: 'text',
    since: 'timestamptz',
  },
  orders: {
    id: 'text',
    customer_id: 'text',
    product: 'text',
    sku: 'text',
    quantity: 'int',
    amount_cents: 'bigint',
    currency: 'text',
    status: 'text',
    placed_at: 'timestamptz',
    delivered_at: 'timestamptz',
  },
  inbox: {
    id: 'text',
    customer_id: 'text',
    subject: 'text',
    body: 'text',
    received_at: 'timestamptz',
  },
} as const;

/** Fills an empty database with the sample data; leaves a filled one alone. */
export async function seedSampleData(pool: pg.Pool, now: Date): Promise<boolean> {
  return inTransaction(pool, async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtext('order-service seed'))");
    const { rowCount } = await tx.query('select from orders limit 1');
    if (rowCount !== 0) return false;
    const data = generate(now);
    await insert(tx, 'customers', data.customers);
    await insert(tx, 'orders', data.orders);
    await insert(tx, 'inbox', data.messages);
    return true;
  });
}

async function insert<T extends object>(
  tx: pg.PoolClient,
  table: keyof typeof TABLES,
  rows: readonly T[],
): Promise<void> {
  const columns = Object.entries(TABLES[table]);
  const names = columns.map(([name]) => name).join(', ');
  const arrays = columns.map(([, type], n) => `$${n + 1}::${type}[]`).join(', ');
  const cells = rows.map((row) => new Map<string, unknown>(Object.entries(row)));
  const values = columns.map(([name]) => cells.map((row) => row.get(name)));
  await tx.query(`insert into ${table} (${names}) select * from unnest(${arrays})`, values);
}
