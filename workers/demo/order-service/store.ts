import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { missing, ServiceError } from './errors';
import type { AddressInput, MailInput, RefundInput } from './schema';

type Db = pg.Pool | pg.PoolClient;

const ORDER = `select id, customer_id, product, sku, quantity, amount_cents::float8 / 100 as amount,
  currency, status, placed_at, delivered_at, refunded_cents::float8 / 100 as refunded from orders`;

export async function customer(db: Db, id: string): Promise<object> {
  const { rows } = await db.query('select * from customers where id = $1', [id]);
  return rows[0] ?? fail(missing('customer', id));
}

export async function customerOrders(db: Db, id: string): Promise<object> {
  await customer(db, id);
  const text = `${ORDER} where customer_id = $1 order by placed_at desc, id limit 50`;
  const { rows } = await db.query(text, [id]);
  return { items: rows };
}

/** One order; with an owner, only when it is that customer's. */
export async function order(db: Db, id: string, owner: string | undefined): Promise<object> {
  const { rows } = await db.query<{ customer_id: string | null }>(`${ORDER} where id = $1`, [id]);
  const found = rows[0];
  if (found === undefined || (owner !== undefined && found.customer_id !== owner)) {
    throw missing('order', id);
  }
  return found;
}

export async function inbox(db: Db, id: string): Promise<object> {
  await customer(db, id);
  const text = `select id, subject, body, received_at from inbox
    where customer_id = $1 order by received_at desc, id limit 20`;
  const { rows } = await db.query(text, [id]);
  return { items: rows };
}

/**
 * Pays money back on an order. Like many an older system it checks one refund against the order's
 * amount and leaves the sum of several to whoever calls it.
 */
export async function refund(tx: Db, id: string, input: RefundInput): Promise<object> {
  const cents = Math.round(input.amount * 100);
  const { rows } = await tx.query<{
    amount_cents: string;
    currency: string;
    customer_id: string | null;
  }>('select amount_cents, currency, customer_id from orders where id = $1 for update', [id]);
  const found = rows[0];
  if (found === undefined || (input.customer_id && found.customer_id !== input.customer_id)) {
    throw missing('order', id);
  }
  if (found.currency !== input.currency) {
    throw new ServiceError(422, 'currency_mismatch', `Order ${id} was paid in ${found.currency}.`);
  }
  if (cents > Number(found.amount_cents)) {
    throw new ServiceError(422, 'amount_too_large', `Order ${id} was less than ${input.amount}.`);
  }
  const refundId = `rfd_${randomUUID()}`;
  await tx.query(
    'insert into refunds (id, order_id, amount_cents, currency, reason) values ($1, $2, $3, $4, $5)',
    [refundId, id, cents, input.currency, input.reason],
  );
  await tx.query('update orders set refunded_cents = refunded_cents + $2 where id = $1', [
    id,
    cents,
  ]);
  return {
    id: refundId,
    order_id: id,
    amount: cents / 100,
    currency: input.currency,
    status: 'paid',
  };
}

export async function changeAddress(tx: Db, id: string, input: AddressInput): Promise<object> {
  const before = await customer(tx, id);
  await tx.query(
    'update customers set street = $2, city = $3, postcode = $4, country = $5 where id = $1',
    [id, input.street, input.city, input.postcode, input.country],
  );
  return { customer: await customer(tx, id), before };
}

export async function deleteCustomer(tx: Db, id: string): Promise<object> {
  const { rowCount } = await tx.query('delete from customers where id = $1', [id]);
  if (rowCount !== 1) throw missing('customer', id);
  return { id, deleted: true };
}

/** Puts a letter into the outgoing box; nothing leaves the machine. */
export async function sendMail(tx: Db, input: MailInput): Promise<object> {
  const id = `eml_${randomUUID()}`;
  await tx.query(
    'insert into outgoing_mail (id, recipient, subject, body) values ($1, $2, $3, $4)',
    [id, input.to, input.subject, input.body],
  );
  return { id, status: 'queued' };
}

/** The call log, newest first: what was called, with which idempotency key, and whether it had an effect. */
export async function calls(
  db: Db,
  filter: { key: string | undefined; path: string | undefined; limit: number },
): Promise<object> {
  const where =
    'where ($1::text is null or idempotency_key = $1) and ($2::text is null or path = $2)';
  const values = [filter.key ?? null, filter.path ?? null];
  const totals = await db.query(
    `select count(*)::int as total, count(*) filter (where effect)::int as effects from calls ${where}`,
    values,
  );
  const list = await db.query(
    `select id::float8, at, method, path, status, effect, idempotency_key, key_id from calls ${where}
     order by id desc limit $3`,
    [...values, filter.limit],
  );
  return { ...totals.rows[0], items: list.rows };
}

function fail(error: Error): never {
  throw error;
}
