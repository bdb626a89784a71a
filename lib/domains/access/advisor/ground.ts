/** What is granted and what was used, brought together for the rules. Pure. */
import type { Classification } from '@/lib/domains/classification';
import type { PermissionDocument } from '../policies/permission-document';
import type { Climbed, Rates } from './propose';
import type { Detail } from './schema';

export interface RoleFact {
  id: string;
  name: string;
}

export interface PermissionFact {
  id: string;
  roleId: string;
  createdAt: Date;
  updatedAt: Date;
  rule: PermissionDocument;
  /** The effective classification of its action type. */
  classification: Classification;
}

export interface AgentFact {
  id: string;
  name: string;
  state: string;
  clearance: Classification;
}

export interface GrantFact {
  agentId: string;
  roleId: string;
  grantedAt: Date;
}

/** Allowed and held actions of one agent that are alike. */
export interface UseFact {
  agentId: string;
  /** The key of their action type. */
  type: string;
  /** When the first of them was. */
  first: Date;
  /** The effective classification of the action type then. */
  classification: Classification;
  /** And now; null when there is no such action type any more. */
  classificationNow: Classification | null;
  /** Permissions that satisfied them. */
  permissions: readonly string[];
  count: number;
}

export interface Facts {
  /** From when on there is something to look at. */
  since: Date;
  roles: readonly RoleFact[];
  permissions: readonly PermissionFact[];
  /** Without retired ones. */
  agents: readonly AgentFact[];
  grants: readonly GrantFact[];
  uses: readonly UseFact[];
  climbed: ReadonlyMap<string, Climbed>;
  rates: ReadonlyMap<string, Rates>;
}

export interface NewFinding {
  key: string;
  roleId: string | null;
  agentId: string | null;
  weight: number;
  detail: Detail;
}

export interface Ground extends Facts {
  roleOf: ReadonlyMap<string, RoleFact>;
  permissionsOf: ReadonlyMap<string, readonly PermissionFact[]>;
  grantsOf: ReadonlyMap<string, readonly GrantFact[]>;
  membersOf: ReadonlyMap<string, readonly GrantFact[]>;
  agentOf: ReadonlyMap<string, AgentFact>;
  usesOf: ReadonlyMap<string, readonly UseFact[]>;
  /** How often which agent used a permission. */
  used: Map<string, Map<string, number>>;
  /** Permissions that may have to grant what others did until these were changed. */
  heirs: Set<string>;
  climbed: Map<string, Climbed>;
}

export function groundOf(facts: Facts): Ground {
  const known = new Set(facts.roles.map(({ id }) => id));
  const agentOf = new Map(facts.agents.map((agent) => [agent.id, agent]));
  const grants = facts.grants.filter(
    ({ agentId, roleId }) => agentOf.has(agentId) && known.has(roleId),
  );
  const ground: Ground = {
    ...facts,
    roleOf: new Map(facts.roles.map((role) => [role.id, role])),
    permissionsOf: grouped(facts.permissions, ({ roleId }) => roleId),
    grantsOf: grouped(grants, ({ agentId }) => agentId),
    membersOf: grouped(grants, ({ roleId }) => roleId),
    agentOf,
    usesOf: grouped(facts.uses, ({ agentId }) => agentId),
    used: new Map(),
    heirs: new Set(),
    climbed: new Map(facts.climbed),
  };
  for (const use of facts.uses) credit(ground, use);
  return ground;
}

/**
 * Counts actions as use of what granted them. Where none of that is as it was then, whatever
 * grants the action type to the agent now may have to, so it counts as used too.
 */
function credit(ground: Ground, { agentId, type, first, permissions, count }: UseFact): void {
  for (const permission of permissions) note(ground.used, permission, agentId, count);
  const held = (ground.grantsOf.get(agentId) ?? [])
    .flatMap(({ roleId }) => ground.permissionsOf.get(roleId) ?? [])
    .filter(({ rule }) => rule.action === type);
  const stands = held.some(({ id, updatedAt }) => permissions.includes(id) && updatedAt <= first);
  if (stands) return;
  for (const { id } of held) {
    if (permissions.includes(id)) continue;
    note(ground.used, id, agentId, count);
    ground.heirs.add(id);
  }
}

function grouped<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}

export function note(used: Ground['used'], permission: string, agent: string, count: number): void {
  const of = used.get(permission);
  if (of) of.set(agent, (of.get(agent) ?? 0) + count);
  else used.set(permission, new Map([[agent, count]]));
}

export function later(a: Date, b: Date): string {
  return (a > b ? a : b).toISOString();
}
