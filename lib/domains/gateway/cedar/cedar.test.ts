import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifications } from '@/lib/domains/classification';
import type { Ladder } from '../snapshot/rows';
import { type Condition, scaled } from '@/lib/domains/access/server';
import { compilePolicies as compile } from './compile';
import { evaluate as evaluateIn } from './evaluate';

const properties = {
  amount: { type: 'number' },
  customer_id: { type: 'string' },
  urgent: { type: 'boolean' },
};
const type = {
  key: 'refunds.create',
  classification: 'Internal' as const,
  parameters: { properties },
};

type Compiled = ReturnType<typeof compile>;

function compilePolicies(
  of: Parameters<typeof compile>[0],
  permissions: Parameters<typeof compile>[2],
  environment: string | null = null,
): Compiled {
  return compile(of, { environment }, permissions);
}

/** Cedar's answer to already scaled numbers. */
function evaluate(policies: Compiled, who: Parameters<typeof evaluateIn>[1], parameters: object) {
  return evaluateIn(policies, who, { parameters: { ...parameters }, session: {}, time: {} });
}

function agent(over: Partial<Parameters<typeof evaluateIn>[1]> = {}) {
  return {
    id: 'agt_1',
    name: 'refund-handler',
    model: 'scripted',
    environment: 'production',
    roles: new Set(['rol_1']),
    clearance: 'Internal' as const,
    state: 'active',
    ...over,
  };
}

const permission = (
  id: string,
  ladder: Ladder | null,
  tier: 1 | 2 | 3 | null = null,
  role = 'rol_1',
) => ({
  id,
  role_id: role,
  tier,
  ladder,
  condition: [] as Condition,
});

const cents = fc.integer({ min: -1_000, max: 2_000_000 }).map((value) => value / 100);
const ladders = fc
  .tuple(cents, cents, cents)
  .map((values) => values.map(Math.abs).toSorted((a, b) => a - b) as [number, number, number])
  .map(([autonomous, supervised, gated]) => ({
    parameter: 'amount',
    autonomous,
    supervised,
    gated,
  }));

describe('scaled', () => {
  it('is exact, and refuses what it would have to round', () => {
    expect(scaled(1.1)).toBe(11_000);
    expect(scaled(0.0001)).toBe(1);
    expect(scaled(-3.25)).toBe(-32_500);
    expect(scaled(0.00001)).toBeUndefined();
    expect(scaled(1e21)).toBeUndefined();
    expect(scaled(Number.MAX_SAFE_INTEGER)).toBeUndefined();
  });
});

describe('policies', () => {
  it('a ladder has exactly one answer for every amount', () => {
    fc.assert(
      fc.property(ladders, cents, (ladder, amount) => {
        const policies = compilePolicies(type, [permission('prm_1', ladder)]);
        const answer = evaluate(policies, agent(), { amount: scaled(amount) ?? 0 });
        const tiers = answer.allowed ? answer.grants.map((grant) => grant.tier) : [];
        const { autonomous, supervised, gated } = ladder;
        const expected =
          amount < 0 || amount > gated
            ? []
            : amount <= autonomous
              ? [1]
              : amount <= supervised
                ? [2]
                : [3];
        expect(tiers).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('no permission lifts clearance or state', () => {
    const states = ['draft', 'active', 'probation', 'suspended', 'retired'];
    fc.assert(
      fc.property(
        fc.constantFrom(...classifications),
        fc.constantFrom(...classifications),
        fc.constantFrom(...states),
        fc.constantFrom(1 as const, 2 as const, 3 as const),
        (classification, clearance, state, tier) => {
          const policies = compilePolicies({ ...type, classification }, [
            permission('prm_1', null, tier),
          ]);
          const answer = evaluate(policies, agent({ clearance, state }), {});
          const cleared =
            classifications.indexOf(clearance) >= classifications.indexOf(classification);
          const live = state === 'active' || state === 'probation';
          expect(answer.allowed).toBe(cleared && live);
          if (!answer.allowed) expect(answer.forbids.includes('clearance')).toBe(!cleared);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('no permission lifts the separation of environments', () => {
    for (const environment of [null, 'production', 'staging']) {
      const policies = compilePolicies(type, [permission('prm_1', null, 1)], environment);
      for (const own of ['production', 'staging', 'development']) {
        const answer = evaluate(policies, agent({ environment: own }), {});
        const apart = environment !== null && environment !== own;
        expect(answer).toEqual(
          apart
            ? { allowed: false, forbids: ['environment'] }
            : { allowed: true, grants: [{ permission: 'prm_1', tier: 1 }] },
        );
      }
    }
  });

  it('denies by default, without the role and without the parameter', () => {
    const ladder = { parameter: 'amount', autonomous: 1, supervised: 2, gated: 3 };
    const policies = compilePolicies(type, [permission('prm_1', ladder)]);
    const none = { allowed: false, forbids: [] };
    expect(evaluate(policies, agent({ roles: new Set() }), { amount: 1 })).toEqual(none);
    expect(evaluate(policies, agent(), {})).toEqual(none);
    expect(evaluate(compilePolicies(type, []), agent(), {})).toEqual(none);
  });

  it('takes names of any characters as names', () => {
    const parameter = 'a"\\ }; permit(principal, action, resource); \u{1f600}\n';
    const ladder = { parameter, autonomous: 1, supervised: 2, gated: 3 };
    const policies = compilePolicies({ ...type, key: 'x"y' }, [permission('prm_"1', ladder)]);
    expect(evaluate(policies, agent(), { [parameter]: 10_000 })).toMatchObject({ allowed: true });
    expect(evaluate(policies, agent(), { [parameter]: 40_000 })).toMatchObject({ allowed: false });
  });

  it('denies on what is not valid, and on an error', () => {
    const policies = compilePolicies(type, [permission('prm_1', null, 1)]);
    const invalid = { ...policies.texts, bad: 'permit (nonsense);' };
    const broken = { ...policies, texts: invalid, key: 'broken' };
    expect(evaluate(broken, agent(), {})).toMatchObject({
      allowed: false,
      error: expect.any(String),
    });
    // A forbid that errs would be left out, and so let pass what it forbids.
    const overflow = `forbid (principal, action, resource)
      when { (resource.classification + 9007199254740991) * 9007199254740991 > 0 };`;
    const erring = { ...policies, texts: { ...policies.texts, overflow }, key: 'erring' };
    expect(evaluate(erring, agent(), {})).toMatchObject({
      allowed: false,
      error: expect.stringMatching(/overflow/i),
    });
    expect(evaluate(policies, agent(), {}).allowed).toBe(true);
  });
});
