import { z } from 'zod';
import { db } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import {
  addJob,
  pruneSchedules,
  type QueuedWork,
  scheduleJob,
  startWorker,
} from '@/lib/infra/queue';
import { type Context, jobContext } from './context';
import { parse } from './verb';

export type Schedule = { every: number } | { cron: string };

interface JobDefinition<I extends z.ZodObject> {
  /** `room.job`, as in `approvals.expire`; also the actor's id in events. */
  name: string;
  /** Payload beside the workspace; all of it must have defaults when there is a schedule. */
  input: I;
  /** Milliseconds between ticks, or a cron pattern in UTC. Each tick runs once a workspace. */
  schedule?: Schedule;
  /** The workspaces that a tick runs in, where all would be too many to ask; all without. */
  workspaces?: () => Promise<string[]>;
  /** Tries in all for enqueued work; a tick is tried once, the next one catches up. */
  attempts?: number;
  /** Must be safe to run twice: effects are conditional updates. */
  run: (ctx: Context, input: z.output<I>) => Promise<void>;
}

export interface Job<I extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly schedule: Schedule | undefined;
  readonly workspaces: () => Promise<string[]>;
  /** Queues one run for a workspace; call it after the deed has committed. */
  enqueue: (workspace: string, input: z.input<I>, options?: { delay?: number }) => Promise<void>;
  perform: (workspace: string, input: unknown) => Promise<void>;
}

/** Declares a job once: name, payload, schedule, retries, handler. */
export function defineJob<I extends z.ZodObject>(definition: JobDefinition<I>): Job<I> {
  return {
    name: definition.name,
    schedule: definition.schedule,
    workspaces: definition.workspaces ?? workspaceIds,
    enqueue: (workspace, input, options = {}) =>
      addJob(
        definition.name,
        { workspace, input },
        {
          attempts: definition.attempts ?? 5,
          backoff: { type: 'exponential', delay: 1_000 },
          ...options,
        },
      ),
    perform: async (workspace, raw) => {
      const input = parse(definition.input, raw);
      await definition.run(jobContext(workspace, definition.name), input);
    },
  };
}

const queued = z.union([
  z.object({ tick: z.literal(true) }),
  z.object({ workspace: z.string(), input: z.unknown() }),
]);

/** Runs queued work with the job that declared its name. */
async function dispatch(jobs: ReadonlyMap<string, Job>, work: QueuedWork): Promise<void> {
  const job = jobs.get(work.name);
  if (!job) throw new Error(`no job is declared as ${work.name}`);
  const data = parse(queued, work.data);
  if ('workspace' in data) return job.perform(data.workspace, data.input);
  for (const workspace of await job.workspaces()) {
    // One workspace's failure must not keep the others waiting.
    await job.perform(workspace, {}).catch((error: unknown) => {
      logger.error({ err: error, job: job.name, workspace }, 'job failed for a workspace');
    });
  }
}

/** Every workspace's id, for what goes through all of them. */
export async function workspaceIds(): Promise<string[]> {
  const rows = await db().$queryRaw<{ id: string }[]>`SELECT id FROM workspace_ids() AS id`;
  return rows.map((row) => row.id);
}

const CONCURRENCY = 8;

/** Declares every schedule and starts taking work; answers the worker, to close it. */
export async function startJobs(jobs: readonly Job[]): Promise<{ close: () => Promise<void> }> {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const scheduled = jobs.filter((job) => job.schedule !== undefined);
  await pruneSchedules(new Set(scheduled.map((job) => job.name)));
  for (const { name, schedule } of scheduled) {
    if (!schedule) continue;
    await scheduleJob(name, 'cron' in schedule ? { pattern: schedule.cron } : schedule);
  }
  const worker = await startWorker((work) => dispatch(byName, work), CONCURRENCY);
  return { close: () => worker.close() };
}
