import { describe, expect, it } from 'vitest';
import { barsOf, COARSE_MS, coarser, countedFrom } from './bars';

const HOUR_MS = 3_600_000;
const now = Date.parse('2026-11-21T14:02:07.000Z');

describe('the bars of a picture', () => {
  it('are whole hours where finer ones could not all be counted, if there are enough of them', () => {
    const fine = barsOf({}, now - 7 * HOUR_MS, now);
    expect(fine.bars.width).toBeLessThan(HOUR_MS);
    expect(coarser(fine)).toBe(true);
    const hours = barsOf({}, now - 7 * HOUR_MS, now, COARSE_MS);
    expect(hours.bars).toEqual({ origin: '2026-11-21T07:00:00.000Z', width: HOUR_MS });
    expect(coarser(hours)).toBe(false);
    expect(coarser(barsOf({}, now - 2 * HOUR_MS, now))).toBe(false);
  });

  it('say from where on the newest matches were counted', () => {
    const row = (time: string, count: number) => ({ at: new Date(time), outcome: '', count });
    const rows = [
      row('2026-11-21T13:00:00Z', 4),
      row('2026-11-21T12:00:00Z', 2),
      row('2026-11-21T11:00:00Z', 0),
    ];
    expect(countedFrom(rows, '2026-11-21T14:00:00Z')).toBe('2026-11-21T12:00:00.000Z');
    expect(countedFrom([], '2026-11-21T14:00:00Z')).toBe('2026-11-21T14:00:00.000Z');
  });
});
