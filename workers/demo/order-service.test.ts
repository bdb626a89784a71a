import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { env } from '@/lib/infra/env';
import { orderService } from './order-service/app';
import { openPool, prepareDatabase } from './order-service/database';
import { generate } from './order-service/generate';
import { bootstrapKey } from './order-service/keys';
import { seedSampleData } from './order-service/seed';
import { CUSTOMER_COUNT, KNOWN_CUSTOMER, KNOWN_ORDER, ORDER_COUNT } from './world';

const BOOTSTRAP = `bootstrap-${randomUUID()}`;
const name = `orders_${randomUUID().replaceAll('-', '')}`;
const owner = env().DATABASE_URL ?? '';

let pool: pg.Pool;
let service: ReturnType<typeof orderService>;

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

async function call(
  method: string,
  path: string,
  options: { body?: unknown; key?: string | null; idempotencyKey?: string } = {},
): Promise<Answer> {
  const { body, key = BOOTSTRAP, idempotencyKey } = options;
  const response = await service.request(path, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function refundsOf(order: string): Promise<number> {
  const { rows } = await pool.query('select count(*)::int as n from refunds where order_id = $1', [
    order,
  ]);
  return rows[0].n;
}

beforeAll(async () => {
  const url = new URL(owner);
  url.pathname = `/${name}`;
  await prepareDatabase(url.href);
  pool = openPool(url.href);
  await seedSampleData(pool, new Date());
  await bootstrapKey(pool, BOOTSTRAP);
  service = orderService(pool);
});

afterAll(async () => {
  await pool.end();
  const client = new pg.Client({ connectionString: owner });
  await client.connect();
  await client.query(`drop database ${pg.escapeIdentifier(name)}`);
  await client.end();
});

describe('sample data', () => {
  it('is the same each time, relative to now', () => {
    const now = new Date('2026-01-01T00:00:00Z');
    expect(generate(now)).toEqual(generate(now));
  });

  it('is put into an empty database only', async () => {
    expect(await seedSampleData(pool, new Date())).toBe(false);
    const { rows } = await pool.query(
      'select (select count(*)::int from customers) as customers, (select count(*)::int from orders) as orders',
    );
    expect(rows[0]).toEqual({ customers: CUSTOMER_COUNT, orders: ORDER_COUNT });
  });

  it('has the order that the documentation speaks of', async () => {
    const { status, body } = await call('GET', `/orders/${KNOWN_ORDER}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      customer_id: KNOWN_CUSTOMER,
      product: 'Espresso machine',
      amount: 750,
      currency: 'USD',
      status: 'delivered',
    });
    const customer = await call('GET', `/customers/${KNOWN_CUSTOMER}`);
    expect(customer.body['name']).toBe('Ada Nwosu');
  });
});

describe('reads', () => {
  it('answers 404 for an order of another customer when asked for one customer’s', async () => {
    const own = await call('GET', `/orders/${KNOWN_ORDER}?customer_id=${KNOWN_CUSTOMER}`);
    const other = await call('GET', `/orders/${KNOWN_ORDER}?customer_id=C-20001`);
    expect([own.status, other.status]).toEqual([200, 404]);
  });

  it('lists orders and messages of a customer', async () => {
    const orders = await call('GET', `/customers/${KNOWN_CUSTOMER}/orders`);
    expect(orders.body['items']).toContainEqual(expect.objectContaining({ id: KNOWN_ORDER }));
    const inbox = await call('GET', `/inbox/${KNOWN_CUSTOMER}`);
    expect(inbox.body['items']).toContainEqual(expect.objectContaining({ subject: 'Defective' }));
  });

  it('answers unknown ids and routes with 404', async () => {
    for (const path of [
      '/orders/1',
      '/customers/C-1',
      '/customers/C-1/orders',
      '/inbox/C-1',
      '/nowhere',
    ]) {
      expect((await call('GET', path)).status).toBe(404);
    }
  });
});

describe('authentication', () => {
  it('refuses a missing and a wrong key, writes nothing, and says how', async () => {
    const body = { amount: 5, currency: 'USD', reason: 'late' };
    const before = await refundsOf('1500');
    for (const key of [null, 'wrong-key-wrong-key']) {
      const answer = await call('POST', '/orders/1500/refunds', { body, key });
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({ error: { code: 'unauthorized' } });
    }
    expect(await refundsOf('1500')).toBe(before);
  });

  it('rotates: two keys work at once, then only the new one', async () => {
    const current = await call('GET', '/whoami');
    const made = await call('POST', '/api-keys', { idempotencyKey: 'rotation-1' });
    const again = await call('POST', '/api-keys', { idempotencyKey: 'rotation-1' });
    expect(made.status).toBe(201);
    expect(again.body).toEqual(made.body);
    const key = String(made.body['key']);
    expect((await call('GET', '/whoami', { key })).status).toBe(200);
    expect((await call('GET', '/whoami')).status).toBe(200);

    const oldId = String((current.body['key'] as { id: string }).id);
    expect((await call('DELETE', `/api-keys/${oldId}`, { key })).status).toBe(200);
    expect((await call('GET', '/whoami')).status).toBe(401);
    expect((await call('GET', '/whoami', { key })).status).toBe(200);

    const last = await call('DELETE', `/api-keys/${String(made.body['id'])}`, { key });
    expect(last.status).toBe(409);
    const stored = await pool.query('select body::text from answers where idempotency_key = $1', [
      'rotation-1',
    ]);
    expect(stored.rows[0].body).not.toContain(key);

    await bootstrapKey(pool, BOOTSTRAP);
    expect((await call('GET', '/whoami')).status).toBe(401);
    await pool.query('update api_keys set revoked_at = null where id = $1', [oldId]);
  });
});

describe('writes', () => {
  const refund = { amount: 4.5, currency: 'USD', reason: 'late delivery' };

  it('50 concurrent refunds with one key are one refund and one answer', async () => {
    const idempotencyKey = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        call('POST', '/orders/2001/refunds', { body: refund, idempotencyKey }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
    expect(await refundsOf('2001')).toBe(1);
    const log = await call('GET', `/stats/calls?idempotency_key=${idempotencyKey}`);
    expect(log.body).toMatchObject({ total: 50, effects: 1 });
  });

  it('refuses the same key for another request, and stores refusals too', async () => {
    const idempotencyKey = randomUUID();
    const first = await call('POST', '/orders/2002/refunds', {
      body: { ...refund, amount: 90_000 },
      idempotencyKey,
    });
    const again = await call('POST', '/orders/2002/refunds', {
      body: { ...refund, amount: 90_000 },
      idempotencyKey,
    });
    const other = await call('POST', '/orders/2002/refunds', { body: refund, idempotencyKey });
    expect([first.status, again.status, other.status]).toEqual([422, 422, 409]);
    expect(again.body).toEqual(first.body);
    expect(await refundsOf('2002')).toBe(0);
  });

  it('refuses a refund on another customer’s order, wrong fields and what is no JSON', async () => {
    const foreign = { ...refund, customer_id: 'C-20001' };
    expect((await call('POST', `/orders/${KNOWN_ORDER}/refunds`, { body: foreign })).status).toBe(
      404,
    );
    for (const body of [
      {},
      { ...refund, amount: -1 },
      { ...refund, amount: 1.001 },
      { ...refund, currency: '$' },
    ]) {
      expect((await call('POST', `/orders/${KNOWN_ORDER}/refunds`, { body })).status).toBe(422);
    }
    expect((await call('POST', `/orders/${KNOWN_ORDER}/refunds`)).status).toBe(400);
    expect(await refundsOf(KNOWN_ORDER)).toBe(0);
  });

  it('changes an address, sends mail, deletes a customer and keeps the orders', async () => {
    const address = { street: '1 Mill Road', city: 'Leeds', postcode: 'LS1 4AB', country: 'GB' };
    const moved = await call('PATCH', '/customers/C-20002/address', { body: address });
    expect(moved.body).toMatchObject({ customer: address });
    const mail = { to: 'a@example.com', subject: 'Hello', body: 'Hi' };
    expect((await call('POST', '/mail', { body: mail })).status).toBe(201);

    const { rows } = await pool.query('select count(*)::int as n from orders');
    expect((await call('DELETE', '/customers/C-20003')).body).toEqual({
      id: 'C-20003',
      deleted: true,
    });
    expect((await call('DELETE', '/customers/C-20003')).status).toBe(404);
    expect((await call('GET', '/customers/C-20003')).status).toBe(404);
    expect((await pool.query('select count(*)::int as n from orders')).rows).toEqual(rows);
  });
});
