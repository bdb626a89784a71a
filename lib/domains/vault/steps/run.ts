import { inWorkspace } from '@/lib/infra/db';
import { HttpFailure } from '@/lib/infra/http-client';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { loadRotation, noteAttempt, type RotationRow, saveWaiting } from '../repo';
import { isFinished, MAX_ATTEMPTS, mayMove, type OpenStep, type RotationStep } from '../rotation';
import { UpstreamFailure, UpstreamRefusal } from '../upstream';
import {
  awaitFirstUse,
  completeHandover,
  createSuccessor,
  giveUpSuccessor,
  revokeOldCredential,
} from './credential';
import { type StepResult, taken } from './result';
import { createNewKey, giveUpNewKey, revokeOldKey, switchVersions, testNewKey } from './secret';

type Step = (ctx: Context, rotation: RotationRow) => Promise<StepResult>;

interface Machine {
  /** What is done when a rotation stands at a step. */
  at: Record<OpenStep, Step>;
  giveUp: (ctx: Context, rotation: RotationRow, reason: string) => Promise<void>;
}

const machines: Record<string, Machine> = {
  secret: {
    at: {
      requested: createNewKey,
      created: testNewKey,
      tested: switchVersions,
      switched: revokeOldKey,
    },
    giveUp: giveUpNewKey,
  },
  credential: {
    at: {
      requested: createSuccessor,
      created: awaitFirstUse,
      tested: completeHandover,
      switched: revokeOldCredential,
    },
    giveUp: giveUpSuccessor,
  },
};

/** Where a run has left a rotation; with milliseconds to wait when it is not finished. */
export interface RunResult {
  step: RotationStep;
  waitMs?: number;
}

/**
 * Carries a rotation on from the step that the database says, until it is finished or has to
 * wait: also for an upstream that failed it, longer with each attempt. Safe to run twice and at
 * once: every step is one conditional update.
 *
 * `onlyOne` stops after one step.
 */
export async function runRotation(
  ctx: Context,
  id: string,
  options: { onlyOne?: boolean } = {},
): Promise<RunResult> {
  for (;;) {
    const rotation = await load(ctx, id);
    if (isFinished(rotation.step)) return { step: rotation.step };
    const restMs = (rotation.nextTryAt?.getTime() ?? 0) - clock.now().getTime();
    if (restMs > 0) return { step: rotation.step, waitMs: restMs };
    const machine = machines[rotation.subjectType];
    if (!machine) throw new Error(`nothing rotates a ${rotation.subjectType}`);
    const result = await attempt(ctx, machine, rotation);
    if ('wait' in result) {
      await noteWait(ctx, rotation, result.wait);
      return { step: rotation.step, waitMs: result.forMs };
    }
    if (options.onlyOne) return { step: (await load(ctx, id)).step };
  }
}

async function attempt(ctx: Context, machine: Machine, rotation: RotationRow): Promise<StepResult> {
  try {
    const result = await machine.at[rotation.step as OpenStep](ctx, rotation);
    if (!('fail' in result)) return result;
    await machine.giveUp(ctx, rotation, result.fail);
  } catch (error) {
    const reason = reasonOf(error);
    const noted = await noteFailure(ctx, rotation, reason);
    // Another took the step, or a person ended the rotation, so nothing has failed.
    if (noted === null) return taken(false);
    const hopeless = error instanceof UpstreamRefusal || noted.attempts >= MAX_ATTEMPTS;
    if (!hopeless || !mayMove(rotation.step, 'failed')) {
      // After the switch there is no way back, so it is tried until it succeeds or a person ends it.
      logger.warn({ err: error, rotation: rotation.id, ...noted }, 'a rotation could not go on');
      return taken(false);
    }
    await machine.giveUp(ctx, rotation, reason);
  }
  return taken(true);
}

function load(ctx: Context, id: string): Promise<RotationRow> {
  return inWorkspace(ctx.workspace, (tx) => loadRotation(tx, id), { readOnly: true });
}

async function noteWait(ctx: Context, rotation: RotationRow, waiting: string): Promise<void> {
  if (rotation.state.waiting === waiting) return;
  await inWorkspace(ctx.workspace, (tx) => saveWaiting(tx, rotation.id, rotation.step, waiting));
}

function noteFailure(ctx: Context, rotation: RotationRow, reason: string) {
  return inWorkspace(ctx.workspace, async (tx) => {
    const noted = await noteAttempt(tx, rotation, reason, clock.now());
    if (!noted?.told) return noted;
    const { attempts, nextTryAt } = noted;
    const event = makeEvent(ctx, {
      type: 'rotation.step_failed',
      object: { type: 'rotation', id: rotation.id },
      outcome: 'failed',
      data: { step: rotation.step, attempts, reason, next_try_at: nextTryAt.toISOString() },
    });
    await appendEvents(tx, [event]);
    return noted;
  });
}

// Only sentences of our own reach a row, an event or a page.
function reasonOf(error: unknown): string {
  if (error instanceof UpstreamFailure || error instanceof HttpFailure) return error.message;
  return 'The step could not be completed. The server log says why.';
}
