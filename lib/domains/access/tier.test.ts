import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tier } from './schema';
import { classifyTier, floorIn, floorWords, tierFloor, type TierInput } from './tier';

const tier = fc.constantFrom<Tier>(1, 2, 3);
const own = fc.record({ irreversible: tier, external_communication: tier }, { requiredKeys: [] });
const environment = fc.constantFrom('development', 'staging', 'production');
const inputs: fc.Arbitrary<TierInput> = fc.record({
  environment,
  granted: tier,
  reversibility: fc.constantFrom(
    'read_only',
    'reversible',
    'externally_reversible',
    'irreversible',
  ),
  effects: fc.subarray(['read', 'write', 'financial', 'deletion', 'external_communication']),
  probation: fc.boolean(),
  floors: fc.record({
    ...{ irreversible: tier, external_communication: tier },
    environments: fc.record(
      { development: own, staging: own, production: own },
      { requiredKeys: [] },
    ),
  }),
});

describe('classifyTier', () => {
  it('is the granted tier or the highest floor that applies, and says what raised it', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { environments, ...workspace } = input.floors;
        const here = { ...workspace, ...environments[input.environment as 'staging'] };
        const floors = [
          ...(input.reversibility === 'irreversible' ? [here.irreversible] : []),
          ...(input.effects.includes('external_communication')
            ? [here.external_communication]
            : []),
          ...(input.probation ? [2] : []),
        ];
        const answer = classifyTier(input);
        expect(answer.tier).toBe(Math.max(input.granted, ...floors));
        expect(answer.reasons.length > 0).toBe(answer.tier > input.granted);
      }),
    );
  });

  it('is never below what is granted, and goes by no other environment', () => {
    fc.assert(
      fc.property(inputs, environment, own, (input, other, floors) => {
        const { tier: answer } = classifyTier(input);
        expect(answer).toBeGreaterThanOrEqual(input.granted);
        if (other === input.environment) return;
        const environments = { ...input.floors.environments, [other]: floors };
        const elsewhere = classifyTier({ ...input, floors: { ...input.floors, environments } });
        expect(elsewhere.tier).toBe(answer);
      }),
    );
  });

  it('takes the environment’s floor where it has one, lower or higher, and else the workspace’s', () => {
    const floors = {
      ...({ irreversible: 2, external_communication: 2 } as const),
      environments: { staging: { irreversible: 1 }, production: { irreversible: 3 } } as const,
    };
    const at = (place: string) => floorIn(floors, place, 'irreversible');
    expect(at('staging')).toEqual({ tier: 1, own: true });
    expect(at('production')).toEqual({ tier: 3, own: true });
    expect(at('development')).toEqual({ tier: 2, own: false });
    expect(floorIn(floors, 'staging', 'external_communication')).toEqual({ tier: 2, own: false });
  });

  it('says whose floor raised it', () => {
    const floors = {
      ...({ irreversible: 3, external_communication: 2 } as const),
      environments: { staging: { irreversible: 2 } } as const,
    };
    const wipe = { effects: [], reversibility: 'irreversible' };
    const reason = (place: string) =>
      tierFloor(wipe, { state: 'active', environment: place }, floors).reason;
    expect(reason('staging')).toContain('in staging');
    expect(reason('production')).toContain('here');
    expect(floorWords(wipe, floors)).toBe(
      'Whatever is chosen here, it never runs below tier 3 in development and production, tier 2 in staging.',
    );
    expect(floorWords({ ...wipe, reversibility: 'reversible' }, floors)).toBeNull();
    expect(floorWords(wipe, { ...floors, environments: {} })).toContain('below tier 3. It cannot');
  });
});
