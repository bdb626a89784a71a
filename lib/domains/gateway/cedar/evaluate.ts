import { LRUCache } from 'lru-cache';
import { rank } from '@/lib/domains/classification';
import { cedar, type EntityJson } from '@/lib/infra/cedar';
import { logger } from '@/lib/infra/logger';
import type { Agent } from '../snapshot/snapshot';
import { type Authorization, type CompiledPolicies, compilePolicies } from './compile';
import { contextOf, type PolicyContext } from './context';

type Principal = Pick<
  Agent,
  'id' | 'name' | 'model' | 'environment' | 'roles' | 'clearance' | 'state'
>;

/**
 * Cedar's answer, remembered. Cedar is given the agent as the snapshot has it and the context,
 * nothing else, and the memory lasts as long as the snapshot: so equal keys are equal
 * questions. An evaluation with an error is a denial and is never remembered.
 */
export function authorize(
  policies: CompiledPolicies,
  agent: Principal,
  context: PolicyContext,
): Authorization {
  // The context is made in one fixed order.
  const key = `${agent.id} ${JSON.stringify(context)}`;
  const known = policies.memo.get(key);
  if (known) return known;
  const answer = evaluate(policies, agent, context);
  if (answer.allowed || answer.error === undefined) policies.memo.set(key, answer);
  return answer;
}

/** Asks Cedar. */
export function evaluate(
  policies: CompiledPolicies,
  agent: Principal,
  context: PolicyContext,
): Authorization {
  const slot = prepare(policies);
  if (slot === undefined) return failed('the policies are not valid');
  const principal = { type: 'Agent', id: agent.id };
  const resource = { type: 'ActionType', id: policies.action };
  const roles = [...policies.roles].filter((role) => agent.roles.has(role));
  const { state, environment, name, model } = agent;
  const entities: EntityJson[] = [
    {
      uid: principal,
      attrs: { clearance: rank(agent.clearance), state, environment, name, model },
      parents: roles.map((id) => ({ type: 'Role', id })),
    },
    {
      uid: resource,
      attrs: { classification: policies.classification, environment: policies.environment },
      parents: [],
    },
  ];
  const answer = cedar().statefulIsAuthorized({
    principal,
    action: { type: 'Action', id: policies.action },
    resource,
    context: { ...context },
    preparsedSchemaName: slot,
    preparsedPolicySetId: slot,
    validateRequest: true,
    entities,
  });
  if (answer.type === 'failure') return failed(answer.errors.map((e) => e.message).join('; '));
  const { decision, diagnostics } = answer.response;
  // Cedar leaves out a policy that errs, which would let a forbid fail open.
  if (diagnostics.errors.length > 0) {
    return failed(diagnostics.errors.map((e) => e.error.message).join('; '));
  }
  if (decision === 'deny') return { allowed: false, forbids: diagnostics.reason };
  const grants = diagnostics.reason.flatMap((id) => policies.grants.get(id) ?? []);
  return { allowed: true, grants };
}

/** Loads Cedar and asks it once, which takes long enough to do before anyone waits. */
export function warmUp(): void {
  const type = { key: 'warm.up', classification: 'Public' as const, parameters: {} };
  const policies = compilePolicies(type, { environment: null }, []);
  const facts = { parameters: {}, session: {}, user: null, address: null, now: 0 };
  const agent = {
    id: 'warm',
    name: 'warm',
    model: '',
    environment: 'production',
    roles: new Set<string>(),
    clearance: 'Public' as const,
    state: 'active',
  };
  evaluate(policies, agent, contextOf(policies.inputs, facts));
}

function failed(error: string): Authorization {
  logger.error({ error }, 'policies could not be evaluated');
  return { allowed: false, forbids: [], error };
}

/**
 * Cedar keeps what was parsed by name and never forgets a name, so names are a fixed number
 * of slots and a new slice takes over the slot of the one used longest ago.
 */
const SLOTS = 512;
const free = Array.from({ length: SLOTS }, (_, index) => `slot-${index}`);
const prepared = new LRUCache<string, string>({
  max: SLOTS,
  dispose: (slot) => {
    free.push(slot);
  },
});

/** The slot that holds the parsed and validated slice; undefined when it is not valid. */
function prepare(policies: CompiledPolicies): string | undefined {
  const known = prepared.get(policies.key);
  if (known) return known;
  const set = { staticPolicies: { ...policies.texts } };
  const checked = cedar().validate({ schema: policies.schema, policies: set });
  const errors =
    checked.type === 'failure'
      ? checked.errors.map((e) => e.message)
      : checked.validationErrors.map((e) => `${e.policyId}: ${e.error.message}`);
  if (errors.length > 0) {
    logger.error({ action: policies.action, errors }, 'invalid policies');
    return undefined;
  }
  if (prepared.size === SLOTS) prepared.pop();
  const slot = free.pop() ?? 'slot-0';
  const schema = cedar().preparseSchema(slot, policies.schema);
  const parsed = cedar().preparsePolicySet(slot, set);
  if (schema.type === 'failure' || parsed.type === 'failure') {
    free.push(slot);
    return undefined;
  }
  prepared.set(policies.key, slot);
  return slot;
}
