import { z } from 'zod';
import { covers, type Classification } from '@/lib/domains/classification';
import { effectiveOfType } from '@/lib/domains/classification/server';
import { readSettings } from '@/lib/domains/workspaces/server';
import { conflict, notFound } from '@/lib/kernel/problem';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { permitsOf } from '../cedar-policies/permits';
import { Condition } from '../condition';
import { grantAbility, manageAccess, readAccess } from '../policy';
import { findGrants, loadAgentOf, loadRole } from '../repo';
import {
  AgentPermissionsRef,
  AgentRoles,
  type EffectivePermission,
  EffectivePermissions,
  GrantRole,
  Ladder,
  Limits,
  Tier,
} from '../schema';
import { tierFloor } from '../tier';

export const agentRoles = query({
  name: 'agent_roles.list',
  input: AgentPermissionsRef,
  output: AgentRoles,
  permit: readAccess,
  run: async ({ ctx, input, tx }) => {
    const agent = await loadAgentOf(tx, input.id);
    const grant = grantAbility(ctx.actor, agent.state);
    const grants = await findGrants(tx, input.id);
    return {
      items: grants.map(({ role, createdAt }) => ({
        id: role.id,
        name: role.name,
        description: role.description,
        grantedAt: createdAt.toISOString(),
        can: { remove: manageAccess(ctx.actor) },
      })),
      can: { grant },
    };
  },
});

/** Each action type that a role grants the agent, at which tier, and what stands against it; and permits by hand. */
export const agentPermissions = query({
  name: 'agent_permissions.list',
  input: AgentPermissionsRef,
  output: EffectivePermissions,
  permit: readAccess,
  run: async ({ input, tx }) => {
    const agent = await loadAgentOf(tx, input.id);
    const { tierFloors } = await readSettings(tx);
    const held = await findGrants(tx, input.id);
    const items = held.flatMap(({ role }) =>
      role.permissions.map((permission): EffectivePermission => {
        const { id, key, title, effects, reversibility, state } = permission.actionType;
        const { classification } = effectiveOfType(permission.actionType);
        return {
          actionType: { id, key, title, effects, reversibility, classification },
          role: { id: role.id, name: role.name },
          permission: permission.id,
          tier: Tier.nullable().parse(permission.tier),
          ladder: Ladder.nullable().parse(permission.ladder),
          condition: Condition.parse(permission.condition),
          limits: Limits.parse(permission.limits),
          floor: tierFloor({ effects, reversibility }, agent, tierFloors),
          blocked: blockedBecause(agent, role.state, {
            state,
            classification,
            environment: permission.actionType.tool.environment,
          }),
        };
      }),
    );
    const active = held.filter(({ role }) => role.state === 'active').map(({ role }) => role.name);
    return {
      items: items.toSorted((a, b) => a.actionType.key.localeCompare(b.actionType.key)),
      byHand: await permitsOf(tx, { id: agent.id, roleNames: new Set(active) }),
    };
  },
});

/** Why what a role grants cannot be used now; null when nothing stands against it. */
export function blockedBecause(
  agent: { state: string; clearance: string; environment: string },
  roleState: string,
  type: { state: string; classification: Classification; environment: string | null },
): string | null {
  const { classification, environment } = type;
  if (roleState !== 'active') return 'The role is retired.';
  if (type.state !== 'active') return 'The action type is retired.';
  if (!covers(agent.clearance as Classification, classification)) {
    return `It touches ${classification} data; the agent's clearance is ${agent.clearance}.`;
  }
  if (environment !== null && environment !== agent.environment) {
    return `The tool stands in ${environment}; the agent in ${agent.environment}.`;
  }
  if (agent.state !== 'active' && agent.state !== 'probation')
    return `The agent is ${agent.state}.`;
  return null;
}

export const grantRole = verb({
  name: 'agent_roles.grant',
  input: GrantRole,
  output: z.object({ id: z.string(), roleId: z.string() }),
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const agent = await loadAgentOf(tx, input.id);
    permitted(grantAbility(ctx.actor, agent.state));
    const role = await loadRole(tx, input.roleId);
    if (role.state !== 'active')
      throw conflict('wrong_state', 'The role is retired. Choose another.');
    await tx.agentRole.create({
      data: {
        workspaceId: ctx.workspace,
        agentId: agent.id,
        roleId: role.id,
        grantedBy: ctx.actor.id,
      },
    });
    event({
      type: 'agent_role.granted',
      agent: agent.id,
      object: { type: 'role', id: role.id },
      data: { before: null, after: { agent: agent.name, role: role.name } },
    });
    return input;
  },
});

export const removeRole = verb({
  name: 'agent_roles.remove',
  input: GrantRole,
  output: z.object({ id: z.string(), roleId: z.string() }),
  permit: manageAccess,
  run: async ({ input, tx, event }) => {
    const agent = await loadAgentOf(tx, input.id);
    const role = await loadRole(tx, input.roleId);
    const { count } = await tx.agentRole.deleteMany({
      where: { agentId: agent.id, roleId: role.id },
    });
    if (count === 0) throw notFound('role of this agent');
    event({
      type: 'agent_role.removed',
      agent: agent.id,
      object: { type: 'role', id: role.id },
      data: { before: { agent: agent.name, role: role.name }, after: null },
    });
    return input;
  },
});
