import { pino } from 'pino';
import { env } from './env';

/** Structured log; secrets are redacted by name should one ever be passed by mistake. */
export const logger = pino({
  level: env().LOG_LEVEL,
  base: null,
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
