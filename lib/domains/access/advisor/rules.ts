/** What recorded use did not need of what is granted. Pure. */
import { type Classification, classifications, rank } from '@/lib/domains/classification';
import { containedFinding, containedRoles, fold } from './contained';
import {
  type AgentFact,
  type Facts,
  type GrantFact,
  type Ground,
  groundOf,
  later,
  type NewFinding,
  type PermissionFact,
  type UseFact,
} from './ground';
import { narrowed } from './propose';

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
