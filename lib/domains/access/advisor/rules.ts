/** What recorded use did not need of what is granted. Pure. */
import { type Classification, classifications, rank } from '@/lib/domains/classification';
import { permissionWidens } from '../policies/diff';
import type { PermissionDocument } from '../policies/permission-document';
import { type Climbed, narrowed, type Rates } from './propose';
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

/** More names than this are no condition that anybody reads. */
const MOST_USERS = 100;
const MOST_CLAUSES = 20;

export function advise(facts: Facts): NewFinding[] {
  const ground = groundOf(facts);
  const contained = containedRoles(ground);
  fold(ground, contained);
  return [
    ...ground.permissions.flatMap((permission) => permissionFindings(ground, permission)),
    ...contained.map((pair) => containedFinding(ground, pair)),
    ...ground.agents.flatMap((agent) => agentFindings(ground, agent)),
  ];
}

interface Ground extends Facts {
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

function groundOf(facts: Facts): Ground {
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

function note(used: Ground['used'], permission: string, agent: string, count: number): void {
  const of = used.get(permission);
  if (of) of.set(agent, (of.get(agent) ?? 0) + count);
  else used.set(permission, new Map([[agent, count]]));
}

// ---- roles within roles ----

interface Contained {
  role: RoleFact;
  within: RoleFact;
  agents: string[];
  /** Each permission of the role, with the one that grants at least as much. */
  covered: [PermissionFact, PermissionFact][];
}

/** Pairs of roles that some agent is in both of, one of which grants nothing that the other does not. */
function containedRoles({ grantsOf, roleOf, permissionsOf }: Ground): Contained[] {
  const pairs = new Map<string, Contained | null>();
  const pairOf = (role: RoleFact, within: RoleFact): Contained | null => {
    const key = `${role.id} ${within.id}`;
    let pair = pairs.get(key);
    if (pair === undefined) {
      const covered = coveredBy(permissionsOf.get(role.id), permissionsOf.get(within.id));
      // Of two that grant the same the one whose name comes first stays.
      const same =
        covered && coveredBy(permissionsOf.get(within.id), permissionsOf.get(role.id)) !== null;
      const kept = !same || within.name < role.name;
      pair = covered && kept ? { role, within, agents: [], covered } : null;
      pairs.set(key, pair);
    }
    return pair;
  };
  for (const [agent, grants] of grantsOf) {
    if (grants.length < 2) continue;
    const held = grants.flatMap(({ roleId }) => roleOf.get(roleId) ?? []);
    for (const role of held) {
      for (const within of held) {
        if (role !== within) pairOf(role, within)?.agents.push(agent);
      }
    }
  }
  return [...pairs.values()].filter((pair) => pair !== null);
}

/**
 * Null unless each is granted at least as far by one of the others. One with limits is not
 * taken for another: an agent in both roles may use both up.
 */
function coveredBy(
  permissions: readonly PermissionFact[] = [],
  others: readonly PermissionFact[] = [],
): Contained['covered'] | null {
  const covered: Contained['covered'] = [];
  for (const permission of permissions) {
    const other = others.find(
      ({ rule }) =>
        rule.action === permission.rule.action &&
        Object.keys(rule.limits).length === 0 &&
        !permissionWidens(rule, permission.rule),
    );
    if (!other) return null;
    covered.push([permission, other]);
  }
  return covered.length > 0 ? covered : null;
}

/**
 * What an agent used of a contained role counts as used of the one that contains it: once it is
 * out of the one, the other must still do.
 */
function fold(ground: Ground, contained: readonly Contained[]): void {
  for (const { agents, covered } of contained) {
    for (const [permission, other] of covered) {
      const uses = ground.used.get(permission.id);
      for (const agent of agents) {
        const count = uses?.get(agent) ?? 0;
        const own = ground.used.get(other.id)?.get(agent) ?? 0;
        if (count > own) note(ground.used, other.id, agent, count - own);
      }
      const climbed = ground.climbed.get(permission.id);
      if (climbed)
        ground.climbed.set(other.id, joined(other, climbed, ground.climbed.get(other.id)));
    }
  }
}

function joined({ rule }: PermissionFact, one: Climbed, other: Climbed | undefined): Climbed {
  const upTo = (rung: 'autonomous' | 'supervised' | 'gated') => {
    const own = other?.upTo[rung] ?? null;
    const top = rule.ladder?.[rung];
    if (top === undefined || one.uses === 0) return own;
    return Math.max(own ?? 0, Math.min(one.max, top));
  };
  return {
    uses: one.uses + (other?.uses ?? 0),
    max: Math.max(one.max, other?.max ?? 0),
    p99: Math.max(one.p99, other?.p99 ?? 0),
    upTo: {
      autonomous: upTo('autonomous'),
      supervised: upTo('supervised'),
      gated: upTo('gated'),
    },
  };
}

function containedFinding(
  { since }: Ground,
  { role, within, agents, covered }: Contained,
): NewFinding {
  return {
    key: `contained_role ${role.id} ${within.id}`,
    roleId: role.id,
    agentId: null,
    weight: 300 + Math.min(agents.length, 99),
    detail: {
      kind: 'contained_role',
      ...{ role: role.name, within: within.name, permissions: covered.length },
      agents: agents.length,
      since: since.toISOString(),
    },
  };
}

// ---- permissions ----

function permissionFindings(ground: Ground, permission: PermissionFact): NewFinding[] {
  const { id, roleId, rule } = permission;
  const role = ground.roleOf.get(roleId);
  const members = (ground.membersOf.get(roleId) ?? []).filter(
    ({ agentId }) => ground.agentOf.get(agentId)?.state !== 'draft',
  );
  // What no agent could use, no use can be missed of.
  if (!role || members.length === 0) return [];
  const used = ground.used.get(id);
  const of = { roleId, agentId: null };
  const since = later(ground.since, permission.createdAt);
  const told = { role: role.name, permission: rule, since };
  if (!used) {
    return [
      {
        ...of,
        key: `unused_permission ${id}`,
        weight: 500 + rank(permission.classification) * 10 + Math.min(members.length, 9),
        detail: { kind: 'unused_permission', ...told, agents: members.length },
      },
    ];
  }
  const uses = [...used.values()].reduce((sum, count) => sum + count, 0);
  const found: NewFinding[] = [];
  const wide = ground.heirs.has(id)
    ? undefined
    : narrowed(rule, ground.climbed.get(id), ground.rates.get(id));
  if (wide) {
    found.push({
      ...of,
      key: `wide_limits ${id}`,
      weight: 600 + Math.min(99, Math.round(Math.max(...wide.parts.map((p) => p.now / p.max)))),
      detail: { kind: 'wide_limits', ...told, ...wide, uses },
    });
  }
  const users = usersOf(ground, permission, members, used);
  if (users) {
    const detail = { kind: 'unused_by_agents' as const, ...told, users, agents: members.length };
    found.push({
      ...of,
      key: `unused_by_agents ${id}`,
      weight: 100 + Math.min(99, members.length - users.length),
      detail: { ...detail, uses },
    });
  }
  return found;
}

/** Names of those who used it, when others are in the role and at work, and naming them is sensible. */
function usersOf(
  ground: Ground,
  { roleId, rule }: PermissionFact,
  members: readonly GrantFact[],
  used: ReadonlyMap<string, number>,
): string[] | undefined {
  const named = rule.condition.some((clause) => 'left' in clause && clause.left === 'agent.name');
  if (named || rule.condition.length >= MOST_CLAUSES) return undefined;
  const users = [...used.keys()].flatMap((agent) => ground.agentOf.get(agent)?.name ?? []);
  const others = members.filter(
    ({ agentId }) => !used.has(agentId) && usesRole(ground, agentId, roleId),
  );
  if (users.length === 0 || users.length > MOST_USERS || others.length === 0) return undefined;
  return users.toSorted();
}

function usesRole({ permissionsOf, used }: Ground, agent: string, role: string): boolean {
  return (permissionsOf.get(role) ?? []).some(({ id }) => used.get(id)?.has(agent));
}

// ---- agents ----

function agentFindings(ground: Ground, agent: AgentFact): NewFinding[] {
  if (agent.state === 'draft') return [];
  const uses = ground.usesOf.get(agent.id) ?? [];
  const actions = uses.reduce((sum, { count }) => sum + count, 0);
  const grants = ground.grantsOf.get(agent.id) ?? [];
  const found = grants.flatMap(({ roleId, grantedAt }): NewFinding[] => {
    const role = ground.roleOf.get(roleId);
    const permissions = ground.permissionsOf.get(roleId)?.length ?? 0;
    if (!role || permissions === 0 || usesRole(ground, agent.id, roleId)) return [];
    const since = later(ground.since, grantedAt);
    return [
      {
        key: `unused_role ${agent.id} ${roleId}`,
        ...{ roleId, agentId: agent.id },
        weight: 400 + Math.min(99, permissions),
        detail: {
          kind: 'unused_role',
          ...{ agent: agent.name, role: role.name, permissions, actions, since },
        },
      },
    ];
  });
  const proposed = touchedBy(uses);
  if (proposed === undefined || rank(proposed) >= rank(agent.clearance)) return found;
  const above = grants
    .flatMap(({ roleId }) => ground.permissionsOf.get(roleId) ?? [])
    .filter(({ classification }) => rank(classification) > rank(proposed))
    .map(({ rule }) => rule.action);
  const reach = new Set(above).size;
  return [
    ...found,
    {
      key: `excess_clearance ${agent.id}`,
      ...{ roleId: null, agentId: agent.id },
      weight: 200 + rank(agent.clearance) * 20 + Math.min(reach, 19),
      detail: {
        kind: 'excess_clearance',
        ...{ agent: agent.name, clearance: agent.clearance, proposed, actions, reach },
        since: ground.since.toISOString(),
      },
    },
  ];
}

/** The highest that was touched, as it was classified then and is now; undefined without any action. */
function touchedBy(uses: readonly UseFact[]): Classification | undefined {
  if (uses.length === 0) return undefined;
  const ranks = uses.flatMap(({ classification, classificationNow }) => [
    rank(classification),
    rank(classificationNow ?? classification),
  ]);
  return classifications[Math.max(...ranks)];
}

function later(a: Date, b: Date): string {
  return (a > b ? a : b).toISOString();
}
