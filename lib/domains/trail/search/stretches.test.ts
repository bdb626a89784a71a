import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bounds, Stretches, stretchLexeme } from './stretches';

const DAY_MS = 86_400_000;
const at = (time: string) => Date.parse(time);
const known = { from: at('2025-12-01T00:00:00Z'), to: at('2026-11-26T12:00:00Z') };

const instant = fc.integer({ min: at('2025-06-01'), max: at('2027-06-01') });
const bound = (none: number) => fc.oneof(instant, fc.constant(none));
const step = fc.record({
  ms: fc.option(fc.integer({ min: 1, max: 200 * DAY_MS }), { nil: undefined }),
  whole: fc.boolean(),
});

describe('the stretches of a scan', () => {
  it('cover everything between its limits, each instant once, in their order', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.record({ from: bound(-Infinity), to: bound(Infinity) }),
        fc.array(step, { minLength: 1 }),
        (older, limits, steps) => {
          fc.pre(limits.from < limits.to);
          const stretches = new Stretches(older, limits, known);
          const went: Bounds[] = [];
          for (let n = 0; !stretches.ended; n += 1) {
            const { ms, whole } = steps[n % steps.length] ?? { ms: undefined, whole: false };
            const given = stretches.next(n < 40 ? ms : undefined);
            went.push(whole ? stretches.toMonth(given) : given);
          }
          const inOrder = older ? went.toReversed() : went;
          expect(inOrder.at(0)?.from).toBe(limits.from);
          expect(inOrder.at(-1)?.to).toBe(limits.to);
          for (const [n, { from, to }] of inOrder.entries()) {
            expect(from).toBeLessThan(to);
            if (n > 0) expect(from).toBe(inOrder[n - 1]?.to);
          }
        },
      ),
    );
  });

  it('are made longer to the end of a month', () => {
    const limits = { from: -Infinity, to: Infinity };
    const older = new Stretches(true, limits, known);
    expect(older.toMonth(older.next(10 * DAY_MS))).toEqual({
      from: at('2026-11-01T00:00:00Z'),
      to: Infinity,
    });
    expect(older.next(DAY_MS).to).toBe(at('2026-11-01T00:00:00Z'));
    const newer = new Stretches(false, { ...limits, from: at('2026-03-10T00:00:00Z') }, known);
    expect(newer.toMonth(newer.next(40 * DAY_MS)).to).toBe(at('2026-05-01T00:00:00Z'));
  });
});

describe('what a stretch is looked up by', () => {
  const now = known.to;
  const queryOf = (from: string, to: string) =>
    stretchLexeme({ from: at(from), to: at(to) }, now)?.query;

  it('is each of its hours or days, and nothing where they are too many', () => {
    expect(queryOf('2026-11-24T22:30:00Z', '2026-11-25T00:10:00Z')).toBe(
      `('=hour=2026112422' | '=hour=2026112423' | '=hour=2026112500')`,
    );
    expect(queryOf('2026-11-22T22:30:00Z', '2026-11-25T00:00:00Z')).toBe(
      `('=day=20261122' | '=day=20261123' | '=day=20261124')`,
    );
    expect(queryOf('2026-01-01T00:00:00Z', '2026-11-25T00:00:00Z')).toBeUndefined();
  });

  it('is nothing where it may be in the future', () => {
    expect(queryOf('2026-11-25T00:00:00Z', '2026-11-27T00:00:00Z')).toBeUndefined();
    expect(stretchLexeme({ from: at('2026-11-25'), to: Infinity }, now)).toBeUndefined();
  });

  it('counts its lists, and the part of a month that it is', () => {
    expect(
      stretchLexeme({ from: at('2026-11-01'), to: at('2026-11-01') + 15.5 * DAY_MS }, now),
    ).toMatchObject({ lists: 16, share: 0.5 });
  });
});
