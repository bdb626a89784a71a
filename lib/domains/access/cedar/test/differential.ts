/** The compiled policies and Cedar, asked the same. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cedar, type EntityJson, type PolicyJson } from '@/lib/infra/cedar';
import {
  type CedarAnswer,
  combine,
  compilePolicySet,
  EntityStore,
  recordOf,
  uidOf,
} from '../index';
import { contexts, entities, policies, subjects } from './arbitrary';

type Of<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Request = Of<typeof subjects> & { context: Of<typeof contexts> };

export interface Tally {
  cases: number;
  /** Policies that cases were asked under. */
  policies: number;
  allowed: number;
  reasons: number;
  errors: number;
}

const many = { size: 'max' } as const;
const CONTEXTS = 5;
const SUBJECTS = 10;
/** Requests that each set of policies is asked. */
export const REQUESTS = CONTEXTS * SUBJECTS;

const SLOT = 'differential';

/** Throws where they differ, with the seed and the smallest policies that still do. */
export function compareRandom(sets: number, seed: number): Tally {
  const tally = { cases: 0, policies: 0, allowed: 0, reasons: 0, errors: 0 };
  fc.assert(
    fc.property(
      fc.array(policies, { minLength: 1, maxLength: 20, ...many }),
      entities,
      fc.array(subjects, { minLength: SUBJECTS, maxLength: SUBJECTS, ...many }),
      fc.array(contexts, { minLength: CONTEXTS, maxLength: CONTEXTS, ...many }),
      (set, store, askers, about) => {
        const asked = askers.flatMap((one) => about.map((context) => ({ ...one, context })));
        const named = Object.fromEntries(set.map((policy, index) => [`p${index}`, policy]));
        for (const answer of compare(named, store, asked)) {
          tally.cases += 1;
          tally.policies += set.length;
          if (answer.decision === 'allow') tally.allowed += 1;
          tally.reasons += answer.reasons.length;
          tally.errors += answer.errors.length;
        }
      },
    ),
    { numRuns: sets, seed },
  );
  return tally;
}

function compare(
  set: Record<string, PolicyJson>,
  store: EntityJson[],
  asked: readonly Request[],
): CedarAnswer[] {
  const parsed = cedar().preparsePolicySet(SLOT, { staticPolicies: set });
  if (parsed.type === 'failure') throw new Error(parsed.errors.map((e) => e.message).join('; '));
  const whole = compilePolicySet(set);
  assert.deepEqual(whole.uncovered, []);
  // In two parts, as when Cedar evaluates one of them.
  const ids = Object.keys(set);
  const parts = [0, 1].map((parity) =>
    compilePolicySet(
      Object.fromEntries(Object.entries(set).filter(([id]) => ids.indexOf(id) % 2 === parity)),
    ),
  );
  const compiledStore = new EntityStore(store);
  return asked.map((request) => {
    const compiled = {
      principal: uidOf(request.principal),
      action: uidOf(request.action),
      resource: uidOf(request.resource),
      context: recordOf(request.context),
    };
    const answer = whole.set.evaluate(compiled, compiledStore);
    const expected = sorted(ask(request, store));
    assert.deepEqual(sorted(answer), expected);
    const [one, other] = parts.map((part) => part.set.evaluate(compiled, compiledStore));
    if (one && other) assert.deepEqual(sorted(combine(one, other)), expected);
    return answer;
  });
}

/** Cedar's answer under the policies that were prepared last. */
function ask(request: Request, store: EntityJson[]): CedarAnswer {
  const answer = cedar().statefulIsAuthorized({
    ...request,
    preparsedPolicySetId: SLOT,
    entities: store,
  });
  if (answer.type === 'failure') throw new Error(answer.errors.map((e) => e.message).join('; '));
  const { decision, diagnostics } = answer.response;
  return {
    decision,
    reasons: diagnostics.reason,
    errors: diagnostics.errors.map(({ policyId, error }) => ({ policyId, message: error.message })),
  };
}

function sorted({ decision, reasons, errors }: CedarAnswer): CedarAnswer {
  return {
    decision,
    reasons: [...reasons].sort(),
    errors: [...errors].sort((a, b) => (a.policyId < b.policyId ? -1 : 1)),
  };
}
