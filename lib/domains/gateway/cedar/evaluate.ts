import { LRUCache } from 'lru-cache';
import {
  type CompiledSet,
  compilePolicySet,
  EntityStore,
  EntityUid,
  InvalidJson,
  recordOf,
} from '@/lib/domains/access/server';
import { rank } from '@/lib/domains/classification';
import { cedar, type PolicyJson } from '@/lib/infra/cedar';
import { logger } from '@/lib/infra/logger';
import type { Agent } from '../snapshot/snapshot';
import { type Authorization, type CompiledPolicies, compilePolicies } from './compile';
import { contextOf, type PolicyContext } from './context';

type Principal = Pick<
  Agent,
  'id' | 'name' | 'model' | 'environment' | 'roles' | 'clearance' | 'state'
>;

/**
 * What the policies of one action type answer. Cedar itself parses and checks them once for
 * each distinct slice; what they decide is then computed by the compiled policies, which
 * answer as Cedar does. An error denies, and so does a context that Cedar has no value for:
 * Cedar would leave the policy out, and a forbid that is left out fails open.
 */
export function evaluate(
  policies: CompiledPolicies,
  agent: Principal,
  context: PolicyContext,
): Authorization {
  const set = prepare(policies);
  if (typeof set === 'string') return failed(set);
  const read = contextRecord(context);
  if (typeof read === 'string') return failed(read);
  const { decision, reasons, errors } = set.evaluate(
    {
      principal: new EntityUid('Agent', agent.id),
      action: new EntityUid('Action', policies.action),
      resource: new EntityUid('ActionType', policies.action),
      context: read,
    },
    entitiesOf(policies, agent),
  );
  if (errors.length > 0) return failed(errors.map(({ message }) => message).join('; '));
  if (decision === 'deny') return { allowed: false, forbids: reasons };
  return { allowed: true, grants: reasons.flatMap((id) => policies.grants.get(id) ?? []) };
}

/** A context as the policies look it up, or why Cedar has no value for it. */
function contextRecord(context: PolicyContext): ReturnType<typeof recordOf> | string {
  try {
    return recordOf({ ...context });
  } catch (error) {
    if (error instanceof InvalidJson) return error.message;
    throw error;
  }
}

/** An agent does not change within a snapshot, and neither does what stands beside it. */
function entitiesOf(policies: CompiledPolicies, agent: Principal): EntityStore {
  const known = policies.entities.get(agent);
  if (known) return known;
  const { state, environment, name, model } = agent;
  const roles = [...policies.roles].filter((role) => agent.roles.has(role));
  const entities = new EntityStore([
    {
      uid: { type: 'Agent', id: agent.id },
      attrs: { clearance: rank(agent.clearance), state, environment, name, model },
      parents: roles.map((id) => ({ type: 'Role', id })),
    },
    {
      uid: { type: 'ActionType', id: policies.action },
      attrs: { classification: policies.classification, environment: policies.environment },
      parents: [],
    },
  ]);
  policies.entities.set(agent, entities);
  return entities;
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

const PREPARED = 5_000;
/** By their key, which is the digest of text and schema; a string says why it decides nothing. */
const prepared = new LRUCache<string, CompiledSet | string>({ max: PREPARED });

function prepare(policies: CompiledPolicies): CompiledSet | string {
  let set = prepared.get(policies.key);
  if (set === undefined) {
    set = compiled(policies);
    prepared.set(policies.key, set);
  }
  return set;
}

function compiled(source: CompiledPolicies): CompiledSet | string {
  const { policies, errors } = read(source);
  const { set, uncovered } = compilePolicySet(policies);
  errors.push(...uncovered.map(({ policyId, why }) => `${policyId}: ${why}`));
  if (errors.length === 0) return set;
  logger.error({ action: source.action, errors }, 'invalid policies');
  return 'the policies are not valid';
}

/** The policies of one action type in Cedar's JSON form; undefined when they decide nothing. */
export function policiesOf(source: CompiledPolicies): Record<string, PolicyJson> | undefined {
  return typeof prepare(source) === 'string' ? undefined : read(source).policies;
}

function read({ texts, schema }: CompiledPolicies) {
  const checked = cedar().validate({ schema, policies: { staticPolicies: { ...texts } } });
  const errors =
    checked.type === 'failure'
      ? checked.errors.map((e) => e.message)
      : checked.validationErrors.map((e) => `${e.policyId}: ${e.error.message}`);
  const policies: Record<string, PolicyJson> = {};
  for (const [id, text] of Object.entries(texts)) {
    const parsed = cedar().policyToJson(text);
    if (parsed.type === 'success') policies[id] = parsed.json;
    else errors.push(...parsed.errors.map((e) => `${id}: ${e.message}`));
  }
  return { policies, errors };
}
