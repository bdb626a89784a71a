import { describe, expect, it } from 'vitest';
import { loggedError } from './logger';

describe('an error in the log', () => {
  it('is its kind, words, code, place and cause, and nothing that a driver hangs on it', () => {
    const cause = Object.assign(new TypeError('socket closed'), { code: 'ECONNRESET', host: 'db' });
    const error = Object.assign(new RangeError('duplicate key', { cause }), {
      code: '23505',
      detail: 'Key (email)=(ada@example.com) already exists.',
      client: { connectionParameters: { user: 'countersign_gateway', password: 'hunter2' } },
    });
    expect(loggedError(error)).toEqual({
      type: 'RangeError',
      message: 'duplicate key',
      code: '23505',
      stack: error.stack,
      cause: {
        type: 'TypeError',
        message: 'socket closed',
        code: 'ECONNRESET',
        stack: cause.stack,
      },
    });
  });

  it('is told of whatever was thrown', () => {
    expect(loggedError('no')).toEqual({ type: 'string', message: 'no' });
    expect(loggedError(undefined)).toEqual({ type: 'undefined', message: 'undefined' });
  });

  it('ends where causes go round', () => {
    const error = new Error('one');
    error.cause = new Error('two', { cause: error });
    expect(() => JSON.stringify(loggedError(error))).not.toThrow();
  });
});
