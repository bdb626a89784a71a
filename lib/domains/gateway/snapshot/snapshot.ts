import { createHash } from 'node:crypto';
import type { SchemaViolation } from '@/lib/infra/json-schema';
import { canonicalJson } from '@/lib/kernel/canonical';
import { type TierFloors, workspaceSettings } from '@/lib/domains/workspaces/server';
import type { OutputHandler } from '@/lib/domains/classification/server';
import { type AgentSlice, type ByHand, byHandOf } from '../cedar/by-hand';
import { type CompiledPolicies, compilePolicies } from '../cedar/compile';
import { dataOf } from './data';
import { type SealedSecret, sealedOf } from '../tool/credentials';
import { validatorOf } from './validator';
import type { Route, Signing } from '../signed/schema';
import type { ActionTypeRow, AgentRow, Limits, Part, Parts, PermissionRow, ToolRow } from './rows';

export interface Agent extends AgentRow {
  roles: ReadonlySet<string>;
  roleNames: ReadonlySet<string>;
}

/**
 * An action type with everything that deciding and running it needs. Its classification is
 * the effective one: the highest of its own and of the fields it is linked to.
 */
export interface ActionType extends ActionTypeRow {
  tool: ToolRow;
  permissions: readonly PermissionRow[];
  /** Names the wrong parameters; empty when they fit. */
  validate: (parameters: unknown) => SchemaViolation[];
  policies: CompiledPolicies;
  /** The policies by hand that stand beside them; undefined when there are none. */
  byHand: AgentSlice | undefined;
  /** Handles its result before anyone gets it; undefined when no link asks for it. */
  handle: OutputHandler | undefined;
  /** Parameters that the path template names. */
  pathParameters: readonly string[];
}

export interface Credential {
  agentId: string;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** A workspace's configuration at one moment; immutable, replaced as a whole. */
export interface Snapshot {
  workspace: string;
  /** `pol_…`, the digest of what decisions depend on. */
  policyVersion: string;
  agents: ReadonlyMap<string, Agent>;
  credentials: ReadonlyMap<string, Credential>;
  revokedTokens: ReadonlySet<string>;
  actionTypes: ReadonlyMap<string, ActionType>;
  /** Policies by hand and what they speak of; undefined when the workspace has neither. */
  byHand: ByHand | undefined;
  permissions: ReadonlyMap<string, PermissionRow>;
  /** Of what grants anything, a permission or a permit by hand, what it grants at most. */
  limits: ReadonlyMap<string, Limits>;
  secrets: ReadonlyMap<string, SealedSecret>;
  dataKey: Buffer;
  floors: TierFloors;
  approvalTtlMs: number;
  /** How approvers sign at least. */
  signing: Signing;
  /** Which held actions go to whom: the first that fits. */
  routes: readonly Route[];
}

/** What a decision depends on; credentials, tokens and secrets come and go without changing it. */
const decisive: readonly Part[] = [
  'agents',
  'agentRoles',
  'tools',
  'actionTypes',
  'dataLinks',
  'permissions',
  'cedarPolicies',
  'cedarSchema',
];

/** Makes the snapshot of parts as read. Throws when the workspace does not exist. */
export function buildSnapshot(parts: Parts): Snapshot {
  const [workspace] = parts.workspace;
  if (!workspace) throw new Error('the workspace does not exist');
  const settings = workspaceSettings.parse(workspace.settings);
  const tools = new Map(parts.tools.map((tool) => [tool.id, tool]));
  const dataFor = dataOf(parts);
  const byHand = byHandOf(parts);
  const actionTypes = new Map<string, ActionType>();
  for (const stored of parts.actionTypes) {
    const tool = tools.get(stored.tool_id);
    if (!tool) continue;
    const { type: row, handle } = dataFor(stored);
    const permissions = parts.permissions.filter((p) => p.action_type_id === row.id);
    actionTypes.set(row.key, {
      ...row,
      tool,
      permissions,
      validate: validatorOf(row.parameters),
      policies: compilePolicies(row, tool, permissions),
      byHand: byHand?.slice(row, tool),
      handle,
      pathParameters: [...row.path_template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''),
    });
  }
  const rolesOf = new Map<string, { roles: Set<string>; roleNames: Set<string> }>();
  for (const { agent_id: agent, role_id: role, role_name: name } of parts.agentRoles) {
    const held = rolesOf.get(agent) ?? { roles: new Set(), roleNames: new Set() };
    held.roles.add(role);
    held.roleNames.add(name);
    rolesOf.set(agent, held);
  }
  return {
    workspace: workspace.id,
    policyVersion: versionOf(parts, settings.tierFloors),
    agents: new Map(parts.agents.map((a) => [a.id, { ...a, ...(rolesOf.get(a.id) ?? inNone) }])),
    credentials: new Map(
      parts.credentials.map((c) => [
        c.id,
        { agentId: c.agent_id, expiresAt: c.expires_at?.getTime() ?? Number.POSITIVE_INFINITY },
      ]),
    ),
    revokedTokens: new Set(parts.revokedTokens.map((token) => token.jti)),
    actionTypes,
    byHand,
    permissions: new Map(parts.permissions.map((permission) => [permission.id, permission])),
    limits: new Map([
      ...parts.permissions.map(({ id, limits }) => [id, limits] as const),
      ...(byHand?.limits ?? []),
    ]),
    secrets: new Map(parts.secrets.map((secret) => [secret.secret_id, sealedOf(secret)])),
    dataKey: workspace.data_key,
    floors: settings.tierFloors,
    approvalTtlMs: settings.approvalTtlMinutes * 60_000,
    signing: settings.signing,
    routes: parts.routes,
  };
}

const inNone: Pick<Agent, 'roles' | 'roleNames'> = { roles: new Set(), roleNames: new Set() };

// Rows are replaced as a whole when their table is read again, so their digest can be kept.
const digests = new WeakMap<readonly unknown[], string>();

function versionOf(parts: Parts, floors: TierFloors): string {
  const hash = createHash('sha256').update(canonicalJson(floors));
  for (const part of decisive) {
    let digest = digests.get(parts[part]);
    if (digest === undefined) {
      digest = createHash('sha256').update(canonicalJson(parts[part])).digest('hex');
      digests.set(parts[part], digest);
    }
    hash.update(digest);
  }
  return `pol_${hash.digest('hex').slice(0, 24)}`;
}
