/** Roles that grant nothing beyond another one that the same agents are in. Pure. */
import { permissionWidens } from '../policies/diff';
import { type Ground, type NewFinding, note, type PermissionFact, type RoleFact } from './ground';
import type { Climbed } from './propose';

export interface Contained {
  role: RoleFact;
  within: RoleFact;
  agents: string[];
  /** Each permission of the role, with the one that grants at least as much. */
  covered: [PermissionFact, PermissionFact][];
}

/** Pairs of roles that some agent is in both of, one of which grants nothing that the other does not. */
export function containedRoles({ grantsOf, roleOf, permissionsOf }: Ground): Contained[] {
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
export function fold(ground: Ground, contained: readonly Contained[]): void {
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

export function containedFinding(
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
