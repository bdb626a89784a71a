import { randomSecret } from '@/lib/infra/crypto';
import type { Tx } from '@/lib/infra/db';
import type { Context } from '@/lib/kernel/context';
import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import { Problem } from '@/lib/kernel/problem';
import { type Operation, type Verb, verb } from '@/lib/kernel/verb';
import { z } from 'zod';
import { isInBrowser } from '../policy';
import { done, okay } from '../schema';
import { challengeEnded } from './errors';
import { dropChallenge, putChallenge, takeChallenge } from './repo';

export const CHALLENGE_MS = 5 * 60_000;

/** What the session's passkey must sign next: 32 random bytes in base64url, kept with the session. */
export async function openChallenge(
  tx: Tx,
  actor: Actor,
  purpose: 'register' | 'step_up',
): Promise<string> {
  const challenge = randomSecret();
  const challengeExpiresAt = new Date(clock.now().getTime() + CHALLENGE_MS);
  await putChallenge(tx, actor, { challenge, challengeFor: purpose, challengeExpiresAt });
  return challenge;
}

/** The open challenge, which is thereby used up. */
export async function usedChallenge(
  tx: Tx,
  actor: Actor,
  purpose: 'register' | 'step_up',
): Promise<string> {
  const challenge = await takeChallenge(tx, actor, purpose);
  if (challenge === undefined) throw challengeEnded();
  return challenge;
}

const noteFailure = verb({
  name: 'passkeys.note_failure',
  input: z.strictObject({ type: z.string(), reason: z.string() }),
  output: done,
  permit: isInBrowser,
  run: async ({ ctx, input, tx, event }) => {
    await dropChallenge(tx, ctx.actor);
    event({
      type: input.type,
      object: { type: 'member', id: ctx.actor.id },
      outcome: 'refused',
      data: { reason: input.reason },
    });
    return okay;
  },
});

/**
 * The verb, with its failed attempts recorded. A failure undoes its transaction, so the open
 * challenge is dropped in one of its own: each is answered once, rightly or wrongly.
 */
export function notingFailures<I extends z.ZodType, O extends z.ZodType>(
  operation: Verb<I, O>,
  type: string,
  reasons: readonly string[],
): Operation<I, O> {
  const { kind, input, output } = operation;
  const perform = async (ctx: Context, raw: unknown) => {
    try {
      return await operation(ctx, raw);
    } catch (error) {
      if (error instanceof Problem && reasons.includes(error.code)) {
        await noteFailure(ctx, { type, reason: error.code });
      }
      throw error;
    }
  };
  return Object.assign(perform, { kind, operation: operation.operation, input, output });
}
