import {
  createPostgresBackend,
  DelayedError,
  type Job,
  type JobsOptions,
  Queue,
  withBackend,
  Worker,
} from 'bullmq';
import pg from 'pg';
import { roleUrl } from './db-roles';
import { env } from './env';
import { holding } from './holding';
import { logger } from './logger';

// The queue holds only what can be rebuilt from PostgreSQL's own tables; its schema is
// made by `workers/migrate.ts` as the owner.
const postgres = withBackend(createPostgresBackend);

export interface QueuedWork {
  name: string;
  data: unknown;
  /** 1 for the first try. */
  attempt: number;
}

function pool(max: number) {
  return {
    connectionString: roleUrl('countersign_app'),
    schema: 'bullmq',
    max,
    // A connection that is lost while it is in use must not end the process.
    onConnect: (client: { on: (name: 'error', listener: () => void) => unknown }) => {
      client.on('error', () => undefined);
    },
  };
}

/** What both kinds of queue have that is used here. */
type AppQueue = Pick<
  Queue,
  'add' | 'close' | 'getJobSchedulers' | 'removeJobScheduler' | 'upsertJobScheduler'
>;

let queue: AppQueue | undefined;

function jobQueue(): AppQueue {
  if (!queue) {
    const defaultJobOptions = { removeOnComplete: 500, removeOnFail: 2_000 };
    const url = env().REDIS_URL;
    const made = url
      ? new Queue(env().COUNTERSIGN_QUEUE, { connection: { url }, defaultJobOptions })
      : new postgres.Queue(env().COUNTERSIGN_QUEUE, { connection: pool(4), defaultJobOptions });
    made.on('error', (error: Error) => logger.warn({ err: error }, 'queue'));
    queue = made;
  }
  return queue;
}

export async function addJob(name: string, data: unknown, options: JobsOptions): Promise<void> {
  await jobQueue().add(name, data, options);
}

/** Declares a repeating tick; declaring it again replaces it. */
export async function scheduleJob(name: string, every: number): Promise<void> {
  await jobQueue().upsertJobScheduler(name, { every }, { name, data: { tick: true } });
}

/** How far off the next tick of each schedule is. */
export async function aheadOf(): Promise<{ name: string; every: number; ms: number }[]> {
  const schedulers = await jobQueue().getJobSchedulers();
  return schedulers.flatMap(({ key, every, next }) =>
    every && next ? [{ name: key, every: Number(every), ms: next - Date.now() }] : [],
  );
}

/** Declares a repeating tick anew, whatever is planned. */
export async function rescheduleJob(name: string, every: number): Promise<void> {
  await jobQueue().removeJobScheduler(name);
  await scheduleJob(name, every);
}

/** Removes ticks that no declaration names any more, and those by a pattern, which an earlier version planned. */
export async function pruneSchedules(keep: ReadonlySet<string>): Promise<void> {
  for (const scheduler of await jobQueue().getJobSchedulers()) {
    if (!keep.has(scheduler.key) || scheduler.pattern)
      await jobQueue().removeJobScheduler(scheduler.key);
  }
}

const LATER_MS = 1_000;

/**
 * Starts taking work. BullMQ may run a job twice: every effect is a conditional update. Work that
 * `run` answers `later` for gives its slot back and is offered again in a moment, as often as it takes.
 */
export async function startWorker(
  run: (work: QueuedWork) => Promise<'done' | 'later'>,
  concurrency: number,
): Promise<{ close: () => Promise<void> }> {
  const perform = async (job: Job, token?: string) => {
    const { attemptsMade, data, name } = job;
    if ((await run({ name, data, attempt: attemptsMade + 1 })) === 'done') return;
    await job.moveToDelayed(Date.now() + LATER_MS, token);
    throw new DelayedError();
  };
  const url = env().REDIS_URL;
  const worker = url
    ? new Worker(env().COUNTERSIGN_QUEUE, perform, {
        connection: { url, maxRetriesPerRequest: null },
        concurrency,
      })
    : new postgres.Worker(env().COUNTERSIGN_QUEUE, perform, {
        connection: pool(concurrency + 2),
        concurrency,
      });
  worker.on('error', (error: Error) => logger.warn({ err: error }, 'jobs worker'));
  await worker.waitUntilReady();
  return worker;
}

/**
 * Names that are taken, by one at a time over all processes of this queue. They are advisory locks
 * of one connection, so whatever becomes of a process, its names are free again.
 */
export class TakenNames {
  /** Of this process: a connection may take twice what it has. */
  readonly #taken = new Set<string>();
  #client: Promise<pg.Client> | undefined;

  /** What `work` answers; undefined, and nothing done, while the name is taken. */
  async alone<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.#taken.has(name)) return undefined;
    this.#taken.add(name);
    try {
      const client = await this.#connected();
      const key = [`${env().COUNTERSIGN_QUEUE} ${name}`];
      const { rows } = await client
        .query<{ taken: boolean }>(
          'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken',
          key,
        )
        .catch((error: unknown) => {
          // One that does not answer is not asked again.
          void this.close();
          throw error;
        });
      if (!rows[0]?.taken) return undefined;
      try {
        return await work();
      } finally {
        // Of a connection that is lost PostgreSQL has freed it already.
        await client
          .query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', key)
          .catch(() => client.end().catch(() => undefined));
      }
    } finally {
      this.#taken.delete(name);
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.then((open) => open.end()).catch(() => undefined);
  }

  #connected(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    const client = new pg.Client({
      ...holding('countersign_app'),
      query_timeout: 30_000,
      application_name: 'countersign_app ticks',
    });
    const opened = client.connect().then(() => client);
    const lost = () => {
      if (this.#client === opened) this.#client = undefined;
    };
    client.on('error', lost);
    client.on('end', lost);
    opened.catch(lost);
    this.#client = opened;
    return opened;
  }
}

export async function closeQueue(): Promise<void> {
  await queue?.close();
  queue = undefined;
}
