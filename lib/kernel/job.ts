import { z } from 'zod';
import { db } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import {
  addJob,
  aheadOf,
  pruneSchedules,
  type QueuedWork,
  rescheduleJob,
  scheduleJob,
  startWorker,
  TakenNames,
} from '@/lib/infra/queue';
import { type Context, jobContext } from './context';
import { isDue, noteFinished } from './daily';
import { parse } from './verb';

/**
 * Milliseconds between ticks, or a time of day in UTC, as in `03:40`: each day soon after it, and at
 * the next start where no jobs process ran then.
 */
export type Schedule = { every: number } | { daily: string };

interface JobDefinition<I extends z.ZodObject> {
  /** `room.job`, as in `approvals.expire`; also the actor's id in events. */
  name: string;
  /** Payload beside the workspace; all of it must have defaults when there is a schedule. */
  input: I;
  /** Each tick runs once a workspace. */
  schedule?: Schedule;
  /** The workspaces that a tick runs in, where all would be too many to ask; all without. */
  workspaces?: () => Promise<string[]>;
  /** Tries in all for enqueued work; a tick is tried once, the next one catches up. */
  attempts?: number;
  /** It may take minutes or hours: no more than a few such run at once, so that others have room. */
  long?: boolean;
  /** How many of it run at once in a process, where it may take seconds. */
  atOnce?: number;
  /** Must be safe to run twice: effects are conditional updates. */
  run: (ctx: Context, input: z.output<I>) => Promise<void>;
}

export interface Job<I extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly schedule: Schedule | undefined;
  readonly long: boolean;
  readonly atOnce: number;
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
    long: definition.long ?? false,
    atOnce: definition.atOnce ?? CONCURRENCY,
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

/** Runs a tick once a workspace; a daily job where it is due. */
async function tick(job: Job): Promise<void> {
  for (const workspace of await job.workspaces()) {
    // One workspace's failure must not keep the others waiting.
    await performWhenDue(job, workspace).catch((error: unknown) => {
      logger.error({ err: error, job: job.name, workspace }, 'job failed for a workspace');
    });
  }
}

async function performWhenDue(job: Job, workspace: string): Promise<void> {
  const daily = job.schedule && 'daily' in job.schedule ? job.schedule.daily : undefined;
  if (daily !== undefined && !(await isDue(workspace, job.name, daily))) return;
  await job.perform(workspace, {});
  // One that fails is tried again at the next tick.
  if (daily !== undefined) await noteFinished(workspace, job.name);
}

/** Every workspace's id, for what goes through all of them. */
export async function workspaceIds(): Promise<string[]> {
  const rows = await db().$queryRaw<{ id: string }[]>`SELECT id FROM workspace_ids() AS id`;
  return rows.map((row) => row.id);
}

const CONCURRENCY = 12;
/** How many long jobs run at once in a process; the rest of its slots is for what is short. */
export const LONG_AT_ONCE = 4;

/**
 * Runs queued work with the job that declared its name. A tick whose kind still runs, here or in
 * another process, is over at once: whatever takes long holds one slot, and the next tick catches up.
 */
function dispatcher(jobs: readonly Job[], ticks: TakenNames) {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  let long = 0;
  const running = new Map<string, number>();
  const whenRoom = async (job: Job, run: () => Promise<void>): Promise<'done' | 'later'> => {
    const same = running.get(job.name) ?? 0;
    if (same >= job.atOnce || (job.long && long >= LONG_AT_ONCE)) return 'later';
    running.set(job.name, same + 1);
    if (job.long) long += 1;
    try {
      await run();
    } finally {
      running.set(job.name, (running.get(job.name) ?? 1) - 1);
      if (job.long) long -= 1;
    }
    return 'done';
  };
  return async (work: QueuedWork): Promise<'done' | 'later'> => {
    const job = byName.get(work.name);
    if (!job) throw new Error(`no job is declared as ${work.name}`);
    const data = parse(queued, work.data);
    if ('workspace' in data) return whenRoom(job, () => job.perform(data.workspace, data.input));
    return (await ticks.alone(job.name, () => whenRoom(job, () => tick(job)))) ?? 'done';
  };
}

/** Between two looks at whether a daily job is due. */
const LOOK_MS = 15 * 60_000;
const MEND_MS = 60_000;
const noteFailure = (error: unknown) => logger.error({ err: error }, 'schedules');

/**
 * A tick plans the next one by the clock. What was planned by a clock that was ahead lies that much
 * too far off once it is right again, and a restart keeps it: such a tick is planned anew.
 */
export async function mendSchedules(): Promise<void> {
  for (const { name, every, ms } of await aheadOf()) {
    if (ms <= every + MEND_MS) continue;
    logger.warn({ job: name, ms }, 'the clock was set back; the next run is planned anew');
    await rescheduleJob(name, every);
  }
}

/** Declares every schedule and starts taking work; answers the worker, to close it. */
export async function startJobs(jobs: readonly Job[]): Promise<{ close: () => Promise<void> }> {
  const scheduled = jobs.filter((job) => job.schedule !== undefined);
  await pruneSchedules(new Set(scheduled.map((job) => job.name)));
  for (const { name, schedule } of scheduled) {
    if (!schedule) continue;
    await scheduleJob(name, 'daily' in schedule ? LOOK_MS : schedule.every);
  }
  await mendSchedules();
  // By a timer of its own: were it a tick, it could be put off with the others.
  const mending = setInterval(() => void mendSchedules().catch(noteFailure), MEND_MS);
  const ticks = new TakenNames();
  const worker = await startWorker(dispatcher(jobs, ticks), CONCURRENCY);
  return {
    close: async () => {
      clearInterval(mending);
      await worker.close();
      await ticks.close();
    },
  };
}
