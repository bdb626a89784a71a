import { type JobsOptions, withBackend, createPostgresBackend } from 'bullmq';
import { roleUrl } from './db-roles';
import { logger } from './logger';

const NAME = 'countersign';

// The queue holds only what can be rebuilt from PostgreSQL's own tables; its schema is
// made by `workers/migrate.ts` as the owner.
const { Queue, Worker } = withBackend(createPostgresBackend);
type AppQueue = InstanceType<typeof Queue>;
type AppWorker = InstanceType<typeof Worker>;

export interface QueuedWork {
  name: string;
  data: unknown;
  /** 1 for the first try. */
  attempt: number;
}

function connection(max: number) {
  return { connectionString: roleUrl('countersign_app'), schema: 'bullmq', max };
}

let queue: AppQueue | undefined;

function jobQueue(): AppQueue {
  if (!queue) {
    queue = new Queue(NAME, {
      connection: connection(4),
      defaultJobOptions: { removeOnComplete: 500, removeOnFail: 2_000 },
    });
    queue.on('error', (error: Error) => logger.warn({ err: error }, 'queue'));
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
): Promise<AppWorker> {
  const worker = new Worker(
    NAME,
    async (job) => run({ name: job.name, data: job.data, attempt: job.attemptsMade + 1 }),
    { connection: connection(concurrency + 2), concurrency },
  );
  worker.on('error', (error: Error) => logger.warn({ err: error }, 'jobs worker'));
  await worker.waitUntilReady();
  return worker;
}

export async function closeQueue(): Promise<void> {
  await queue?.close();
  queue = undefined;
}
