/** Agents that an action type's policies cannot tell apart: one of them stands for all. */
import type { ActionType, Agent, Snapshot } from '../snapshot/snapshot';

/** An agent as it stands and as it would be. */
export interface Pair {
  before: Agent;
  after: Agent;
}

export interface AgentKind extends Pair {
  /** How many agents there are of the kind. */
  agents: number;
}

/** An action type as it stands and as it would be. */
export interface TypePair {
  before: ActionType;
  after: ActionType;
}

/** The agents that may act at all, those with the same roles and standing together. */
export function agentsOf(before: Snapshot, after: Snapshot): Pair[][] {
  const groups = new Map<string, Pair[]>();
  for (const agent of before.agents.values()) {
    const next = after.agents.get(agent.id);
    if (!next || (agent.state !== 'active' && agent.state !== 'probation')) continue;
    const key = JSON.stringify([
      standing({ before: agent, after: next }),
      [...agent.roles].toSorted(),
      [...next.roles].toSorted(),
    ]);
    const group = groups.get(key);
    if (group) group.push({ before: agent, after: next });
    else groups.set(key, [{ before: agent, after: next }]);
  }
  return [...groups.values()];
}

export function kindsFor(type: TypePair, groups: readonly Pair[][]): AgentKind[] {
  const told = [type.before, type.after].map(toldApart);
  const single = told.some(({ names }) => names);
  const kinds = new Map<string, AgentKind>();
  const add = (pair: Pair, agents: number) => {
    const roles = [pair.before, pair.after].map((agent, index) =>
      [...agent.roles, ...agent.roleNames].filter((role) => told[index]?.roles(role)).toSorted(),
    );
    const { id, name, model } = pair.before;
    const key = JSON.stringify([standing(pair), roles, single ? [id, name, model] : []]);
    const kind = kinds.get(key);
    if (kind) kind.agents += agents;
    else kinds.set(key, { ...pair, agents });
  };
  for (const group of groups) {
    const [first] = group;
    if (single) for (const pair of group) add(pair, 1);
    else if (first) add(first, group.length);
  }
  return [...kinds.values()];
}

function standing({ before, after }: Pair) {
  return [before.state, before.environment, after.environment, before.clearance, after.clearance];
}

/** By which roles an action type's policies tell agents apart, and whether by the agent itself. */
function toldApart({ policies, byHand }: ActionType) {
  const written = JSON.stringify(byHand?.statements.map(({ json }) => json) ?? []);
  return {
    names:
      /"(name|model|Agent)"/.test(written) ||
      Object.values(policies.texts).some((text) => /\bprincipal\.(name|model)\b/.test(text)),
    roles: (role: string) => policies.roles.has(role) || written.includes(JSON.stringify(role)),
  };
}

/** Whether the policies and all that they see of the action type are the same before and after. */
export function sameType({ before, after }: TypePair): boolean {
  return (
    before.policies.key === after.policies.key &&
    before.classification === after.classification &&
    before.policies.classification === after.policies.classification &&
    sliceOf(before) === sliceOf(after)
  );
}

function sliceOf({ byHand }: ActionType): string {
  if (!byHand) return '';
  const { broken, statements, reads } = byHand;
  const read = { ...reads, parameters: [...reads.parameters], session: [...reads.session] };
  return JSON.stringify([broken, statements, { ...read, zones: [...reads.zones] }]);
}

export function sameAgent({ before, after }: Pair): boolean {
  return (
    before.clearance === after.clearance &&
    before.roles.size === after.roles.size &&
    [...before.roles].every((role) => after.roles.has(role))
  );
}
