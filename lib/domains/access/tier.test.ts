import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tier } from './schema';
import { classifyTier, type TierInput } from './tier';

const tier = fc.constantFrom<Tier>(1, 2, 3);
const inputs: fc.Arbitrary<TierInput> = fc.record({
  granted: tier,
  reversibility: fc.constantFrom(
    'read_only',
    'reversible',
    'externally_reversible',
    'irreversible',
  ),
  effects: fc.subarray(['read', 'write', 'financial', 'deletion', 'external_communication']),
  probation: fc.boolean(),
  floors: fc.record({ irreversible: tier, external_communication: tier }),
});

describe('classifyTier', () => {
  it('is the granted tier or the highest floor that applies, and says what raised it', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const floors = [
          ...(input.reversibility === 'irreversible' ? [input.floors.irreversible] : []),
          ...(input.effects.includes('external_communication')
            ? [input.floors.external_communication]
            : []),
          ...(input.probation ? [2] : []),
        ];
        const answer = classifyTier(input);
        expect(answer.tier).toBe(Math.max(input.granted, ...floors));
        expect(answer.reasons.length > 0).toBe(answer.tier > input.granted);
      }),
    );
  });
});
