/**
 * When one agent may do one action type under one snapshot, and when without a person: as
 * formulas over an open request, by the same policies that decide.
 */
import {
  classifyTier,
  type Constraint,
  EntityUid,
  scopeOf,
  type Tier,
} from '@/lib/domains/access/server';
import { rank } from '@/lib/domains/classification';
import type { PolicyJson } from '@/lib/infra/cedar';
import { digest } from '@/lib/kernel/canonical';
import type { AgentSlice } from '../cedar/by-hand';
import type { CompiledPolicies } from '../cedar/compile';
import { policiesOf } from '../cedar/evaluate';
import type { ActionType, Agent, Snapshot } from '../snapshot/snapshot';
import { byHandContext, permissionContext, unfit } from './contexts';
import type { OpenRequest } from './request';
import { flagOf, long, Outside, type Symbolic } from './symbolic';
import { and, int, no, not, or, type Term, text, yes } from './term';
import { type Surroundings, Translator } from './translate';

/** A policy that could not be told, and why. */
export interface Unknown {
  /** A permission's id, or the name of a policy by hand with its number. */
  policy: string;
  construct: string;
}

export interface Formula {
  allowed: Term;
  /** Allowed, and without waiting for a person. */
  runs: Term;
  unknown: readonly Unknown[];
}

interface Answer {
  permits: readonly { tier: Tier; satisfied: Term }[];
  forbidden: Term;
  error: Term;
}

export function formulaOf(
  request: OpenRequest,
  snapshot: Snapshot,
  agent: Agent,
  type: ActionType,
): Formula {
  const unknown: Unknown[] = [];
  const answers = [
    permissions(request, agent, type, unknown),
    ...(type.byHand ? [byHand(request, agent, type, type.byHand, unknown)] : []),
  ];
  const stopped = or(
    imprecise(request, type.policies),
    ...answers.flatMap(({ forbidden, error }) => [forbidden, error]),
  );
  const permits = answers.flatMap((answer) => answer.permits);
  const allows = (most: Tier) =>
    and(
      not(stopped),
      or(...permits.filter(({ tier }) => tier <= most).map(({ satisfied }) => satisfied)),
    );
  const { tier: floor } = classifyTier({
    granted: 1,
    reversibility: type.reversibility,
    effects: type.effects,
    environment: agent.environment,
    probation: agent.state === 'probation',
    floors: snapshot.floors,
  });
  return { allowed: allows(3), runs: floor === 3 ? no : allows(2), unknown };
}

/** Numbers that the policies compare and that cannot be compared exactly. */
function imprecise(request: OpenRequest, { inputs }: CompiledPolicies): Term {
  return or(
    ...[...inputs.types].flatMap(([attribute, kind]) => {
      if (kind !== 'number' || !attribute.startsWith('parameters.')) return [];
      const raw = request.raw('parameters', attribute.slice('parameters.'.length));
      return [and(raw.isNumber, not(raw.isScaled))];
    }),
  );
}

/** Reading them takes longer than all else that is done here. */
const parsed = new WeakMap<CompiledPolicies, ReturnType<typeof policiesOf>>();

function parsedOf(policies: CompiledPolicies): ReturnType<typeof policiesOf> {
  if (!parsed.has(policies)) parsed.set(policies, policiesOf(policies));
  return parsed.get(policies);
}

function permissions(
  request: OpenRequest,
  agent: Agent,
  type: ActionType,
  unknown: Unknown[],
): Answer {
  const { policies } = type;
  const texts = parsedOf(policies);
  if (!texts) return { permits: [], forbidden: no, error: yes };
  const roles = [...policies.roles].filter((role) => agent.roles.has(role));
  const around = surroundings(
    request,
    agent,
    type,
    roles,
    permissionContext(request, policies.inputs),
  );
  return together(
    request,
    around,
    Object.entries(texts).map(([id, json]) => {
      const grant = policies.grants.get(id);
      return { id, name: grant?.permission ?? id, json, tier: grant?.tier ?? 3 };
    }),
    {
      seen: [seenOf(agent, type), roles, { ...policies.inputs, types: [...policies.inputs.types] }],
      unknown,
    },
  );
}

