/**
 * Policies that were written by hand: the slice of them that stands beside an action type's
 * permissions, and all of them for who asks about the declared types.
 */
import { LRUCache } from 'lru-cache';
import {
  actionsOf,
  type CedarAnswer,
  type Checked,
  checkWorkspace,
  combine,
  type CompiledSet,
  compilePolicySet,
  conformRecord,
  type Declared,
  EntityStore,
  InvalidJson,
  Mismatch,
  parameterTypes,
  readsOf,
  recordOf,
  type Statement,
  type TypeJson,
  uidOf,
} from '@/lib/domains/access/server';
import { rank } from '@/lib/domains/classification';
import {
  cedar,
  type CedarValueJson,
  type EntityJson,
  type PolicyJson,
  trapping,
} from '@/lib/infra/cedar';
import { logger } from '@/lib/infra/logger';
import { digest } from '@/lib/kernel/canonical';
import type { ActionTypeRow, AgentRow, Limits, Parts, ToolRow } from '../snapshot/rows';
import type { Authorization, Grant } from './compile';
import { clockIn, type Facts } from './context';

/** What policies can read of an agent. */
interface Principal extends Pick<
  AgentRow,
  'id' | 'name' | 'model' | 'environment' | 'clearance' | 'state'
> {
  roleNames: ReadonlySet<string>;
}

/** A request of Cedar's in its JSON form. */
export interface AskedJson {
  principal: { type: string; id: string };
  action: { type: string; id: string };
  resource: { type: string; id: string };
  context: Record<string, CedarValueJson>;
}

/** Some policies by hand, ready to decide. */
export interface Decider {
  set: CompiledSet;
  /** Texts that Cedar itself evaluates, by policy id. */
  uncompiled: Readonly<Record<string, string>>;
}

export interface AgentSlice {
  /** Why nothing may be decided; undefined when all is well. */
  broken: string | undefined;
  statements: readonly Statement[];
  decider: Decider;
  tiers: ReadonlyMap<string, Grant>;
  /** Permits alone, and what decides by them whatever is forbidden. */
  permits: readonly Statement[];
  permitting: () => Decider;
  action: string;
  resource: EntityJson;
  parameters: NonNullable<TypeJson['attributes']>;
  reads: Checked['reads'];
  /** The agents that were asked about, as entities; a new snapshot starts with none. */
  principals: WeakMap<object, Prepared>;
}

/** Entities in Cedar's JSON form and as the compiled policies look them up. */
interface Prepared {
  json: EntityJson[];
  store: EntityStore;
}

export interface ByHand {
  declared: Declared | undefined;
  /** Why nothing may be decided; undefined when all is well. */
  broken: string | undefined;
  decider: Decider;
  /** What permits permit at most, by the id that they are counted under. */
  limits: ReadonlyMap<string, Limits>;
  /** Entities that policies look into by name. */
  literals: readonly { type: string; id: string }[];
  /** The policies beside an action type's permissions; undefined when there are none. */
  slice: (type: ActionTypeRow, tool: ToolRow) => AgentSlice | undefined;
}

const KEPT = 500;
const kept = new LRUCache<string, ByHand>({ max: KEPT });

/** Undefined for a workspace without policies by hand and without declared types. */
export function byHandOf(
  parts: Pick<Parts, 'cedarPolicies' | 'cedarSchema' | 'actionTypes'>,
): ByHand | undefined {
  const declared = parts.cedarSchema[0]?.text ?? '';
  if (parts.cedarPolicies.length === 0 && declared.trim() === '') return undefined;
  const source = {
    declared,
    policies: parts.cedarPolicies,
    actionTypes: parts.actionTypes.map(({ key, parameters }) => ({ key, parameters })),
  };
  const key = digest(source);
  let made = kept.get(key);
  if (!made) {
    made = make(checkWorkspace(source));
    kept.set(key, made);
  }
  return made;
}

function make(checked: Checked): ByHand {
  const { declared, statements, problems, reads } = checked;
  const broken = problems.length > 0 ? 'the policies by hand are not valid' : undefined;
  if (broken) logger.error({ problems }, 'invalid policies by hand');
  return {
    declared,
    broken,
    decider: deciderOf(statements),
    limits: new Map(
      statements.flatMap(({ id, limits }) =>
        Object.keys(limits).length === 0 ? [] : [[grantedBy(id), limits]],
      ),
    ),
    literals: statements.flatMap(({ json }) => literalsOf(json.conditions)),
    slice: (type, tool) => {
      const own = statements.filter(({ json }) => speaksOf(json, type.key));
      if (own.length === 0 && !broken) return undefined;
      const permits = own.filter(({ json }) => json.effect === 'permit');
      return {
        broken,
        statements: own,
        decider: deciderOf(own),
        tiers: new Map(own.map(({ id, tier }) => [id, { permission: grantedBy(id), tier }])),
        permits,
        permitting: () => deciderOf(permits),
        action: type.key,
        resource: {
          uid: { type: 'ActionType', id: type.key },
          attrs: {
            classification: rank(type.classification),
            environment: tool.environment ?? '',
          },
          parents: [],
        },
        parameters: parameterTypes(type.parameters),
        reads: readsWithin(reads, own),
        principals: new WeakMap(),
      };
    },
  };
}

/** What some of the policies read; a session attribute has one type for all of them. */
function readsWithin({ session }: Checked['reads'], own: readonly Statement[]): Checked['reads'] {
  const read = readsOf(own.map(({ json }) => json));
  return {
    ...read,
    session: new Map([...read.session].map(([name, type]) => [name, session.get(name) ?? type])),
  };
}

