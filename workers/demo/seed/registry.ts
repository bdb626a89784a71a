import {
  createPermission,
  createRole,
  grantRole,
  listPermissions,
  listRoles,
} from '@/lib/domains/access/server';
import { activateAgent, createAgent, listAgents } from '@/lib/domains/agents/server';
import {
  createActionType,
  createTool,
  listActionTypes,
  listTools,
} from '@/lib/domains/catalog/server';
import { createCredential } from '@/lib/domains/identity/server';
import type { Context } from '@/lib/kernel/context';
import { Problem } from '@/lib/kernel/problem';
import { ACTION_TYPES, AGENTS, ROLES, RULES, TOOL } from './data';
import type { Kept } from './kept';

const ALL = { limit: 200 };

/** Makes the order service a tool with its action types; gives their ids by key. */
export async function seedCatalog(
  ctx: Context,
  baseUrl: string,
  secretId: string,
): Promise<Map<string, string>> {
  const tools = await listTools(ctx, ALL);
  const tool =
    tools.items.find(({ name }) => name === TOOL.name) ??
    (await createTool(ctx, { ...TOOL, baseUrl, secretId, auth: { type: 'bearer' } }));
  const types = await listActionTypes(ctx, ALL);
  const ids = new Map(types.items.map(({ key, id }) => [key, id]));
  for (const { properties, required, ...rest } of ACTION_TYPES) {
    if (ids.has(rest.key)) continue;
    const parameters = { type: 'object', properties, required, additionalProperties: false };
    const rules = 'customer_id' in properties ? RULES : [];
    const { id } = await createActionType(ctx, { ...rest, toolId: tool.id, parameters, rules });
    ids.set(rest.key, id);
  }
  return ids;
}

/** Makes the roles with their permissions; gives their ids by name. */
export async function seedRoles(
  ctx: Context,
  actionTypes: Map<string, string>,
): Promise<Map<string, string>> {
  const roles = await listRoles(ctx, ALL);
  const ids = new Map(roles.items.map(({ name, id }) => [name, id]));
  for (const { name, description, permissions } of ROLES) {
    const roleId = ids.get(name) ?? (await createRole(ctx, { name, description })).id;
    ids.set(name, roleId);
    const held = await listPermissions(ctx, { ...ALL, role: roleId });
    const granted = new Set(held.items.map(({ actionType }) => actionType.key));
    for (const { action, tier, ladder, limits } of permissions) {
      if (granted.has(action)) continue;
      const grant = ladder ? { ladder } : { tier };
      const actionTypeId = actionTypes.get(action);
      await createPermission(ctx, { roleId, actionTypeId, ...grant, limits: limits ?? {} });
    }
  }
  return ids;
}

/** Registers the agents with their public keys, puts them in their roles and activates them. */
export async function seedAgents(
  ctx: Context,
  kept: Kept,
  members: Map<string, string>,
  roles: Map<string, string>,
): Promise<void> {
  const known = await listAgents(ctx, ALL);
  for (const { role, roles: inRoles, sponsor, ...fields } of AGENTS) {
    const agent =
      known.items.find(({ name }) => name === role) ??
      (await createAgent(ctx, {
        ...fields,
        name: role,
        sponsorId: members.get(sponsor) ?? null,
        environment: 'production',
      }));
    kept.keepAgent(role, agent.id);
    const { kty, crv, x } = await kept.privateJwk(role);
    await unlessDone(() =>
      createCredential(ctx, {
        kind: 'key_pair',
        agentId: agent.id,
        label: 'made with the agent',
        publicJwk: { kty, crv, x },
      }),
    );
    for (const name of inRoles) {
      await unlessDone(() => grantRole(ctx, { id: agent.id, roleId: roles.get(name) }));
    }
    if (agent.state === 'draft') await activateAgent(ctx, { id: agent.id });
  }
}

/** Runs a verb that an earlier, interrupted seed may have run already. */
async function unlessDone(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'already_exists')) throw error;
  }
}
