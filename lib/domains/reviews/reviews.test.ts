import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf, dayBefore, dayOf } from './day';
import { drawAtRandom } from './sampling/random';

describe('the day in a time zone', () => {
  it('lasts from midnight to midnight, also when clocks change', () => {
    // Berlin: 2026-03-29 has 23 hours, 2026-10-25 has 25.
    const hours = (day: string, zone: string) => {
      const { start, end } = boundsOf(day, zone);
      return (end.getTime() - start.getTime()) / 3_600_000;
    };
    expect(hours('2026-03-29', 'Europe/Berlin')).toBe(23);
    expect(hours('2026-10-25', 'Europe/Berlin')).toBe(25);
    expect(boundsOf('2026-11-21', 'Asia/Kolkata').start.toISOString()).toBe(
      '2026-11-20T18:30:00.000Z',
    );
  });

  it('holds every instant in exactly the day it is of', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Pacific/Kiritimati',
      'Asia/Kathmandu',
    ];
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2025-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
        fc.constantFrom(...zones),
        (instant, zone) => {
          const { start, end } = boundsOf(dayOf(instant, zone), zone);
          expect(start <= instant && instant < end).toBe(true);
        },
      ),
    );
    expect(dayBefore('2026-03-01')).toBe('2026-02-28');
  });
});

describe('the draw', () => {
  it('takes distinct members of the population, all of them when there are few', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.nat(40), (ids, size) => {
        const drawn = drawAtRandom(ids, size);
        expect(drawn).toHaveLength(Math.min(size, ids.length));
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(drawn.every((id) => ids.includes(id))).toBe(true);
      }),
    );
  });

  it('favours none: chi-square over 4,000 draws of 3 from 12', () => {
    const ids = Array.from({ length: 12 }, (_, index) => String(index));
    const counts = new Map(ids.map((id) => [id, 0]));
    for (let round = 0; round < 4_000; round += 1) {
      for (const id of drawAtRandom(ids, 3)) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const expected = 1_000;
    const statistic = [...counts.values()].reduce(
      (sum, seen) => sum + (seen - expected) ** 2 / expected,
      0,
    );
    // 11 degrees of freedom; 45 has a probability below one in 200,000 for a fair draw.
    expect(statistic).toBeLessThan(45);
  });
});