function byHand(
  request: OpenRequest,
  agent: Agent,
  type: ActionType,
  slice: AgentSlice,
  unknown: Unknown[],
): Answer {
  if (slice.broken !== undefined) return { permits: [], forbidden: no, error: yes };
  const roles = [...agent.roleNames];
  const around = surroundings(request, agent, type, roles, byHandContext(request, slice));
  const { session, parameters, zones, address, everything } = slice.reads;
  const read = [[...session], [...parameters], [...zones], address, everything];
  const answer = together(
    request,
    around,
    slice.statements.map(({ id, json, tier }) => ({ id, name: id, json, tier })),
    { seen: [seenOf(agent, type), roles.toSorted(), read], unknown },
  );
  return { ...answer, error: or(answer.error, unfit(request, slice)) };
}

interface Policy {
  id: string;
  name: string;
  json: PolicyJson;
  tier: Tier;
}

function together(
  request: OpenRequest,
  around: Surroundings,
  policies: readonly Policy[],
  { seen, unknown }: { seen: unknown; unknown: Unknown[] },
): Answer {
  const permits: { tier: Tier; satisfied: Term }[] = [];
  const forbids: Term[] = [];
  const errors: Term[] = [];
  for (const { name, json, tier } of policies) {
    let judged: { satisfied: Term; error: Term };
    try {
      judged = judge(json, around);
    } catch (error) {
      if (!(error instanceof Outside)) throw error;
      unknown.push({ policy: name, construct: error.message });
      // Whatever it is, the same text over the same agent is the same before and after.
      const { annotations: _, ...said } = json;
      const key = digest({ said, seen });
      judged = { satisfied: request.open(`${key} holds`), error: request.open(`${key} errs`) };
    }
    errors.push(judged.error);
    if (json.effect === 'forbid') forbids.push(judged.satisfied);
    else permits.push({ tier, satisfied: judged.satisfied });
  }
  return { permits, forbidden: or(...forbids), error: or(...errors) };
}

/** Its scope and conditions in their order: the first that does not hold ends it. */
function judge(json: PolicyJson, around: Surroundings): { satisfied: Term; error: Term } {
  if (!inScope(json, around)) return { satisfied: no, error: no };
  const translator = new Translator(around);
  let satisfied = yes;
  let error = no;
  for (const { kind, body } of json.conditions) {
    if (satisfied === no) break;
    const judged = translator.judge(body);
    const holds = flagOf(judged.value);
    error = or(error, and(satisfied, judged.error));
    satisfied = and(satisfied, kind === 'when' ? holds : not(holds));
  }
  return { satisfied: and(satisfied, not(error)), error };
}

function inScope(json: PolicyJson, around: Surroundings): boolean {
  const { principal, action, resource } = scopeOf(json);
  const matches = ({ equals, within, type }: Constraint, uid: EntityUid) =>
    (equals === undefined || same(uid, equals)) &&
    (within === undefined || around.isIn(uid, within)) &&
    (type === undefined || uid.type === type);
  const acts =
    action === undefined ||
    ('equals' in action
      ? same(around.action, action.equals)
      : action.within.some((one) => around.isIn(around.action, one)));
  return acts && matches(principal, around.principal) && matches(resource, around.resource);
}

function same(one: EntityUid, other: EntityUid): boolean {
  return one.type === other.type && one.id === other.id;
}

function surroundings(
  request: OpenRequest,
  agent: Agent,
  type: ActionType,
  roles: readonly string[],
  context: Symbolic,
): Surroundings {
  const principal = new EntityUid('Agent', agent.id);
  const resource = new EntityUid('ActionType', type.key);
  const string = (value: string): Symbolic => ({ is: 'string', term: text(value) ?? '""' });
  const attributes = new Map<EntityUid, Record<string, Symbolic>>([
    [
      principal,
      {
        clearance: long(int(rank(agent.clearance))),
        state: string(agent.state),
        environment: string(agent.environment),
        name: string(agent.name),
        model: string(agent.model),
      },
    ],
    [
      resource,
      {
        classification: long(int(rank(type.classification))),
        environment: string(type.tool.environment ?? ''),
      },
    ],
  ]);
  return {
    context,
    network: request.network,
    principal,
    action: new EntityUid('Action', type.key),
    resource,
    attribute: (uid, name) => {
      const [, known] = [...attributes].find(([one]) => same(one, uid)) ?? [];
      return known && Object.hasOwn(known, name) ? known[name] : undefined;
    },
    isIn: (uid, other) =>
      same(uid, other) ||
      (same(uid, principal) && other.type === 'Role' && roles.includes(other.id)),
  };
}

/** What a policy can see of the two that never vary within one question. */
function seenOf({ id, name, model, environment, state, clearance }: Agent, type: ActionType) {
  const of = [type.key, type.classification, type.tool.environment];
  return [id, name, model, environment, state, clearance, ...of];
}
