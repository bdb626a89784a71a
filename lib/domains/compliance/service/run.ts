import { z } from 'zod';
import { verifyNowIfDue } from '@/lib/domains/trail/server';
import { readSettings } from '@/lib/domains/workspaces/server';
import { logger } from '@/lib/infra/logger';
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { verb } from '@/lib/kernel/verb';
import { type Check, type CheckContext, checks } from '../checks';
import { runCompliance } from '../policy';
import { saveRun, viewRun } from '../repo';
import { type Evaluated, Run } from '../schema';

/** Findings kept with a result; the rest are counted. */
const KEPT = 100;

/** Runs every check and stores what each saw. */
async function runChecks(ctx: Context, tx: Tx) {
  const started = clock.now();
  const context: CheckContext = { tx, now: started, settings: await readSettings(tx) };
  const results = [];
  for (const check of checks) results.push(await evaluate(check, context));
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
export async function evaluate(check: Check, context: CheckContext): Promise<Evaluated> {
  try {
    const { examined, found } = await check.observe(context);
    const words = found.length === 1 ? check.wrong.one : check.wrong.many;
    return {
      check: check.key,
      status: found.length === 0 ? 'pass' : 'fail',
      summary:
        found.length === 0 ? `${examined} looked at, nothing wrong` : `${found.length} ${words}`,
      evidence: { examined, found: found.slice(0, KEPT), more: Math.max(0, found.length - KEPT) },
    };
  } catch (error) {
    logger.error({ err: error, check: check.key }, 'compliance check failed to run');
    return {
      ...{
        check: check.key,
        status: 'error',
        summary: 'It could not be checked. See the server log.',
      },
      evidence: { examined: 0, found: [], more: 0 },
    };
  }
}

export const startRun = verb({
  name: 'compliance.run',
  input: z.strictObject({}),
  output: Run,
  permit: runCompliance,
  run: async ({ ctx, tx, event }) => {
    const done = await runChecks(ctx, tx);
    event(done.event);
    return viewRun(done.run);
  },
});

/** Runs the checks unless a run has begun within `hours`; the daily job's work. */
export async function runWhenDue(ctx: Context, hours: number): Promise<void> {
  const due = async (tx: Tx) => {
    const since = new Date(clock.now().getTime() - hours * 3_600_000);
    return !(await tx.complianceRun.findFirst({ where: { startedAt: { gte: since } } }));
  };
  if (!(await inWorkspace(ctx.workspace, due))) return;
  // One check asks for today's verification of the trail. After a stop both are due at once, and
  // it would stand as failed for a day.
  await verifyNowIfDue(ctx.workspace).catch((error: unknown) => {
    logger.error({ err: error, workspace: ctx.workspace }, 'checks run without a verification');
  });
  await inWorkspace(ctx.workspace, async (tx) => {
    if (!(await due(tx))) return;
    const { event } = await runChecks(ctx, tx);
    await appendEvents(tx, [makeEvent(ctx, event)]);
  });
}
