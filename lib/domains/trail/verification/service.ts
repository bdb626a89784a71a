import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { inWorkspace, isUniqueViolation } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { conflict, notFound } from '@/lib/kernel/problem';
import { allow } from '@/lib/kernel/verdict';
import { type Operation, parse, query, verb } from '@/lib/kernel/verb';
import { anchor, knownOutside } from '../anchors/service';
import { maySeeCheckpoint, mayVerify } from '../policy';
import { expiriesUnderway } from '../retention/settings';
import type { Landmark } from './broken';
import { checkLog, type LogCheck } from './check';
import {
  cancelRun,
  findRun,
  finishRun,
  insertRun,
  lastFinished,
  lastGood,
  noteProgress,
  pageOfRuns,
  standingFailure,
  underWay,
  viewOf,
} from './findings';
import {
  type Scope,
  stateView,
  verificationInput,
  verificationPage,
  verificationsInput,
  verificationView,
  type VerificationView,
  verifyInput,
} from './schema';
import { nothing } from '../schema';

/** How long an answer waits for the finding; a longer verification goes on by itself. */
const ANSWER_MS = 20_000;
const POLL_MS = 250;
/** Between two notes of progress. */
const NOTE_MS = 1_000;

interface Begun {
  id: string;
  scope: Scope;
  earlier: Landmark | undefined;
}

const begin = verb({
  name: 'trail.verify',
  input: verifyInput,
  output: z.custom<Begun>(),
  permit: mayVerify,
  run: async ({ ctx, input, tx, event }) => {
    const earlier = await lastGood(tx);
    // With nothing to go on from, what is new is everything.
    const scope = earlier ? input.scope : 'all';
    const id = newId('vrf');
    const from = scope === 'new' ? (earlier?.size ?? 0) : 0;
    await underWay(tx);
    await insertRun(tx, { id, workspace: ctx.workspace, startedBy: ctx.actor.id, scope, from });
    event({
      type: 'trail.verification_started',
      object: { type: 'trail', id: ctx.workspace },
      data: { verification: id, scope, from },
    });
    return { id, scope, earlier };
  },
});

class Cancelled extends Error {}

const found = z.object({ id: z.string(), scope: z.string(), check: z.custom<LogCheck>() });

/** What a run found, as whoever was allowed to start it. */
const finish = verb({
  name: 'trail.verify',
  input: found,
  output: z.undefined(),
  permit: () => allow,
  run: async ({ ctx, input: { check, id, scope }, tx, event }) => {
    if (!(await finishRun(tx, id, check))) throw new Cancelled();
    const object = { type: 'trail', id: ctx.workspace };
    const good = check.status === 'ok';
    const data = {
      ...{ verification: id, scope, from: check.from, size: check.size },
      root: check.root.toString('base64'),
      ...(good ? {} : { first_bad: check.firstBad, detail: check.detail }),
    };
    event({ type: 'trail.verified', object, outcome: good ? 'succeeded' : 'failed', data });
    if (!good) event({ type: 'trail.verification_failed', object, outcome: 'failed', data });
    return undefined;
  },
});

/** For other rooms and tests: recomputes a workspace's log and records nothing. */
export async function verifyTrail(workspace: string): Promise<LogCheck> {
  return checkLog(workspace, { underway: await inWorkspace(workspace, expiriesUnderway) });
}

/** Verifications that this process carries out, by workspace. */
const own = new Map<string, { id: string; done: Promise<void> }>();

async function carryOut(
  ctx: Context,
  { earlier, id, scope }: Begun,
  contradictions: readonly string[],
): Promise<void> {
  let noted = 0;
  const onProgress = async (done: number, total: number) => {
    if (Date.now() - noted < NOTE_MS) return;
    noted = Date.now();
    if (!(await noteProgress(ctx.workspace, id, done, total))) throw new Cancelled();
  };
  try {
    const outside = await knownOutside(ctx.workspace);
    // Before the log is looked at: what was on its way then and has arrived by now is no matter.
    const underway = await inWorkspace(ctx.workspace, expiriesUnderway);
    const check = await checkLog(ctx.workspace, {
      underway,
      ...(scope === 'new' ? { from: earlier } : {}),
      landmarks: [...(earlier && scope === 'all' ? [earlier] : []), ...outside.landmarks],
      suspicions: [...contradictions, ...outside.suspicions],
      onProgress,
    });
    await finish(ctx, { id, scope, check });
    if (check.status === 'failed') {
      const { detail, firstBad, size } = check;
      logger.fatal(
        { workspace: ctx.workspace, verification: id, firstBad, size, detail },
        'the trail does not verify',
      );
    } else await anchor(ctx.workspace);
  } catch (error) {
    if (error instanceof Cancelled) return;
    await inWorkspace(ctx.workspace, (tx) =>
      cancelRun(tx, id, 'It could not be carried out to its end. Start it again.'),
    ).catch(() => undefined);
    throw error;
  }
}

/**
 * Verifies and waits for the finding, at most for so long: then the answer says that it is
 * still running. One verification of a workspace runs at a time, wherever it was asked for;
 * whoever asks for no more than what runs gets the finding of that.
 */