/** The id under which a permit by hand is recorded and counted, as a permission is under its own. */
export function grantedBy(policy: string): string {
  return `cedar:${policy}`;
}

/** The policy by hand of such an id; undefined for a permission's. */
export function policyOf(granted: string): string | undefined {
  return granted.startsWith('cedar:') ? granted.slice('cedar:'.length) : undefined;
}

function deciderOf(statements: readonly Statement[]): Decider {
  const policies = Object.fromEntries(statements.map(({ id, json }) => [id, json]));
  const { set, uncovered } = compilePolicySet(policies);
  const texts = uncovered.map(({ policyId }) => [
    policyId,
    statements.find(({ id }) => id === policyId)?.text ?? '',
  ]);
  return { set, uncompiled: Object.fromEntries(texts) };
}

/** Whether a policy's scope can match what an agent asks of this action type. */
function speaksOf({ principal, action, resource }: PolicyJson, key: string): boolean {
  const named = (scope: PolicyJson['principal'], types: readonly string[]): boolean => {
    if ('entity_type' in scope) return types.includes(scope.entity_type);
    return 'entity' in scope ? types.includes(uidOf(scope.entity).type) : true;
  };
  const acts = actionsOf({ action })?.includes(key);
  return acts !== false && named(principal, ['Agent', 'Role']) && named(resource, ['ActionType']);
}

function literalsOf(node: unknown): { type: string; id: string }[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Object.hasOwn(node, '__entity')) {
    return [(node as { __entity: { type: string; id: string } }).__entity];
  }
  return Object.values(node).flatMap(literalsOf);
}

/** What some policies answer. An error is among the answer's; whoever must not fail open denies. */
export function decideByHand(
  { set, uncompiled }: Decider,
  asked: AskedJson,
  { json, store }: Prepared,
): CedarAnswer {
  const compiled = set.evaluate(
    {
      principal: uidOf(asked.principal),
      action: uidOf(asked.action),
      resource: uidOf(asked.resource),
      context: recordOf(asked.context),
    },
    store,
  );
  if (Object.keys(uncompiled).length === 0) return compiled;
  const answer = trapping(() =>
    cedar().isAuthorized({
      ...asked,
      entities: json,
      policies: { staticPolicies: { ...uncompiled } },
    }),
  );
  if (answer.type === 'failure') {
    const errors = answer.errors.map(({ message }) => ({ policyId: '', message }));
    return { ...compiled, errors: [...compiled.errors, ...errors] };
  }
  const { decision, diagnostics } = answer.response;
  return combine(compiled, {
    decision,
    reasons: diagnostics.reason,
    errors: diagnostics.errors.map(({ policyId, error }) => ({ policyId, message: error.message })),
  });
}

/** What the policies by hand say of an agent's action. */
export function authorizeByHand(slice: AgentSlice, agent: Principal, facts: Facts): Authorization {
  if (slice.broken !== undefined) return { allowed: false, forbids: [], error: slice.broken };
  let answer: CedarAnswer;
  try {
    const asked = {
      principal: { type: 'Agent', id: agent.id },
      action: { type: 'Action', id: slice.action },
      resource: { type: 'ActionType', id: slice.action },
      context: contextFor(slice, facts),
    };
    answer = decideByHand(slice.decider, asked, principalOf(slice, agent));
  } catch (error) {
    if (error instanceof Mismatch) return failed(slice, `${error.field} ${error.message}`);
    if (error instanceof InvalidJson) return failed(slice, error.message);
    throw error;
  }
  const { decision, reasons, errors } = answer;
  if (errors.length > 0) return failed(slice, errors.map(({ message }) => message).join('; '));
  if (decision === 'deny') return { allowed: false, forbids: reasons };
  return { allowed: true, grants: reasons.flatMap((id) => slice.tiers.get(id) ?? []) };
}

function failed({ action }: AgentSlice, error: string): Authorization {
  logger.error({ action, error }, 'policies by hand could not be evaluated');
  return { allowed: false, forbids: [], error };
}

function principalOf(slice: AgentSlice, agent: Principal): Prepared {
  const known = slice.principals.get(agent);
  if (known) return known;
  const { id, state, environment, name, model, clearance, roleNames } = agent;
  const json = [
    {
      uid: { type: 'Agent', id },
      attrs: { clearance: rank(clearance), state, environment, name, model },
      parents: [...roleNames].map((role) => ({ type: 'Role', id: role })),
    },
    slice.resource,
  ];
  const made = { json, store: new EntityStore(json) };
  slice.principals.set(agent, made);
  return made;
}

/**
 * Only what the policies read. A value that is not of its type is an error and not absent: a
 * forbid that asks whether it is there would fail open.
 */
function contextFor(
  { parameters, reads }: AgentSlice,
  facts: Facts,
): Record<string, CedarValueJson> {
  const read = Object.entries(parameters).filter(
    ([name]) => reads.everything || reads.parameters.has(name),
  );
  const session = [...reads.session].map(([name, type]) => [
    name,
    type === 'decimal'
      ? { type: 'Extension', name: type, required: false }
      : { type, required: false },
  ]);
  const zones = [...reads.zones].map((zone) => [zone, clockIn(zone, facts.now)]);
  return {
    parameters: conformRecord(types, Object.fromEntries(read), facts.parameters, 'parameters'),
    session: conformRecord(types, Object.fromEntries(session), facts.session, 'session'),
    time: Object.fromEntries(zones),
    ...(facts.user === null ? {} : { user: { id: facts.user } }),
    ...(facts.address === null || !reads.address
      ? {}
      : { address: { __extn: { fn: 'ip', arg: facts.address } } }),
  };
}

const types = { commonTypes: new Map<string, TypeJson>() };
