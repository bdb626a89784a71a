import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permissionWidens } from '../policies/diff';
import type { PermissionDocument } from '../policies/permission-document';
import { narrowed, roundedUp } from './propose';

const rule = (action: string, over: Partial<PermissionDocument> = {}): PermissionDocument => ({
  action,
  tier: 1,
  ladder: null,
  condition: [],
  limits: {},
  ...over,
});
const ladder = (autonomous: number, supervised: number, gated: number) => ({
  tier: null,
  ladder: { parameter: 'amount', autonomous, supervised, gated },
});

describe('limits far above their use', () => {
  const climbed = (uses: number, autonomous: number | null, supervised: number, gated: number) => ({
    ...{ uses, max: gated, p99: gated },
    upTo: { autonomous, supervised, gated },
  });

  it('come down to round numbers above the most that was used', () => {
    const wide = rule('refunds.create', ladder(50, 10_000, 50_000));
    expect(narrowed(wide, climbed(40, 40, 480, 480), undefined)).toEqual({
      proposed: rule('refunds.create', ladder(50, 500, 500)),
      parts: [
        { part: 'supervised', now: 10_000, max: 480, p99: 480, proposed: 500 },
        { part: 'gated', now: 50_000, max: 480, p99: 480, proposed: 500 },
      ],
    });
  });

  it('stay where they are near it, or where too few uses say so', () => {
    const near = rule('refunds.create', ladder(50, 500, 900));
    expect(narrowed(near, climbed(40, 40, 480, 480), undefined)).toBeUndefined();
    const wide = rule('refunds.create', ladder(50, 10_000, 50_000));
    expect(narrowed(wide, climbed(9, 40, 480, 480), undefined)).toBeUndefined();
    expect(narrowed(wide, undefined, undefined)).toBeUndefined();
  });

  it('are rates and amounts a day as well', () => {
    const limits = {
      perMinute: 100,
      perDay: 30,
      amountPerDay: { parameter: 'amount', max: 9_000 },
    };
    const rates = {
      perMinute: { max: 7, p99: 3 },
      perDay: { max: 20, p99: 18 },
      amountPerDay: { max: 1_480.5, p99: 1_200 },
    };
    const { proposed } = narrowed(rule('mail.send', { limits }), undefined, rates) ?? {};
    expect(proposed?.limits).toEqual({
      ...{ perMinute: 8, perDay: 30 },
      amountPerDay: { parameter: 'amount', max: 1_500 },
    });
  });

  it('are round, above what was used, and never far above it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e12, noNaN: true }), (used) => {
        const round = roundedUp(used);
        expect(round).toBeGreaterThan(used);
        expect(round).toBeLessThanOrEqual(used * 1.51);
        expect(String(round).replace(/[.0]/g, '').length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('never widen and never cut what was used off, whatever it was', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 10, maxLength: 40 });
    const rungs = fc.tuple(fc.nat(50_000), fc.nat(50_000), fc.nat(50_000));
    const tierOf = ({ ladder: of }: PermissionDocument, amount: number) =>
      of ? [of.autonomous, of.supervised, of.gated].findIndex((rung) => amount <= rung) : -1;
    fc.assert(
      fc.property(amounts, rungs, (used, thresholds) => {
        const [a = 0, b = 0, c = 0] = thresholds.toSorted((x, y) => x - y);
        const before = rule('refunds.create', ladder(a, b, c));
        const most = (rung: number) => {
          const within = used.filter((amount) => amount <= rung);
          return within.length === 0 ? null : Math.max(...within);
        };
        const max = Math.max(...used);
        const upTo = { autonomous: most(a), supervised: most(b), gated: most(c) };
        const wide = narrowed(before, { uses: used.length, max, p99: max, upTo }, undefined);
        if (!wide) return;
        expect(permissionWidens(before, wide.proposed)).toBe(false);
        const { ladder: to } = wide.proposed;
        expect(to && to.autonomous <= to.supervised && to.supervised <= to.gated).toBe(true);
        for (const amount of used) {
          expect(tierOf(wide.proposed, amount)).toBe(tierOf(before, amount));
        }
      }),
    );
  });
});
