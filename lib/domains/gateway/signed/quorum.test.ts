import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routeOf, strongest } from './route';
import { counted, groupsFor, quorumOf, type Signature } from './quorum';
import { anyApprover, type Need, type Route } from './schema';

const now = { digest: 'sha256:a', displayDigest: 'sha256:b' };
const sign = (member: string, places: number[], over: Partial<Signature> = {}): Signature => ({
  ...{ member_id: member, in_place_of: member, decision: 'approved', places },
  ...{ digest: now.digest, display_digest: now.displayDigest, extra: 0, ...over },
});
const need = (count: number, over: Partial<Need> = {}): Need => ({
  ...{ group: null, count, escalation: [], ...over },
});

/** Tries every way of giving each person one of their places, or none. */
function canFill(needs: readonly Need[], people: readonly Signature[]): boolean {
  const go = (at: number, left: readonly number[]): boolean => {
    if (left.every((count) => count <= 0)) return true;
    const person = people[at];
    if (!person) return false;
    return [...person.places, -1].some((place) =>
      go(
        at + 1,
        left.map((count, index) => (index === place ? count - 1 : count)),
      ),
    );
  };
  return (
    needs.length > 0 &&
    go(
      0,
      needs.map(({ count }) => count),
    )
  );
}

const needs = fc.array(
  fc.integer({ min: 1, max: 3 }).map((count) => need(count)),
  { maxLength: 4 },
);
const places = fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const people = fc
  .array(places, { maxLength: 7 })
  .map((all) => all.map((own, index) => sign(`mbr_${index}`, own)));

/** Some of them with others beside them. */
const mixed = fc
  .array(fc.tuple(places, fc.constantFrom(0, 0, 1, 2)), { maxLength: 7 })
  .map((all) => all.map(([own, extra], index) => sign(`mbr_${index}`, own, { extra })));

/** Every choice of so many of these. */
function choices<T>(of: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return of.flatMap((one, at) =>
    choices(of.slice(at + 1), count - 1).map((rest) => [one, ...rest]),
  );
}

