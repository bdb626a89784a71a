/**
 * A rotation, step by step. Each move is one conditional update with its event, so that a
 * step can be repeated after a crash and two workers cannot both take it:
 *
 * requested → created   the new key exists beside the old one, proven by nothing yet
 * created   → tested    the new key was used with success
 * tested    → switched  the new key is the current one, the old one still valid
 * switched  → revoked   the old key no longer works; done
 * before the switch → failed: the new key is withdrawn, the old one stays current
 */
export const rotationSteps = [
  'requested',
  'created',
  'tested',
  'switched',
  'revoked',
  'failed',
] as const;
export type RotationStep = (typeof rotationSteps)[number];

const moves: Record<RotationStep, readonly RotationStep[]> = {
  requested: ['created', 'failed'],
  created: ['tested', 'failed'],
  tested: ['switched', 'failed'],
  switched: ['revoked'],
  revoked: [],
  failed: [],
};

export function mayMove(from: RotationStep, to: RotationStep): boolean {
  return moves[from].includes(to);
}

export function isFinished(step: RotationStep): boolean {
  return moves[step].length === 0;
}

/** The order a person sees; `failed` takes the place of the step that did not succeed. */
export const shownSteps = ['requested', 'created', 'tested', 'switched', 'revoked'] as const;

/** Failed attempts at a step before the switch after which a rotation gives up. */
export const MAX_ATTEMPTS = 8;
