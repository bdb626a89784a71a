/** npm run console: the built console on HOST and PORT. */
import { createServer } from 'node:http';
import next from 'next';
import { withClientAddress } from '@/lib/http/client-address';
import { env, setEnv } from '@/lib/infra/env';
import { logger } from '@/lib/infra/logger';

const { HOST, PORT, NEXTAUTH_URL, TRUSTED_PROXIES } = env();
setEnv({ NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NEXTAUTH_URL });

/** Open streams end after this; a page takes its stream up again by itself. */
const PATIENCE_MS = 1_000;

const app = next({ dev: false, hostname: HOST, port: PORT });
await app.prepare();
const handle = app.getRequestHandler();
const server = createServer(
  withClientAddress((request, response) => void handle(request, response), TRUSTED_PROXIES),
);
server.keepAliveTimeout = 65_000;
server.once('error', (error) => {
  process.stderr.write(`The console cannot listen on ${HOST}:${PORT}: ${error.message}\n`);
  process.exit(1);
});
server.listen(PORT, HOST, () => logger.info({ host: HOST, port: PORT }, 'console listens'));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), PATIENCE_MS).unref();
  });
}