async function verifyFor(
  ctx: Context,
  raw: unknown,
  forMs: number,
  contradictions: readonly string[] = [],
): Promise<VerificationView> {
  const input = parse(verifyInput, raw);
  const until = Date.now() + forMs;
  for (;;) {
    const begun = await begin(ctx, input).catch((error: unknown) => {
      if (isRunning(error)) return undefined;
      throw error;
    });
    if (begun) {
      const done = carryOut(ctx, begun, contradictions).finally(() => own.delete(ctx.workspace));
      own.set(ctx.workspace, { id: begun.id, done });
      // Whoever waits hears of it; who does not must not bring the process down.
      done.catch((error: unknown) => {
        logger.error({ err: error, workspace: ctx.workspace }, 'a verification was not completed');
      });
      await Promise.race([done, pause(until)]);
      return seen(ctx, begun.id);
    }
    const other = await inWorkspace(ctx.workspace, (tx) => underWay(tx));
    if (!other) continue;
    const enough = other.scope === 'all' || other.scope === input.scope;
    await ended(ctx, other.id, until);
    if (enough) return seen(ctx, other.id);
    if (Date.now() >= until) {
      throw conflict(
        'verification_running',
        'A verification of what is new is under way. Wait for it, or cancel it, and start this one then.',
      );
    }
  }
}

function isRunning(error: unknown): boolean {
  return (
    isUniqueViolation(error) || (error as { code?: unknown } | null)?.code === 'already_exists'
  );
}

async function pause(until: number): Promise<void> {
  await wait(Math.min(2 ** 31 - 1, Math.max(0, until - Date.now())), undefined, { ref: false });
}

/** Waits for the end of a run, whichever process carries it out. */
async function ended(ctx: Context, id: string, until: number): Promise<void> {
  const here = own.get(ctx.workspace);
  if (here?.id === id) {
    await Promise.race([here.done.catch(() => undefined), pause(until)]);
    return;
  }
  while (Date.now() < until) {
    const row = await inWorkspace(ctx.workspace, async (tx) => {
      await underWay(tx);
      return findRun(tx, id);
    });
    if (row?.status !== 'running') return;
    await wait(POLL_MS);
  }
}

async function seen(ctx: Context, id: string): Promise<VerificationView> {
  const row = await inWorkspace(ctx.workspace, (tx) => findRun(tx, id));
  if (!row) throw notFound('verification');
  return viewOf(row, ctx.actor);
}

/** Verifies the log and records the finding; a long one goes on after the answer. */
export const verifyNow: Operation<typeof verifyInput, typeof verificationView> = Object.assign(
  (ctx: Context, raw: unknown) => verifyFor(ctx, raw, ANSWER_MS),
  {
    kind: 'verb' as const,
    operation: 'trail.verify',
    input: verifyInput,
    output: verificationView,
  },
);

/** The same to its end, for jobs. */
export function verifyToTheEnd(ctx: Context, scope: Scope): Promise<VerificationView> {
  return verifyFor(ctx, { scope }, Number.POSITIVE_INFINITY);
}

/** A place outside the database knows another history: that is a finding, unless one stands already. */
export async function verifyContradicted(
  ctx: Context,
  contradictions: readonly string[],
): Promise<void> {
  const standing = await inWorkspace(ctx.workspace, (tx) => standingFailure(tx));
  if (standing) return;
  await verifyFor(ctx, { scope: 'all' }, Number.POSITIVE_INFINITY, contradictions);
}

export const cancelVerification = verb({
  name: 'trail.cancel_verification',
  input: verificationInput,
  output: verificationView,
  permit: mayVerify,
  run: async ({ ctx, input, tx, event }) => {
    const row = await findRun(tx, input.id);
    if (!row) throw notFound('verification');
    if (!(await cancelRun(tx, row.id, 'It was cancelled.'))) {
      throw conflict(
        'verification_ended',
        'This verification has ended. There is nothing to cancel.',
      );
    }
    event({
      type: 'trail.verification_cancelled',
      object: { type: 'trail', id: ctx.workspace },
      outcome: 'cancelled',
      data: { verification: row.id, scope: row.scope, done: Number(row.done) },
    });
    const cancelled = { ...row, status: 'cancelled', detail: 'It was cancelled.' };
    return viewOf({ ...cancelled, finishedAt: clock.now() }, ctx.actor);
  },
});

export const getVerification = query({
  name: 'trail.verification',
  input: verificationInput,
  output: verificationView,
  permit: maySeeCheckpoint,
  run: async ({ ctx, input, tx }) => {
    const row = await findRun(tx, input.id);
    if (!row) throw notFound('verification');
    return viewOf(row, ctx.actor);
  },
});

export const listVerifications = query({
  name: 'trail.verifications',
  input: verificationsInput,
  output: verificationPage,
  permit: maySeeCheckpoint,
  run: ({ ctx, input, tx }) => pageOfRuns(tx, ctx.actor, input),
});

/** How the log stands: what runs, the last finding, and what was found wrong and is not cleared up. */
export const getVerificationState = query({
  name: 'trail.verification_state',
  input: nothing,
  output: stateView,
  permit: maySeeCheckpoint,
  run: async ({ ctx, tx }) => {
    const running = await tx.trailVerification.findFirst({ where: { status: 'running' } });
    const last = await lastFinished(tx);
    const failure = await standingFailure(tx);
    const good = await lastGood(tx);
    return {
      running: running ? viewOf(running, ctx.actor) : null,
      last: last ? viewOf(last, ctx.actor) : null,
      failure: failure ? viewOf(failure, ctx.actor) : null,
      verified_to: good?.size ?? null,
    };
  },
});
