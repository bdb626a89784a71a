import { expect, it } from 'vitest';
import { Limits } from './limits';

const DAY = Date.parse('2026-11-20T00:00:00Z');
const once = { perDay: 1 };
const over = { over: 'rate', window: 'day' };

it('forgives nothing when the clock steps back by a little over midnight', () => {
  const limits = new Limits();
  const take = (at: number) => limits.take('agent', 'permission', once, {}, at);
  expect(take(DAY + 200)).toHaveProperty('charge');
  expect(take(DAY - 800)).toMatchObject(over);
  expect(take(DAY + 1_000)).toMatchObject(over);
});

it('follows a clock that was far ahead and is right again', () => {
  const limits = new Limits();
  const minutely = (at: number) => limits.take('agent', 'permission', { perMinute: 1 }, {}, at);
  expect(minutely(DAY + 86_400_000)).toHaveProperty('charge');
  expect(minutely(DAY)).toHaveProperty('charge');
  expect(minutely(DAY + 1_000)).toMatchObject({ over: 'rate', window: 'minute' });
  expect(minutely(DAY + 60_000)).toHaveProperty('charge');
});
