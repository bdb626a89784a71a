import { conditionWords } from '@/lib/domains/access/server';
import { authorizeByHand } from '../cedar/by-hand';
import type { Authorization, Grant } from '../cedar/compile';
import { contextOf, type Facts } from '../cedar/context';
import { evaluate } from '../cedar/evaluate';
import type { Reason } from '../schema';
import type { ActionType, Agent } from '../snapshot/snapshot';

export type Authorized = { grants: readonly Grant[] } | { reasons: Reason[] };

/** Stage 5. Cedar's answer: what grants it, or why nothing does. */
export function authorize(agent: Agent, type: ActionType, facts: Facts): Authorized {
  const permissions = evaluate(type.policies, agent, contextOf(type.policies.inputs, facts));
  const answer = type.byHand
    ? together(permissions, authorizeByHand(type.byHand, agent, facts))
    : permissions;
  if (answer.allowed) return { grants: answer.grants };
  if (answer.error !== undefined) {
    return {
      reasons: [
        {
          code: 'policy_error',
          message:
            'The policies for this action type could not be evaluated, so it is denied. Tell an admin.',
        },
      ],
    };
  }
  if (answer.forbids.includes('clearance')) {
    return {
      reasons: [
        {
          code: 'clearance',
          message: `It touches ${type.classification} data and the agent is cleared for ${agent.clearance}. No permission lifts this.`,
        },
      ],
    };
  }
  if (answer.forbids.includes('environment')) {
    return {
      reasons: [
        {
          code: 'environment',
          message: `The tool ${type.tool.name} stands in ${type.tool.environment} and the agent in ${agent.environment}. No permission lifts this.`,
        },
      ],
    };
  }
  const [byHand] = answer.forbids.filter((id) => id.includes('#'));
  if (byHand !== undefined) {
    const message = `The Cedar policy ${byHand} forbids it. No permission lifts this.`;
    return { reasons: [{ code: 'policy', message }] };
  }
  return { reasons: [whyNothingPermits(agent, type, facts.parameters)] };
}

/** Permissions and policies by hand as one: any error and any forbid denies, else each permit grants. */
function together(one: Authorization, other: Authorization): Authorization {
  const error = [one, other].find((each) => 'error' in each && each.error !== undefined);
  if (error) return error;
  const forbids = [one, other].flatMap((each) => (each.allowed ? [] : each.forbids));
  const grants = [one, other].flatMap((each) => (each.allowed ? each.grants : []));
  if (forbids.length > 0 || grants.length === 0) return { allowed: false, forbids };
  return { allowed: true, grants };
}

function whyNothingPermits(
  agent: Agent,
  type: ActionType,
  parameters: Facts['parameters'],
): Reason {
  const held = type.permissions.filter((permission) => agent.roles.has(permission.role_id));
  if (held.length === 0) {
    return {
      code: 'no_permission',
      message: `No role of the agent permits ${type.key}. Ask an admin for one that does.`,
    };
  }
  const ladder = held.find((permission) => permission.ladder)?.ladder;
  const value = ladder && parameters[ladder.parameter];
  if (ladder && typeof value !== 'number') {
    return {
      code: 'amount_missing',
      message: `The permission depends on the number ${ladder.parameter}, which is missing. Send it.`,
    };
  }
  const within = held.filter(
    ({ ladder: rungs }) =>
      rungs === null || (typeof value === 'number' && value >= 0 && value <= rungs.gated),
  );
  const unmet = within.find(({ condition }) => condition.length > 0);
  if (unmet) {
    return {
      code: 'condition_not_met',
      message: `The agent's role permits ${type.key} only if ${conditionWords(unmet.condition)}.`,
    };
  }
  if (!ladder) {
    return {
      code: 'no_permission',
      message: `No role of the agent permits ${type.key}. Ask an admin for one that does.`,
    };
  }
  return {
    code: 'above_limit',
    message: `${ladder.parameter} is outside what the agent's roles permit, which is from 0 to ${Math.max(...held.map((p) => p.ladder?.gated ?? 0))}.`,
  };
}
