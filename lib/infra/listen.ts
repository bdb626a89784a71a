import { Client } from 'pg';
import { roleUrl } from './db-roles';
import { logger } from './logger';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5_000;

interface Listening {
  channel: string;
  onMessage: (payload: string) => void;
  /** After a lost connection was replaced: what came between is not known. */
  onReconnect?: () => void;
}

/** One LISTEN connection as the application role, replaced with back-off when it is lost. */
export function listen({ channel, onMessage, onReconnect }: Listening): () => Promise<void> {
  let client: Client | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let delay = FIRST_DELAY_MS;
  let connected = false;

  const again = () => {
    if (stopped || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      void connect();
    }, delay);
    delay = Math.min(delay * 2, LONGEST_DELAY_MS);
  };

  const connect = async (): Promise<void> => {
    const own = new Client({ connectionString: roleUrl('countersign_app'), keepAlive: true });
    client = own;
    own.on('error', (error) => logger.warn({ err: error }, 'listen: connection lost'));
    own.on('end', again);
    own.on('notification', (message) => onMessage(message.payload ?? ''));
    try {
      await own.connect();
      await own.query(`LISTEN ${own.escapeIdentifier(channel)}`);
      delay = FIRST_DELAY_MS;
      if (connected) onReconnect?.();
      connected = true;
    } catch (error) {
      logger.warn({ err: error }, 'listen: cannot connect');
      await own.end().catch(() => undefined);
      again();
    }
  };

  void connect();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end().catch(() => undefined);
  };
}
