import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { closeDays } from '@/lib/domains/reviews/server';
import { verifyNowIfDue } from '@/lib/domains/trail/server';
import { readSettings } from '@/lib/domains/workspaces/server';
import { logger } from '@/lib/infra/logger';
import { inWorkspace, Prisma, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { type Context, jobContext } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { type Operation, query, verb, withinScope } from '@/lib/kernel/verb';
import { type Check, type CheckContext, checks } from '../checks';
import { runCompliance } from '../policy';
import { saveRun, viewRun } from '../repo';
import { type Evaluated, Run } from '../schema';

/** Findings kept with a result; the rest are counted. */
const KEPT = 100;
/** So long a check may take; there are some that go through every agent. */
const LONGEST_MS = 30_000;

interface Done {
  started: Date;
  results: Evaluated[];
}

/** Runs checks, each in a transaction of its own: what one of them meets is no matter of the others. */
export async function runChecks(workspace: string, all = checks): Promise<Done> {
  const started = clock.now();
  const settings = await inWorkspace(workspace, readSettings, { readOnly: true });
  const results = [];
  for (const check of all) {
    results.push(await evaluate(check, workspace, { now: started, settings }));
  }
  return { started, results };
}

/**
 * Two checks ask for what is done each day: the trail's verification, and the closing of the day
 * before. On the first day and after a stop all of it is due at once, and would stand as failed for
 * a day.
 */
async function caughtUp(workspace: string): Promise<void> {
  const without = (what: string) => (error: unknown) => {
    logger.error({ err: error, workspace }, `checks run without ${what}`);
  };
  await closeDays(jobContext(workspace, 'compliance.daily')).catch(without('closing days'));
  await verifyNowIfDue(workspace).catch(without('a verification'));
}

/** Stores what each check saw, and says so. */
async function record({ ctx, tx }: { ctx: Context; tx: Tx }, { results, started }: Done) {
  const run = await saveRun(tx, {
    ...{ id: newId('run'), workspace: ctx.workspace, startedBy: ctx.actor.id },
    ...{ started, finished: clock.now(), results },
  });
  const event = {
    type: 'compliance.run_finished',
    object: { type: 'compliance_run', id: run.id },
    data: {
      passed: run.passed,
      failed: run.failed,
      checks: Object.fromEntries(results.map(({ check, status }) => [check, status])),
    },
  };
  return { run, event };
}

/** A check that cannot be carried out is an error, never a pass. */
export async function evaluate(
  check: Check,
  workspace: string,
  about: Omit<CheckContext, 'tx'>,
  timeoutMs = LONGEST_MS,
): Promise<Evaluated> {
  try {
    const observe = async (tx: Tx) => {
      // The transaction's own limit ends no query that is under way.
      await tx.$queryRaw`SELECT set_config('statement_timeout', ${String(timeoutMs)}, true)`;
      return check.observe({ tx, ...about });
    };
    const options = { readOnly: true, timeoutMs };
    const { examined, found } = await inWorkspace(workspace, observe, options);
    const words = found.length === 1 ? check.wrong.one : check.wrong.many;
    return {
      check: check.key,
      status: found.length === 0 ? 'pass' : 'fail',
      summary:
        found.length === 0 ? `${examined} looked at, nothing wrong` : `${found.length} ${words}`,
      evidence: { examined, found: found.slice(0, KEPT), more: Math.max(0, found.length - KEPT) },
    };
  } catch (error) {
    logger.error({ err: error, check: check.key, workspace }, 'compliance check failed to run');
    const why = whyNot(error, timeoutMs);
    return {
      ...{ check: check.key, status: 'error', summary: `It could not be checked. ${why}` },
      evidence: { examined: 0, found: [], more: 0 },
    };
  }
}

/** PostgreSQL's code for a statement that was cancelled, and Prisma's for a transaction that ended. */
const tooSlow = new Set(['57014', 'P2028']);

/** By its code alone: the error's own words may hold what the database was asked with. */
function whyNot(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return 'See the server log.';
  const meta = error.meta as { driverAdapterError?: { cause?: { originalCode?: string } } };
  const code = meta?.driverAdapterError?.cause?.originalCode ?? error.code;
  return tooSlow.has(code)
    ? `It took longer than ${timeoutMs / 1_000} seconds.`
    : `The database answered ${code}. See the server log.`;
}

const mayStart = query({
  name: 'compliance.run',
  input: z.strictObject({}),
  output: z.object({}),
  permit: (actor) => {
    const verdict = runCompliance(actor);
    return verdict.allowed ? withinScope(actor, 'write') : verdict;
  },
  run: async () => ({}),
});

const finish = verb({
  name: 'compliance.run',
  input: z.custom<Done>(),
  output: Run,
  permit: runCompliance,
  run: async ({ ctx, input, tx, event }) => {
    const done = await record({ ctx, tx }, input);
    event(done.event);
    return viewRun(done.run);
  },
});

/** So long a person's run waits for that, which goes on by itself. */
const CATCH_UP_MS = 20_000;

/** Asked for by a person: who may not is refused before anything is looked at. */
async function started(ctx: Context, raw: unknown): Promise<Run> {
  await mayStart(ctx, raw);
  await Promise.race([caughtUp(ctx.workspace), wait(CATCH_UP_MS, undefined, { ref: false })]);
  return finish(ctx, await runChecks(ctx.workspace));
}

export const startRun: Operation<typeof mayStart.input, typeof Run> = Object.assign(started, {
  kind: 'verb' as const,
  operation: finish.operation,
  input: mayStart.input,
  output: Run,
});

/** Runs the checks unless a run has begun within `hours`; the daily job's work. */
export async function runWhenDue(ctx: Context, hours: number): Promise<void> {
  const due = async (tx: Tx) => {
    const now = clock.now();
    const since = new Date(now.getTime() - hours * 3_600_000);
    // One that a clock which was ahead has dated in the future is none of today's.
    const startedAt = { gte: since, lte: now };
    return !(await tx.complianceRun.findFirst({ where: { startedAt } }));
  };
  if (!(await inWorkspace(ctx.workspace, due))) return;
  await caughtUp(ctx.workspace);
  const done = await runChecks(ctx.workspace);
  await inWorkspace(ctx.workspace, async (tx) => {
    if (!(await due(tx))) return;
    const { event } = await record({ ctx, tx }, done);
    await appendEvents(tx, [makeEvent(ctx, event)]);
  });
}
