import { z } from 'zod';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { type Operation, query, verb } from '@/lib/kernel/verb';
import { maySeeCheckpoint, mayVerify } from '../policy';
import {
  nothing,
  verificationPage,
  verificationsInput,
  type VerificationView,
  verificationView,
} from '../schema';
import { earlierFinding, insertVerification, pageOfVerifications } from '../verifications';
import { checkLog, type Earlier, type LogCheck } from '../verify';

/** What the last verification found, and that this actor may start one. */
const begin = query({
  name: 'trail.verify',
  input: nothing,
  output: z.custom<Earlier | undefined>(),
  permit: mayVerify,
  run: ({ tx }) => earlierFinding(tx),
});

const found = z.object({ check: z.custom<LogCheck>(), startedAt: z.date() });

const record = verb({
  name: 'trail.verify',
  input: found,
  output: verificationView,
  permit: mayVerify,
  run: async ({ ctx, input: { check, startedAt }, tx, event }) => {
    const view: VerificationView = {
      id: newId('vrf'),
      started_by: ctx.actor.id,
      size: check.size,
      status: check.status,
      first_bad: check.firstBad,
      detail: check.detail,
      started_at: startedAt.toISOString(),
      finished_at: clock.now().toISOString(),
    };
    await insertVerification(tx, ctx.workspace, view, check.root);
    event({
      type: 'trail.verified',
      object: { type: 'trail', id: ctx.workspace },
      outcome: check.status === 'ok' ? 'succeeded' : 'failed',
      data: {
        size: check.size,
        root: check.root.toString('base64'),
        ...(check.status === 'ok' ? {} : { first_bad: check.firstBad, detail: check.detail }),
      },
    });
    return view;
  },
});

/** Verifications under way, by workspace: whoever asks meanwhile gets the same finding. */
const running = new Map<string, Promise<LogCheck>>();

/** For other rooms: recomputes a workspace's log and records nothing. */
export async function verifyTrail(workspace: string, earlier?: Earlier): Promise<LogCheck> {
  const already = running.get(workspace);
  if (already) return already;
  const check = checkLog(workspace, earlier).finally(() => running.delete(workspace));
  running.set(workspace, check);
  return check;
}

async function perform(ctx: Context, raw: unknown): Promise<VerificationView> {
  const earlier = await begin(ctx, raw);
  const startedAt = clock.now();
  const check = await verifyTrail(ctx.workspace, earlier);
  if (check.status === 'failed') {
    logger.fatal(
      {
        workspace: ctx.workspace,
        firstBad: check.firstBad,
        size: check.size,
        detail: check.detail,
      },
      'the trail does not verify',
    );
  }
  return record(ctx, { check, startedAt });
}

/**
 * Verifies the whole log and records the finding. The recomputing happens outside the
 * transaction that records, which a long log would outlast.
 */
export const verifyNow: Operation<typeof nothing, typeof verificationView> = Object.assign(
  perform,
  {
    kind: 'verb' as const,
    operation: 'trail.verify',
    input: nothing,
    output: verificationView,
  },
);

export const listVerifications = query({
  name: 'trail.verifications',
  input: verificationsInput,
  output: verificationPage,
  permit: maySeeCheckpoint,
  run: ({ input, tx }) => pageOfVerifications(tx, input),
});
