/**
 * Policies of Cedar's JSON form, compiled: the same decision, the same determining policies and
 * the same errors as Cedar's own evaluation, without its cost. What is not compiled is named,
 * and is Cedar's to evaluate.
 */
import type { PolicyJson } from '@/lib/infra/cedar';
import type { EntityStore } from './entities';
import { compileExpression, type Environment, Uncovered } from './expression';
import { InvalidJson } from './json';
import { asBoolean } from './operators';
import { indexedBy, PolicyIndex } from './policy-index';
import { constraintTest, scopeOf } from './scope';
import { type CedarRecord, type EntityUid, EvaluationError } from './values';

export interface CedarRequest {
  principal: EntityUid;
  action: EntityUid;
  resource: EntityUid;
  context: CedarRecord;
}

export interface CedarAnswer {
  decision: 'allow' | 'deny';
  /** The policies that determined it: the forbids that applied or, without any, the permits. */
  reasons: readonly string[];
  /** Policies that erred. Cedar goes on without them; whoever must not fail open denies. */
  errors: readonly { policyId: string; message: string }[];
}

type Test = (environment: Environment) => boolean;

interface CompiledPolicy {
  id: string;
  effect: PolicyJson['effect'];
  tests: readonly Test[];
  /** The index may find it more than once. */
  repeats: boolean;
}

export class CompiledSet {
  private readonly index: PolicyIndex<CompiledPolicy>;

  constructor(index: PolicyIndex<CompiledPolicy>) {
    this.index = index;
  }

  evaluate(request: CedarRequest, entities: EntityStore): CedarAnswer {
    const { principal, action, resource, context } = request;
    const environment = {
      principal: entities.find(principal),
      action: entities.find(action),
      resource: entities.find(resource),
      context,
      entities,
    };
    const permits: string[] = [];
    const forbids: string[] = [];
    const errors: { policyId: string; message: string }[] = [];
    // No function is made here: a decision is too short for it.
    for (const policies of this.index.matching(environment)) {
      for (const policy of policies) {
        const satisfied = policy.effect === 'permit' ? permits : forbids;
        if (policy.repeats && isAmong(policy.id, satisfied, errors)) continue;
        const outcome = judge(policy.tests, environment);
        if (outcome === true) satisfied.push(policy.id);
        else if (outcome) errors.push({ policyId: policy.id, message: outcome.message });
      }
    }
    if (forbids.length > 0) return { decision: 'deny', reasons: forbids, errors };
    return { decision: permits.length > 0 ? 'allow' : 'deny', reasons: permits, errors };
  }
}

/** Whether all tests hold, or the error of the first that errs. */
function judge(tests: readonly Test[], environment: Environment): boolean | EvaluationError {
  try {
    for (const test of tests) if (!test(environment)) return false;
    return true;
  } catch (error) {
    if (error instanceof EvaluationError) return error;
    throw error;
  }
}

function isAmong(id: string, ids: readonly string[], errors: CedarAnswer['errors']): boolean {
  return ids.includes(id) || errors.some((each) => each.policyId === id);
}

/** Policies by their ids. */
export function compilePolicySet(policies: Readonly<Record<string, PolicyJson>>): {
  set: CompiledSet;
  uncovered: { policyId: string; why: string }[];
} {
  const index = new PolicyIndex<CompiledPolicy>();
  const uncovered: { policyId: string; why: string }[] = [];
  for (const [id, policy] of Object.entries(policies)) {
    try {
      addPolicy(index, id, policy);
    } catch (error) {
      if (!(error instanceof Uncovered || error instanceof InvalidJson)) throw error;
      uncovered.push({ policyId: id, why: error.message });
    }
  }
  return { set: new CompiledSet(index), uncovered };
}

function addPolicy(index: PolicyIndex<CompiledPolicy>, id: string, policy: PolicyJson): void {
  const { effect, conditions } = policy;
  if (effect !== 'permit' && effect !== 'forbid') throw new Uncovered('it has no effect');
  const scope = scopeOf(policy);
  const tests: Test[] = [];
  for (const name of ['principal', 'resource'] as const) {
    const { equals, within, type } = scope[name];
    // The index has seen to the entity that it goes by, and to nothing else.
    const left = indexedBy(scope) === name ? { type } : { equals, within, type };
    const test = constraintTest(left);
    if (test) tests.push((env) => test(env[name].uid, env.entities));
  }
  for (const { kind, body } of conditions) {
    const evaluate = compileExpression(body);
    if (kind === 'when') tests.push((env) => asBoolean(evaluate(env)));
    else if (kind === 'unless') tests.push((env) => !asBoolean(evaluate(env)));
    else throw new Uncovered('a condition is neither when nor unless');
  }
  const { action } = scope;
  const repeats = action !== undefined && 'within' in action && action.within.length > 1;
  index.add(scope, { id, effect, tests, repeats });
}

/** One answer of two parts of a policy set, as of the whole. */
export function combine(one: CedarAnswer, other: CedarAnswer): CedarAnswer {
  const errors = [...one.errors, ...other.errors];
  const reasonsOf = (decision: 'allow' | 'deny') =>
    [one, other].flatMap((answer) => (answer.decision === decision ? answer.reasons : []));
  const forbids = reasonsOf('deny');
  if (forbids.length > 0) return { decision: 'deny', reasons: forbids, errors };
  const permits = reasonsOf('allow');
  return { decision: permits.length > 0 ? 'allow' : 'deny', reasons: permits, errors };
}
