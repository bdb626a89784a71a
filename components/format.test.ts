import { describe, expect, it } from 'vitest';
import {
  formatDay,
  formatDuration,
  formatExact,
  formatMinutes,
  formatMoney,
  formatNumber,
  plural,
  relativeTime,
  shortId,
} from './format';
import { isSignedOut, readProblem } from './problem';

const now = Date.parse('2026-11-21T14:00:00Z');
const ago = (ms: number) => relativeTime(now - ms, now);

describe('what is shown of times, ids and counts', () => {
  it('says how long ago in one unit', () => {
    expect([2_000, 40_000, 130_000, 3 * 3_600_000, 4 * 86_400_000].map(ago)).toEqual([
      'just now',
      '40 s ago',
      '2 min ago',
      '3 h ago',
      '4 d ago',
    ]);
    expect(relativeTime(now + 3_600_000, now)).toBe('in 1 h');
    expect(relativeTime('nonsense', now)).toBe('');
  });

  it('names a calendar day as it is, wherever the reader is', () => {
    const zone = process.env['TZ'];
    for (const there of ['America/New_York', 'Pacific/Auckland']) {
      process.env['TZ'] = there;
      expect(formatDay('2026-11-20')).toBe('20 Nov 2026');
    }
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it('never says of what is over that it is still to come, by a clock that lags', () => {
    expect([-1, -7_000, -15_000, -59_000].map(ago)).toEqual(Array(4).fill('just now'));
    expect(ago(-60_000)).toBe('in 1 min');
  });

  it('says whole minutes in full', () => {
    expect([0, 1, 60, 90, 1_440, 1_531, 43_200].map(formatMinutes)).toEqual([
      ...['0 min', '1 min', '1 h', '1 h 30 min', '1 day', '1 day 1 h 31 min', '30 days'],
    ]);
  });

  it('gives a duration two units at most', () => {
    expect([0, 214, 1_300, 221_000, 90_000_000].map(formatDuration)).toEqual([
      '0 ms',
      '214 ms',
      '1.3 s',
      '3 min 41 s',
      '1 d 1 h',
    ]);
  });

  it('keeps both ends of an id', () => {
    expect(shortId('act_0199f3a2-7c1e-7d10-9f00-00000000beef')).toBe('act_0199…beef');
    expect(shortId('act_short')).toBe('act_short');
  });

  it('rounds a statistic, and nothing that is compared exactly', () => {
    expect([1_500.0004, 0.0005].map(formatNumber)).toEqual(['1,500', '0.001']);
    expect([1_500.0004, 0.0005, 0.1, -5, 500].map(formatExact)).toEqual([
      ...['1,500.0004', '0.0005', '0.1', '-5', '500'],
    ]);
    expect(formatMoney(500.0004)).toBe('$500.0004');
    expect(formatMoney(12.5, 'JPY')).toBe('¥12.5');
  });

  it('counts in words', () => {
    expect([plural(1, 'token'), plural(3, 'token'), plural(2, 'entry', 'entries')]).toEqual([
      '1 token',
      '3 tokens',
      '2 entries',
    ]);
  });
});

describe('readProblem', () => {
  it('reads sentence, code and fields', () => {
    const error = Object.assign(new Error('The name is taken.'), {
      status: 409,
      code: 'name_taken',
      errors: [{ field: 'name', message: 'is taken' }],
    });
    expect(readProblem(error)).toEqual({
      sentence: 'The name is taken.',
      code: 'name_taken',
      status: 409,
      fields: { name: 'is taken' },
    });
  });

  it('names a field in words where the API begins with its name', () => {
    const refused = (field: string, detail = `${field}: must be a whole number`) =>
      readProblem({ detail, errors: [{ field, message: 'must be a whole number' }] }).sentence;
    expect(refused('baseUrl')).toBe('Base URL: must be a whole number');
    expect(refused('ladder.gated')).toBe('Ladder › Gated: must be a whole number');
    expect(refused('steps.0.agent_id')).toBe('Steps › 1 › Agent ID: must be a whole number');
    expect(refused('')).toBe(': must be a whole number');
    expect(refused('name', 'The name is taken.')).toBe('The name is taken.');
  });

  it('has a sentence for anything', () => {
    expect(readProblem(undefined).sentence).toMatch(/went wrong/);
    expect(readProblem(new TypeError('Failed to fetch')).sentence).toMatch(/could not be reached/);
  });
});

describe('a session that has ended', () => {
  it('is told from every other refusal', () => {
    expect(isSignedOut({ status: 401, code: 'unauthenticated' })).toBe(true);
    expect(isSignedOut({ status: 403, code: 'forbidden' })).toBe(false);
    expect(isSignedOut({ status: 422, code: 'wrong_password' })).toBe(false);
    expect(isSignedOut(null)).toBe(false);
  });
});
