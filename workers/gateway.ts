/** The gateway process: agents' identity, sessions and actions, on GATEWAY_PORT. */
import { startGateway } from '@/lib/domains/gateway/server';
import { runProcess } from '@/lib/infra/entry';
import { logger } from '@/lib/infra/logger';
import { exitWithParent, reportReady } from '@/lib/infra/process';

await runProcess(
  { roles: ['countersign_gateway'], port: 'GATEWAY_PORT' },
  async ({ HOST, GATEWAY_PORT }) => {
    const running = await startGateway({ host: HOST, port: GATEWAY_PORT });
    logger.info({ url: running.url }, 'gateway listens');

    let stopping: Promise<void> | undefined;
    const stop = () => (stopping ??= running.stop());
    exitWithParent();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => void stop().finally(() => process.exit(0)));
    }
    reportReady();
  },
);
