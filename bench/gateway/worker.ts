/** The gateway as it ships, as a process on a free port. */
import { startGateway } from '@/lib/domains/gateway/server';
import { env } from '@/lib/infra/env';

const running = await startGateway({ host: '127.0.0.1', port: env().GATEWAY_PORT });
process.send?.({ port: Number(new URL(running.url).port) });
process.on('disconnect', () => void running.stop().finally(() => process.exit(0)));
