import { logger } from '@/lib/infra/logger';
import { Problem, unavailable } from '@/lib/kernel/problem';

export const PROBLEM_TYPE = 'application/problem+json';

/** Whatever was thrown, as what may be told: what is no Problem is logged and kept inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  logger.error({ err: error }, 'request failed');
  if (isDatabaseAway(error)) {
    return unavailable(
      'database_unavailable',
      'The database cannot be reached, so nothing was done. Try again shortly.',
      error,
    );
  }
  return new Problem({
    status: 500,
    code: 'internal',
    title: 'Internal error',
    detail: 'Something went wrong here. Try again; if it stays, tell the operator.',
    cause: error,
  });
}

/** Connection failures, and SQLSTATE classes 08 (connection), 53 (resources) and 57 (shutdown). */
function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^(08|53|57)|^E[A-Z]{4,}$/.test(code) || /connection|timeout/i.test(error.message);
}
