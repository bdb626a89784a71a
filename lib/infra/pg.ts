import pg from 'pg';
import { type DbRole, roleUrl } from './db-roles';
import { logger } from './logger';

export type Pool = pg.Pool;
export type Client = pg.ClientBase;

/**
 * A pool of plain connections as one login role, for the paths where Prisma costs too much.
 * A lost server is logged and reconnected to; whoever is waiting gets the error. Where `mostMs` is
 * given no query takes longer: a server that goes without a word is then noticed, and not waited for.
 */
export function createPool(role: DbRole, max: number, mostMs?: number): Pool {
  const pool = new pg.Pool({
    connectionString: roleUrl(role),
    max,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(mostMs === undefined ? {} : { query_timeout: mostMs }),
    application_name: role,
  });
  pool.on('error', (error) => logger.warn({ err: error, role }, 'database connection lost'));
  // One that is lost while it is in use, between two queries, would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Runs `work` in one transaction that sees only this workspace's rows. */
export async function inTenant<T>(
  pool: Pool,
  workspace: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    await client.query({
      name: 'set-workspace',
      text: "SELECT set_config('countersign.workspace', $1, true)",
      values: [workspace],
    });
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is of no further use.
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

const OUTCOME_PATIENCE_MS = 30_000;
const OUTCOME_RETRY_MS = 250;

/**
 * Whether a transaction was committed whose reply was lost, by what pg_current_xact_id() called it.
 * Asks for half a minute while it is under way or the server is away; false where that is not known then.
 */
export async function wasCommitted(pool: Pool, transaction: string): Promise<boolean> {
  const until = performance.now() + OUTCOME_PATIENCE_MS;
  for (;;) {
    try {
      const { rows } = await pool.query<{ status: string | null }>(
        'SELECT pg_xact_status($1::xid8) AS status',
        [transaction],
      );
      if (rows[0]?.status !== 'in progress') return rows[0]?.status === 'committed';
    } catch (error) {
      // Another server that took over does not know it.
      if (isDataError(error)) return false;
    }
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, OUTCOME_RETRY_MS));
  }
}

/** Whether PostgreSQL refused the data itself (SQLSTATE classes 22 and 23), not the moment. */
export function isDataError(error: unknown): boolean {
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  return code?.startsWith('22') === true || code?.startsWith('23') === true;
}

export interface ListenerOptions {
  role: DbRole;
  channels: readonly string[];
  onNotice: (channel: string, payload: string) => void;
  /** Called each time it listens anew: whatever was announced meanwhile was missed. */
  onConnect: () => void;
}

const BEAT_MS = 1_000;
const SILENT_MS = 5_000;
const RETRY_MS = 250;

/**
 * Listens on channels, reconnecting for as long as it takes. It notifies itself each second
 * on a channel of its own, so that `silentFor()` tells how long it may have missed something.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #heartbeat = `countersign_heartbeat_${crypto.randomUUID().replaceAll('-', '')}`;
  #client: pg.Client | undefined;
  #heardAt = Number.NEGATIVE_INFINITY;
  /** When the connection of now was begun. */
  #begunAt = 0;
  #stopped = false;
  #beat: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Resolves once it listens for the first time. */
  async start(): Promise<void> {
    this.#beat = setInterval(() => this.#tick(), BEAT_MS);
    this.#beat.unref();
    await this.#connect();
  }

  /** Milliseconds since it last heard anything; infinite before the first time. */
  silentFor(): number {
    return performance.now() - this.#heardAt;
  }

  /** Resolves at the next thing it hears, asking for a beat at once, or after `ms`. */
  async hear(ms: number): Promise<void> {
    this.#tick();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#beat);
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: roleUrl(this.#options.role),
      connectionTimeoutMillis: 5_000,
      application_name: `${this.#options.role} listener`,
    });
    this.#client = client;
    this.#begunAt = performance.now();
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ channel, payload }) => {
      this.#heard();
      if (channel !== this.#heartbeat) this.#options.onNotice(channel, payload ?? '');
    });
    try {
      await client.connect();
      for (const channel of [this.#heartbeat, ...this.#options.channels]) {
        await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      }
      this.#options.onConnect();
      this.#heard();
    } catch (error) {
      this.#lost(client);
      logger.warn({ err: error }, 'cannot listen to the database');
    }
  }

  #heard(): void {
    this.#heardAt = performance.now();
    if (this.#waiting.length > 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #tick(): void {
    const client = this.#client;
    if (!client) return;
    // Silence may be this process's own, having been busy; a beat that is due says which.
    // A connection that is being made has not been silent for longer than there is one.
    const silent = Math.min(this.silentFor(), performance.now() - this.#begunAt);
    if (silent > 2 * SILENT_MS) return this.#lost(client);
    client.query('SELECT pg_notify($1, $2)', [this.#heartbeat, '']).catch(() => undefined);
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(() => undefined);
    if (this.#stopped) return;
    this.#retry = setTimeout(() => void this.#connect(), RETRY_MS);
  }
}
