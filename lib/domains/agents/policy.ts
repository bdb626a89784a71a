import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';
import { mayBecome } from './lifecycle';
import type { AgentState } from './schema';

/** Every member with a role may see agents; the demo's seed is the one job that makes them. */
export function readAgents(actor: Actor): Verdict {
  return actor.type === 'job' ? allow : withAnyRole(actor, 'Only members see agents.');
}

export function manageAgents(actor: Actor): Verdict {
  if (actor.type === 'job' && actor.id === 'demo.seed') return allow;
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin changes agents.');
}

function become(state: AgentState, targets: readonly AgentState[], words: string): Verdict {
  return targets.some((target) => mayBecome(state, target))
    ? allow
    : deny(`A ${state} agent cannot be ${words}.`);
}

/** What this member may do with an agent in this state. */
export function agentAbilities(actor: Actor, agent: { state: AgentState }) {
  const manage = manageAgents(actor);
  const alive = agent.state === 'retired' ? deny('A retired agent stays as it was.') : allow;
  return {
    update: all(manage, alive),
    activate: all(manage, become(agent.state, ['active', 'probation'], 'activated')),
    suspend: all(manage, become(agent.state, ['suspended'], 'suspended')),
    retire: all(manage, become(agent.state, ['retired'], 'retired')),
  };
}
