/**
 * A rotation, step by step. Each move is one conditional update with its event, so that a
 * step can be repeated after a crash and two workers cannot both take it:
 *
 * requested → created   the new key exists beside the old one, proven by nothing yet
 * created   → tested    the new key was used with success
 * tested    → switched  the new key is the current one, the old one still valid
 * switched  → revoked   the old key no longer works; done
 * before the switch → failed: the new key is withdrawn, the old one stays current
 * switched  → by_hand   a person ended it and withdraws the old key at the upstream
 * any       → cancelled the secret was revoked; a person withdraws its keys at the upstream
 */
export const rotationSteps = [
  'requested',
  'created',
  'tested',
  'switched',
  'revoked',
  'failed',
  'by_hand',
  'cancelled',
] as const;
export type RotationStep = (typeof rotationSteps)[number];

const moves: Record<RotationStep, readonly RotationStep[]> = {
  requested: ['created', 'failed', 'cancelled'],
  created: ['tested', 'failed', 'cancelled'],
  tested: ['switched', 'failed', 'cancelled'],
  switched: ['revoked', 'by_hand', 'cancelled'],
  revoked: [],
  failed: [],
  by_hand: [],
  cancelled: [],
};

/** A step that something is still to be done at. */
export type OpenStep = 'requested' | 'created' | 'tested' | 'switched';

export function mayMove(from: RotationStep, to: RotationStep): boolean {
  return moves[from].includes(to);
}

export function isFinished(step: RotationStep): boolean {
  return moves[step].length === 0;
}

/** Whether the new key is in use, and only the old one's end is left to do. */
export function isSwitched(step: RotationStep): boolean {
  return step === 'switched';
}

/** The order a person sees; an end that is none of these takes the place of the step not reached. */
export const shownSteps = ['requested', 'created', 'tested', 'switched', 'revoked'] as const;

/** Failed attempts at a step before the switch after which a rotation gives up. */
export const MAX_ATTEMPTS = 8;

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** Milliseconds to wait after this many failed attempts at a step: 1, 2, 4 … up to 60 minutes. */
export function retryAfter(attempts: number): number {
  return Math.min(2 ** (attempts - 1), 60) * MINUTE;
}

/** Whether a failure is worth an event: the first at a step, another one, or a day after the last. */
export function isTold(
  before: { error: string | null; toldAt: Date | null },
  error: string,
  now: Date,
): boolean {
  const { toldAt } = before;
  return toldAt === null || before.error !== error || now.getTime() - toldAt.getTime() >= DAY;
}
