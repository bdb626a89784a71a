import { pino } from 'pino';
import { env } from './env';

/** Causes of causes that are told of; some go round. */
const MOST_CAUSES = 4;

interface LoggedError {
  type: string;
  message: string;
  /** Stable code of a problem, of Node or of PostgreSQL. */
  code?: string | number;
  stack?: string | undefined;
  cause?: LoggedError;
}

/**
 * What is logged of an error, and nothing else: what a driver hangs on its errors has whole
 * connections in it, and rows that the database refused.
 */
export function loggedError(error: unknown, causes = MOST_CAUSES): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    type: error.constructor.name,
    message: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: error.stack,
    ...(error.cause === undefined || causes === 0
      ? {}
      : { cause: loggedError(error.cause, causes - 1) }),
  };
}

/** Structured log; secrets are redacted by name should one ever be passed by mistake. */
export const logger = pino({
  level: env().LOG_LEVEL,
  base: null,
  serializers: { err: (error: unknown) => loggedError(error) },
  redact: {
    paths: [
      'password',
      'token',
      'secret',
      'authorization',
      'client_assertion',
      '*.password',
      '*.token',
      '*.secret',
      '*.authorization',
      '*.client_assertion',
      'headers.cookie',
    ],
    censor: '[redacted]',
  },
});
