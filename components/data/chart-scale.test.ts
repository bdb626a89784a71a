import { afterEach, describe, expect, it } from 'vitest';
import { instantLabel, pointLabel } from './chart-scale';

const DAY = 86_400_000;
const zone = process.env['TZ'];

afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

describe('what a point of a chart is called', () => {
  it('is its day, wherever the reader is and however many days there are', () => {
    for (const there of ['Pacific/Auckland', 'America/New_York', 'UTC']) {
      process.env['TZ'] = there;
      expect(pointLabel('2026-11-20')).toBe('20 Nov 2026');
      expect([DAY, 2 * DAY, 30 * DAY].map((span) => instantLabel('2026-11-20', span))).toEqual(
        Array(3).fill('20 Nov'),
      );
    }
  });

  it('is the instant by the reader’s clock, where it is one', () => {
    process.env['TZ'] = 'Pacific/Auckland';
    expect(pointLabel('2026-11-20T12:30:00.000Z')).toContain('21 Nov 2026, 01:30:00');
    expect(instantLabel('2026-11-20T12:30:00.000Z', DAY)).toBe('01:30');
    expect(instantLabel('2026-11-20T12:30:00.000Z', 2 * DAY)).toBe('21 Nov 01:30');
  });
});
