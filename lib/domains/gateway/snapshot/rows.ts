import type { Condition } from '@/lib/domains/access/server';
import type { Classification, Handling } from '@/lib/domains/classification';
import type { Client } from '@/lib/infra/pg';
import type { Route, Signing } from '../signed/schema';

export interface WorkspaceRow {
  id: string;
  settings: Record<string, unknown>;
  data_key: Buffer;
}

export interface AgentRow {
  id: string;
  name: string;
  state: string;
  clearance: Classification;
  environment: string;
  model: string;
  sponsor_id: string | null;
}

export interface AgentRoleRow {
  agent_id: string;
  role_id: string;
  /** As policies by hand call it. */
  role_name: string;
}

export interface CredentialRow {
  id: string;
  agent_id: string;
  expires_at: Date | null;
}

export interface RevokedTokenRow {
  jti: string;
}

export interface ToolRow {
  id: string;
  name: string;
  base_url: string;
  auth: { type: 'none' } | { type: 'bearer' } | { type: 'header'; header: string };
  secret_id: string | null;
  timeout_ms: number;
  /** Null when it serves every environment. */
  environment: string | null;
}

export type Rule =
  | { parameter: string; rule: 'equals_session'; attribute: string }
  | { parameter: string; rule: 'range'; min?: number; max?: number };

export interface ActionTypeRow {
  id: string;
  key: string;
  tool_id: string;
  title: string;
  parameters: Record<string, unknown>;
  rules: Rule[];
  effects: string[];
  reversibility: string;
  classification: Classification;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path_template: string;
  sentence: string;
  /** How approvers sign a held one at least; null as the workspace says. */
  signing: Signing | null;
  /** Numbers that an approver may make smaller. */
  narrowable: string[];
}

/** A parameter or a part of the result that holds a classified field. */
export interface DataLinkRow {
  action_type_id: string;
  direction: 'input' | 'output';
  path: string;
  classification: Classification;
  handling: Handling;
}

export interface Ladder {
  parameter: string;
  autonomous: number;
  supervised: number;
  gated: number;
}

export interface Limits {
  perMinute?: number;
  perHour?: number;
  perDay?: number;
  amountPerDay?: { parameter: string; max: number };
}

export interface PermissionRow {
  id: string;
  role_id: string;
  action_type_id: string;
  tier: 1 | 2 | 3 | null;
  ladder: Ladder | null;
  condition: Condition;
  limits: Limits;
}

export interface SecretRow {
  secret_id: string;
  version_id: string;
  ciphertext: Buffer;
  /** Where alone it may be sent; null for one from before that was kept. */
  origin: string | null;
}

/** Policies by hand, under the name of their text. */
export interface CedarPolicyRow {
  name: string;
  text: string;
}

/** The declared types that policies by hand speak of. */
export interface CedarSchemaRow {
  text: string;
}

/** Everything that a workspace's decisions rest on, as stored. */
export interface Parts {
  workspace: WorkspaceRow[];
  agents: AgentRow[];
  agentRoles: AgentRoleRow[];
  credentials: CredentialRow[];
  revokedTokens: RevokedTokenRow[];
  tools: ToolRow[];
  actionTypes: ActionTypeRow[];
  dataLinks: DataLinkRow[];
  permissions: PermissionRow[];
  cedarPolicies: CedarPolicyRow[];
  cedarSchema: CedarSchemaRow[];
  secrets: SecretRow[];
  /** Which held actions go to whom, in the order in which they are tried. */
  routes: Route[];
}
export type Part = keyof Parts;

/** Each part's rows, in a fixed order so that equal configuration has an equal digest. */
const queries: Record<Part, string> = {
  workspace: 'SELECT id, settings, data_key FROM workspaces',
  agents:
    'SELECT id, name, state, clearance, environment, model, sponsor_id FROM agents ORDER BY id',
  agentRoles: `SELECT ar.agent_id, ar.role_id, r.name AS role_name FROM agent_roles ar JOIN roles r ON r.id = ar.role_id
    WHERE r.state = 'active' ORDER BY ar.agent_id, ar.role_id`,
  credentials: `SELECT id, agent_id, expires_at FROM credentials
    WHERE state IN ('active', 'retiring') ORDER BY id`,
  revokedTokens: 'SELECT jti FROM revoked_tokens WHERE expires_at > now() ORDER BY jti',
  tools: `SELECT id, name, base_url, auth, secret_id, timeout_ms, environment FROM tools
    WHERE state = 'active' ORDER BY id`,
  actionTypes: `SELECT id, key, tool_id, title, parameters, rules, effects, reversibility,
      classification, method, path_template, sentence, signing, narrowable
    FROM action_types WHERE state = 'active' ORDER BY id`,
  dataLinks: `SELECT d.action_type_id, d.direction, d.path, f.classification, f.handling
    FROM action_type_data d JOIN data_fields f ON f.id = d.field_id
    ORDER BY d.action_type_id, d.direction, d.path`,
  permissions: `SELECT p.id, p.role_id, p.action_type_id, p.tier, p.ladder, p.condition, p.limits
    FROM permissions p JOIN roles r ON r.id = p.role_id WHERE r.state = 'active' ORDER BY p.id`,
  cedarPolicies: 'SELECT name, text FROM cedar_policies ORDER BY name',
  cedarSchema: 'SELECT text FROM cedar_schemas',
  secrets: `SELECT v.secret_id, v.id AS version_id, v.ciphertext, s.origin
    FROM secret_versions v JOIN secrets s ON s.id = v.secret_id
    WHERE v.state = 'current' AND s.state = 'active' AND v.ciphertext IS NOT NULL ORDER BY v.id`,
  routes:
    'SELECT id, fits, needs, wait_minutes, signing FROM approval_routes ORDER BY position, id',
};

export const allParts = Object.keys(queries) as Part[];

/** What must be read again when a table has changed; empty for tables of no concern. */
const partsOfTable: Record<string, readonly Part[]> = {
  workspaces: ['workspace'],
  agents: ['agents'],
  agent_roles: ['agentRoles'],
  roles: ['agentRoles', 'permissions'],
  credentials: ['credentials'],
  revoked_tokens: ['revokedTokens'],
  tools: ['tools'],
  action_types: ['actionTypes'],
  action_type_data: ['dataLinks'],
  data_fields: ['dataLinks'],
  permissions: ['permissions'],
  cedar_policies: ['cedarPolicies'],
  cedar_schemas: ['cedarSchema'],
  secrets: ['secrets'],
  secret_versions: ['secrets'],
  approval_routes: ['routes'],
};

export function partsChangedBy(table: string): readonly Part[] {
  return partsOfTable[table] ?? [];
}

/** Reads some parts within one transaction whose workspace is set. */
export async function readParts(client: Client, parts: Iterable<Part>): Promise<Partial<Parts>> {
  const read: Partial<Record<Part, unknown[]>> = {};
  for (const part of parts) {
    const { rows } = await client.query({ name: `snapshot-${part}`, text: queries[part] });
    read[part] = rows;
  }
  return read as Partial<Parts>;
}
