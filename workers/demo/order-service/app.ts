import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type pg from 'pg';
import type { z } from 'zod';
import { ServiceError } from './errors';
import { createKey, deleteKey, findKey, listKeys, type ApiKey } from './keys';
import { addressInput, mailInput, refundInput } from './schema';
import * as store from './store';
import { logCall, write } from './writes';

type Env = {
  Variables: { key: ApiKey | undefined; presented: string; logged: boolean; effect: boolean };
};
type Call = Context<Env>;

const MAX_BODY = 1_000_000;

/** The order service's HTTP interface over its database. */
export function orderService(pool: pg.Pool): Hono<Env> {
  const app = new Hono<Env>();
  app.onError((error, c) => {
    if (error instanceof ServiceError) return c.json(error.body, error.status);
    process.stderr.write(`order service: ${error.stack ?? error.message}\n`);
    return c.json({ error: { code: 'unavailable', message: 'Try again shortly.' } }, 503);
  });
  app.notFound((c) => c.json({ error: { code: 'not_found', message: 'No such route.' } }, 404));

  app.get('/healthz', async (c) => {
    await pool.query('select 1');
    return c.json({ status: 'ok' });
  });

  app.use(async (c, next) => {
    await next();
    if (!c.get('logged')) {
      await logCall(pool, {
        method: c.req.method,
        path: c.req.path,
        status: c.res.status,
        effect: false,
        idempotencyKey: c.req.header('idempotency-key'),
        keyId: c.get('key')?.id,
      });
    }
  });
  app.use(async (c, next) => {
    const presented = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const key = presented === undefined ? undefined : await findKey(pool, presented);
    if (presented === undefined || key === undefined) {
      c.header('www-authenticate', 'Bearer');
      throw new ServiceError(401, 'unauthorized', 'Present a live API key as a Bearer token.');
    }
    c.set('key', key);
    c.set('presented', presented);
    return next();
  });
  app.use(
    bodyLimit({
      maxSize: MAX_BODY,
      onError: () => {
        throw new ServiceError(413, 'too_large', 'The body is larger than 1 MB.');
      },
    }),
  );

  const answer = async (
    c: Call,
    effect: (tx: pg.PoolClient) => Promise<{ status: number; body: unknown }>,
    { body, secret = false }: { body?: unknown; secret?: boolean } = {},
  ) => {
    const result = await write(
      pool,
      {
        method: c.req.method,
        path: c.req.path,
        body,
        keyId: c.get('key')?.id ?? '',
        presented: c.get('presented'),
        idempotencyKey: c.req.header('idempotency-key'),
        secret,
      },
      effect,
    );
    c.set('logged', true);
    return c.json(result.body, result.status as ContentfulStatusCode);
  };

  app.get('/whoami', (c) => c.json({ service: 'order-service', key: c.get('key') }));
  app.get('/api-keys', async (c) => c.json({ items: await listKeys(pool) }));
  app.post('/api-keys', (c) =>
    answer(c, async (tx) => ({ status: 201, body: await createKey(tx) }), { secret: true }),
  );
  app.delete('/api-keys/:id', (c) =>
    answer(c, async (tx) => {
      await deleteKey(tx, c.req.param('id'));
      return { status: 200, body: { id: c.req.param('id'), deleted: true } };
    }),
  );

  app.get('/customers/:id', async (c) => c.json(await store.customer(pool, c.req.param('id'))));
  app.get('/customers/:id/orders', async (c) =>
    c.json(await store.customerOrders(pool, c.req.param('id'))),
  );
  app.get('/orders/:id', async (c) =>
    c.json(await store.order(pool, c.req.param('id'), c.req.query('customer_id'))),
  );
  app.get('/inbox/:id', async (c) => c.json(await store.inbox(pool, c.req.param('id'))));
  app.get('/stats/calls', async (c) =>
    c.json(
      await store.calls(pool, {
        key: c.req.query('idempotency_key'),
        path: c.req.query('path'),
        limit: Math.min(Math.max(Number(c.req.query('limit')) || 100, 1), 1000),
      }),
    ),
  );

  app.post('/orders/:id/refunds', async (c) => {
    const body = await parse(c, refundInput);
    const id = c.req.param('id');
    return answer(c, async (tx) => ({ status: 201, body: await store.refund(tx, id, body) }), {
      body,
    });
  });
  app.patch('/customers/:id/address', async (c) => {
    const body = await parse(c, addressInput);
    const id = c.req.param('id');
    const effect = async (tx: pg.PoolClient) => ({
      status: 200,
      body: await store.changeAddress(tx, id, body),
    });
    return answer(c, effect, { body });
  });
  app.delete('/customers/:id', (c) =>
    answer(c, async (tx) => ({
      status: 200,
      body: await store.deleteCustomer(tx, c.req.param('id')),
    })),
  );
  app.post('/mail', async (c) => {
    const body = await parse(c, mailInput);
    return answer(c, async (tx) => ({ status: 201, body: await store.sendMail(tx, body) }), {
      body,
    });
  });
  return app;
}

async function parse<T extends z.ZodType>(c: Call, schema: T): Promise<z.output<T>> {
  const json: unknown = await c.req.json().catch(() => {
    throw new ServiceError(400, 'not_json', 'Send a JSON body.');
  });
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((i) => `${i.path.join('.') || 'body'}: ${i.message}`);
  throw new ServiceError(422, 'invalid', wrong.join('; '));
}