describe('a signature that takes others beside it', () => {
  const most = (signed: readonly Signature[]) => Math.max(0, ...signed.map(({ extra }) => extra));

  it('is met exactly when so many free people can be left out and the rest fill every need', () => {
    let met = 0;
    fc.assert(
      fc.property(needs, mixed, (wanted, signed) => {
        const free = signed.filter(
          ({ extra, places: own }) => extra === 0 && own.some((at) => wanted[at]),
        );
        const expected = choices(free, most(signed)).some((left) =>
          canFill(
            wanted,
            signed.filter((one) => !left.includes(one)),
          ),
        );
        const quorum = quorumOf(wanted, signed, now);
        expect(quorum.met).toBe(expected);
        if (quorum.met && quorum.extra.count > 0) met += 1;
      }),
      { numRuns: 3_000 },
    );
    expect(met).toBeGreaterThan(0);
  });

  it('never does with fewer people than the needs and the largest of them, nor where it did not without', () => {
    fc.assert(
      fc.property(needs, mixed, (wanted, signed) => {
        const { met, missing, extra } = quorumOf(wanted, signed, now);
        const counts = wanted.reduce((sum, { count }) => sum + count, 0);
        expect(extra.count).toBe(most(signed));
        if (met) expect(signed.length).toBeGreaterThanOrEqual(counts + extra.count);
        const without = quorumOf(
          wanted,
          signed.map((one) => ({ ...one, extra: 0 })),
          now,
        );
        if (met) expect(without.met).toBe(true);
        // The needs lack the same either way.
        const sum = (all: number[]) => all.reduce((so, one) => so + one, 0);
        expect(sum(missing)).toBe(sum(without.missing));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes one more of somebody else, and not of another who takes one themselves', () => {
    const one = [need(1)];
    const raised = sign('mbr_1', [0], { extra: 1 });
    const other = sign('mbr_2', [0], { extra: 1 });
    expect(quorumOf(one, [raised], now)).toEqual({
      ...{ met: false, missing: [0], extra: { count: 1, missing: 1 } },
    });
    expect(quorumOf(one, [raised, other], now).met).toBe(false);
    expect(quorumOf(one, [raised, other, sign('mbr_3', [0])], now).met).toBe(true);
    expect(quorumOf(one, [sign('mbr_3', [0]), raised], now).met).toBe(true);
    // Who broke the glass takes no place, and stands beside nobody.
    expect(quorumOf(one, [raised, sign('mbr_3', [])], now).met).toBe(false);
  });
});

describe('a quorum', () => {
  it('is met exactly when some way of giving each person one place fills every need', () => {
    fc.assert(
      fc.property(needs, people, (wanted, signed) => {
        expect(quorumOf(wanted, signed, now).met).toBe(canFill(wanted, signed));
      }),
      { numRuns: 2_000 },
    );
  });

  it('lacks as many signatures as it says, and never gets worse with another', () => {
    fc.assert(
      fc.property(needs, people, places, (wanted, signed, more) => {
        const before = quorumOf(wanted, signed, now);
        const lacking = (one: typeof before) => one.missing.reduce((sum, n) => sum + n, 0);
        const after = quorumOf(wanted, [...signed, sign('mbr_more', more)], now);
        expect([lacking(before) - 1, lacking(before)]).toContain(lacking(after));
        expect(before.met).toBe(wanted.length > 0 && lacking(before) === 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('counts nobody for no needs, and any one approver by default', () => {
    expect(quorumOf([], [sign('mbr_1', [0])], now).met).toBe(false);
    expect(quorumOf(anyApprover, [sign('mbr_1', [0])], now).met).toBe(true);
  });

  it('counts a person once, and a place given away once', () => {
    const two = [need(2)];
    expect(quorumOf(two, [sign('mbr_1', [0]), sign('mbr_1', [0])], now).met).toBe(false);
    const deputy = sign('mbr_2', [0], { in_place_of: 'mbr_1' });
    expect(quorumOf(two, [sign('mbr_1', [0]), deputy], now).met).toBe(false);
    expect(quorumOf(two, [deputy, sign('mbr_1', [0])], now).met).toBe(false);
    expect(quorumOf(two, [deputy, sign('mbr_3', [0])], now).met).toBe(true);
  });

  it('counts no signature of anything else, and no rejection', () => {
    for (const over of [
      { digest: 'sha256:c' },
      { display_digest: 'sha256:c' },
      { decision: 'rejected' },
      { places: [] },
      { places: [7] },
    ])
      expect(quorumOf(anyApprover, [sign('mbr_1', [0], over)], now).met).toBe(false);
    const stale = sign('mbr_1', [0], { digest: 'sha256:c' });
    expect(counted([stale, sign('mbr_1', [0])], now)).toHaveLength(1);
  });

  it('opens to the next groups in time', () => {
    const escalation = [
      { after_minutes: 10, group: 'grp_b' },
      { after_minutes: 20, group: null },
    ];
    const one = need(1, { group: 'grp_a', escalation });
    const at = (minutes: number) => groupsFor(one, minutes * 60_000);
    expect([at(9), at(10), at(20)]).toEqual([
      ['grp_a'],
      ['grp_a', 'grp_b'],
      ['grp_a', 'grp_b', null],
    ]);
  });
});

describe('a route', () => {
  const route = (id: string, fits: Route['fits']): Route => ({
    ...{ id, fits, needs: anyApprover, wait_minutes: null, signing: null },
  });
  const held = {
    ...{ type: 'refunds.create', agent: 'agt_1', classification: 'Confidential' as const },
    amount: 500,
  };

  it('is the first that fits, and none where none does', () => {
    const routes = [
      route('type', { action_types: ['mails.send'] }),
      route('agent', { agents: ['agt_2'] }),
      route('class', { classification: 'Restricted' }),
      route('below', { amount_below: 500 }),
      route('from', { amount_from: 500, classification: 'Internal' }),
      route('all', {}),
    ];
    expect(routeOf(routes, held)?.id).toBe('from');
    expect(routeOf(routes, { ...held, amount: 499 })?.id).toBe('below');
    expect(routeOf(routes, { ...held, amount: null })?.id).toBe('all');
    expect(routeOf(routes, { ...held, classification: 'Restricted' })?.id).toBe('class');
    expect(routeOf(routes.slice(0, 3), held)).toBeUndefined();
  });

  it('asks for the strongest of what is asked', () => {
    expect(strongest('session', null, undefined)).toBe('session');
    expect(strongest('session', 'passkey', 'step_up')).toBe('passkey');
    expect(strongest('step_up', null, 'session')).toBe('step_up');
  });
});
