/** npm run console: the built console on HOST and PORT. */
import { createServer } from 'node:http';
import next from 'next';
import { withClientAddress } from '@/lib/http/client-address';
import { withReadablePath } from '@/lib/http/readable-path';
import { runProcess } from '@/lib/infra/entry';
import { setEnv } from '@/lib/infra/env';
import { logger } from '@/lib/infra/logger';

/** Open streams end after this; a page takes its stream up again by itself. */
const PATIENCE_MS = 1_000;

await runProcess({ roles: ['countersign_app'], port: 'PORT' }, async (e) => {
  const { HOST, PORT, NEXTAUTH_URL, TRUSTED_PROXIES } = e;
  setEnv({ NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NEXTAUTH_URL });

  const app = next({ dev: false, hostname: HOST, port: PORT });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = createServer(
    withClientAddress(
      withReadablePath((request, response) => void handle(request, response)),
      TRUSTED_PROXIES,
    ),
  );
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(PORT, HOST, resolve);
  });
  logger.info({ host: HOST, port: PORT }, 'console listens');

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), PATIENCE_MS).unref();
    });
  }
});
