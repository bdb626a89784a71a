import { createPostgresBackend, type JobsOptions, Queue, withBackend, Worker } from 'bullmq';
import { roleUrl } from './db-roles';
import { env } from './env';
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
export async function scheduleJob(
  name: string,
  when: { every: number } | { pattern: string; tz?: string },
): Promise<void> {
  await jobQueue().upsertJobScheduler(name, when, { name, data: { tick: true } });
}

/** Removes ticks that no declaration names any more. */
export async function pruneSchedules(keep: ReadonlySet<string>): Promise<void> {
  for (const scheduler of await jobQueue().getJobSchedulers()) {
    if (!keep.has(scheduler.key)) await jobQueue().removeJobScheduler(scheduler.key);
  }
}

/** Starts taking work. BullMQ may run a job twice: every effect is a conditional update. */
export async function startWorker(
  run: (work: QueuedWork) => Promise<void>,
  concurrency: number,
): Promise<{ close: () => Promise<void> }> {
  const perform = async (job: { name: string; data: unknown; attemptsMade: number }) =>
    run({ name: job.name, data: job.data, attempt: job.attemptsMade + 1 });
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

export async function closeQueue(): Promise<void> {
  await queue?.close();
  queue = undefined;
}
