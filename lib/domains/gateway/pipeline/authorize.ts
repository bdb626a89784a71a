import type { Grant } from '../cedar/compile';
import { authorize as ask, type Compared } from '../cedar/evaluate';
import { scaled } from '../cedar/scale';
import type { Reason } from '../schema';
import type { ActionType, Agent } from '../snapshot/snapshot';

export type Authorized = { grants: readonly Grant[] } | { reasons: Reason[] };

/** Stage 5. Cedar's answer: what grants it, or why nothing does. */
export function authorize(
  agent: Agent,
  type: ActionType,
  parameters: Record<string, unknown>,
): Authorized {
  const compared: Record<string, number> = {};
  for (const name of type.policies.parameters) {
    const value = parameters[name];
    const amount = typeof value === 'number' ? scaled(value) : undefined;
    if (amount !== undefined) compared[name] = amount;
  }
  const answer = ask(type.policies, agent, compared satisfies Compared);
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
  return { reasons: [whyNothingPermits(agent, type, parameters)] };
}

function whyNothingPermits(
  agent: Agent,
  type: ActionType,
  parameters: Record<string, unknown>,
): Reason {
  const held = type.permissions.filter((permission) => agent.roles.has(permission.role_id));
  const ladder = held.find((permission) => permission.ladder)?.ladder;
  if (!ladder) {
    return {
      code: 'no_permission',
      message: `No role of the agent permits ${type.key}. Ask an admin for one that does.`,
    };
  }
  const value = parameters[ladder.parameter];
  if (typeof value !== 'number') {
    return {
      code: 'amount_missing',
      message: `The permission depends on the number ${ladder.parameter}, which is missing. Send it.`,
    };
  }
  return {
    code: 'above_limit',
    message: `${ladder.parameter} ${value} is outside what the agent's roles permit, which is from 0 to ${Math.max(...held.map((p) => p.ladder?.gated ?? 0))}.`,
  };
}
