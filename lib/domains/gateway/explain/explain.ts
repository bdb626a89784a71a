/** A decision with everything that it came from: the pipeline's own stages, watched. */
import {
  permissionWords,
  permitTexts,
  permitWords,
  principalFits,
} from '@/lib/domains/access/server';
import { Problem } from '@/lib/kernel/problem';
import { authorizeByHand, grantedBy, policyOf } from '../cedar/by-hand';
import { forbids, type CompiledPolicies } from '../cedar/compile';
import { contextOf } from '../cedar/context';
import { evaluate } from '../cedar/evaluate';
import { whyNotActive } from '../pipeline/authenticate';
import { type Decision, decide, type Question as Asked } from '../pipeline/decide';
import type { Reason } from '../schema';
import type { ActionType } from '../snapshot/snapshot';
import type { Explained, HeldPermission, KeptResult, StageName } from './schema';
import { sentenceOf, stagesOf, tierWords } from './words';

type Told = Record<StageName, string>;

/** Explains one question; `roleNames` are those of active roles, by id. */
export function explain(
  question: Asked,
  roleNames: ReadonlyMap<string, string>,
  session: string,
): NonNullable<KeptResult['now']> {
  const { snapshot, agent, request, now } = question;
  const told: Told = {
    ...{ authenticate: agent.state, session, resolve: '', inspect: '' },
    ...{ authorize: '', limit: '', classify: '' },
  };
  const seen = watched(question, told, roleNames);
  const type = snapshot.actionTypes.get(request.action);
  const permissions = type
    ? [
        ...heldPermissions(question, type, seen.decision, roleNames),
        ...permitsByHand(question, type, seen.decision),
      ]
    : [];
  const { decision, stage, tier, floors, reasons } = seen;
  const found = {
    ...{ decision: seen.outcome, stage, tier, floors, reasons },
    ...{ permissions, actionType: request.action },
  };
  const known = { ...found, agent: agent.name, ...amountsOf(question, type, roleNames) };
  return {
    ...found,
    sentence: sentenceOf(known),
    withheld: sentenceOf({
      ...known,
      amount: known.amount && { ...known.amount, value: undefined },
    }),
    stages: stagesOf(stage, decision && decision.decision !== 'deny' ? null : reasons, told),
    agent: { id: agent.id, name: agent.name },
    forbids: type ? appliedForbids(question, type) : [],
    policyVersion: snapshot.policyVersion,
    at: new Date(now).toISOString(),
  };
}

interface Seen {
  outcome: Explained['decision'];
  decision: Decision | undefined;
  stage: StageName;
  tier: number | null;
  floors: Reason[];
  reasons: Reason[];
}

function watched(question: Asked, told: Told, roleNames: ReadonlyMap<string, string>): Seen {
  const none = { decision: undefined, tier: null, floors: [] };
  const standing = whyNotActive(question.agent);
  if (standing) {
    return { ...none, outcome: 'deny', stage: 'authenticate', reasons: [standing] };
  }
  const roleOf = (permission: string) => {
    const policy = policyOf(permission);
    if (policy !== undefined) return `the Cedar policy ${policy}`;
    const role = question.snapshot.permissions.get(permission)?.role_id ?? '';
    return `role ${roleNames.get(role) ?? role}`;
  };
  // The stage that is under way: what ends the decision ended it there.
  let stage: StageName = 'resolve';
  let granted = 0;
  try {
    const decision = decide(question, {
      resolve: () => {
        stage = 'inspect';
      },
      inspect: (reasons) => {
        if (reasons.length === 0) stage = 'authorize';
      },
      authorize: (outcome) => {
        if (!('grants' in outcome)) return;
        const roles = outcome.grants.map(
          ({ permission, tier }) => `${roleOf(permission)} at tier ${tier}`,
        );
        told.authorize = [...new Set(roles)].join(', ');
        stage = 'limit';
      },
      limit: (outcome) => {
        if (!('grant' in outcome)) return;
        granted = outcome.grant.tier;
        told.limit = roleOf(outcome.grant.permission);
        stage = 'classify';
      },
      classify: ({ tier, reasons }) => {
        told.classify = tierWords(granted, tier, reasons);
      },
    });
    const { reasons, tier } = decision;
    const floors = decision.decision === 'deny' ? [] : reasons;
    return { outcome: decision.decision, decision, stage, tier, floors, reasons };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const fields = (error.errors ?? []).map(({ field, message }): Reason => ({
      code: error.code,
      message: `${field} ${message}.`,
    }));
    const reasons = fields.length > 0 ? fields : [{ code: error.code, message: error.message }];
    return { ...none, outcome: 'refused', stage, reasons };
  }
}

