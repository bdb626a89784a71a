import { keyOf, paired, type PolicyDocument } from '@/lib/domains/access/server';
import type { Client } from '@/lib/infra/pg';
import { workspaceSettings } from '@/lib/domains/workspaces/server';
import { type Parts, type PermissionRow, readParts } from '../snapshot/rows';

/** What decisions rest on; a replay runs nothing, so it reads no credential and no secret. */
const decisive = [
  'workspace',
  'agents',
  'agentRoles',
  'tools',
  'actionTypes',
  'dataLinks',
  'permissions',
  'cedarPolicies',
  'cedarSchema',
] as const;

export interface Named extends Parts {
  roleNames: ReadonlyMap<string, string>;
}

/** The workspace as it stands; the client's transaction has it set. */
export async function currentParts(client: Client): Promise<Named> {
  const read = (await readParts(client, decisive)) as Pick<Parts, (typeof decisive)[number]>;
  const { rows } = await client.query<{ id: string; name: string }>(
    "SELECT id, name FROM roles WHERE state = 'active'",
  );
  return {
    ...read,
    credentials: [],
    revokedTokens: [],
    secrets: [],
    routes: [],
    roleNames: new Map(rows.map(({ id, name }) => [id, name])),
  };
}

/** The workspace as it would be with a document published. Rows that it leaves alone keep their ids. */
export function partsWith(parts: Named, document: PolicyDocument): Parts {
  const keys = new Map(parts.actionTypes.map(({ id, key }) => [id, key]));
  const types = new Map(parts.actionTypes.map(({ id, key }) => [key, id]));
  const roleIds = new Map([...parts.roleNames].map(([id, name]) => [name, id]));
  const roleId = (name: string) => roleIds.get(name) ?? `rol_drafted_${name}`;
  const permissions = Object.entries(document.roles).flatMap(([name, role]) => {
    const rows = parts.permissions.filter(({ role_id }) => role_id === roleId(name));
    const before = rows.map((row) => ({ ...row, action: keys.get(row.action_type_id) ?? '' }));
    return paired(before, role.permissions).flatMap(([was, is]): PermissionRow[] => {
      const type = is && types.get(is.action);
      if (!is || type === undefined) return [];
      const row = was && before.find((one) => keyOf(one) === keyOf(was));
      const { action: _, ...rule } = is;
      const id = row?.id ?? `prm_drafted_${name}_${keyOf(is)}`;
      return [{ ...rule, id, role_id: roleId(name), action_type_id: type, limits: limitsOf(is) }];
    });
  });
  const agentOf = new Map(parts.agents.map((agent) => [agent.name, agent]));
  const [workspace] = parts.workspace;
  const settings = workspaceSettings.parse(workspace?.settings ?? {});
  return {
    ...parts,
    workspace: workspace
      ? [{ ...workspace, settings: { ...settings, tierFloors: document.floors } }]
      : [],
    agents: parts.agents.map((agent) => ({
      ...agent,
      clearance: document.agents[agent.name]?.clearance ?? agent.clearance,
    })),
    agentRoles: Object.entries(document.agents).flatMap(([name, { roles }]) => {
      const agent = agentOf.get(name);
      return agent
        ? roles
            .filter((role) => Object.hasOwn(document.roles, role))
            .map((role) => ({ agent_id: agent.id, role_id: roleId(role), role_name: role }))
        : [];
    }),
    actionTypes: parts.actionTypes.map((type) => ({
      ...type,
      classification: document.actionTypes[type.key]?.classification ?? type.classification,
    })),
    permissions,
    cedarPolicies: Object.entries(document.cedar.policies).map(([name, text]) => ({ name, text })),
    cedarSchema: document.cedar.schema === '' ? [] : [{ text: document.cedar.schema }],
  };
}

/** Without members that are undefined, as rows have it. */
function limitsOf({ limits }: { limits: object }): PermissionRow['limits'] {
  return JSON.parse(JSON.stringify(limits)) as PermissionRow['limits'];
}
