import { serve } from '@hono/node-server';
import { orderService } from './order-service/app';
import { orderServiceConfig } from './order-service/config';
import { openPool, prepareDatabase } from './order-service/database';
import { bootstrapKey } from './order-service/keys';
import { seedSampleData } from './order-service/seed';

/**
 * The demo's order service: a stand-in for a system that a customer already runs. It knows
 * nothing of Countersign; it has its own database, its own API keys and its own rules.
 */
const config = orderServiceConfig();
await prepareDatabase(config.databaseUrl);
const pool = openPool(config.databaseUrl);
await seedSampleData(pool, new Date());
await bootstrapKey(pool, config.bootstrapKey);

const server = serve(
  { fetch: orderService(pool).fetch, hostname: config.host, port: config.port },
  (address) => {
    process.stdout.write(`order service on http://${config.host}:${address.port}\n`);
  },
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    // A request under way is answered; the connection that it leaves behind must not hold us up.
    setInterval(
      () => 'closeIdleConnections' in server && server.closeIdleConnections(),
      50,
    ).unref();
    server.close(() => void pool.end());
  });
}