/** What the agent holds for the action type, and which of it permits this whatever forbids it. */
function heldPermissions(
  question: Asked,
  type: ActionType,
  decision: Decision | undefined,
  roleNames: ReadonlyMap<string, string>,
): HeldPermission[] {
  const held = type.permissions.filter(({ role_id }) => question.agent.roles.has(role_id));
  const answer = evaluated(question, type, permitsOf(type.policies));
  const grants = answer.allowed ? answer.grants : [];
  const anything = { has: () => true };
  return held.map((permission) => {
    const { id, role_id: roleId, tier, ladder, condition, limits } = permission;
    const role = { id: roleId, name: roleNames.get(roleId) ?? roleId };
    const rule = { action: type.key, tier, ladder, condition, limits };
    const named = { ...rule, id, role: role.name };
    return {
      ...{ permission: id, role, by: `role ${role.name}`, words: permissionWords(rule) },
      cedar: permitTexts(named, anything).map(({ text }) => text),
      tier: grants.find((grant) => grant.permission === id)?.tier ?? null,
      counted: decision?.permissions[0] === id,
    };
  });
}

/** Permits by hand that can be of this agent, and which of them permits this whatever forbids it. */
function permitsByHand(
  { agent, request, session, user, address, now }: Asked,
  type: ActionType,
  decision: Decision | undefined,
): HeldPermission[] {
  const slice = type.byHand;
  if (!slice) return [];
  const facts = { parameters: request.parameters, session: session.attributes };
  const answer = authorizeByHand({ ...slice, decider: slice.permitting() }, agent, {
    ...{ ...facts, user, address, now },
  });
  const grants = answer.allowed ? answer.grants : [];
  return slice.permits
    .filter(({ json }) => principalFits(json, agent))
    .map(({ id, text, tier, limits }) => ({
      permission: grantedBy(id),
      role: null,
      by: `the Cedar policy ${id}`,
      words: permitWords({ tier, limits }),
      cedar: [text],
      tier: grants.find(({ permission }) => permission === grantedBy(id))?.tier ?? null,
      counted: decision?.permissions[0] === grantedBy(id),
    }));
}

function permitsOf(policies: CompiledPolicies): CompiledPolicies {
  const texts = Object.fromEntries(
    Object.entries(policies.texts).filter(([id]) => !Object.hasOwn(forbids, id)),
  );
  return { ...policies, texts, key: `${policies.key} permits` };
}

const forbidWords: Record<string, string> = {
  clearance: 'What it touches is classified above the clearance of the agent.',
  environment: 'The tool stands in another environment than the agent.',
  state: 'The agent is not to act.',
};

function appliedForbids(question: Asked, type: ActionType): Explained['forbids'] {
  const answer = evaluated(question, type, type.policies);
  const applied = answer.allowed ? [] : answer.forbids;
  return applied.flatMap((id) =>
    isForbid(id) ? [{ id, words: forbidWords[id] ?? id, cedar: forbids[id] }] : [],
  );
}

function isForbid(id: string): id is keyof typeof forbids {
  return Object.hasOwn(forbids, id);
}

function evaluated(question: Asked, type: ActionType, policies: CompiledPolicies) {
  const { agent, request, session, user, address, now } = question;
  const facts = { parameters: request.parameters, session: session.attributes };
  return evaluate(
    policies,
    agent,
    contextOf(type.policies.inputs, { ...facts, user, address, now }),
  );
}

function amountsOf(
  { agent, request }: Asked,
  type: ActionType | undefined,
  roleNames: ReadonlyMap<string, string>,
) {
  const ladders = (type?.permissions ?? []).flatMap(({ role_id: role, ladder }) =>
    ladder && agent.roles.has(role) ? [{ role: roleNames.get(role) ?? role, ladder }] : [],
  );
  const parameter = ladders[0]?.ladder.parameter;
  return {
    amount: parameter === undefined ? null : { parameter, value: request.parameters[parameter] },
    tops: ladders.map(({ role, ladder }) => ({ role, top: ladder.gated })),
  };
}
