import { conflict } from '@/lib/kernel/problem';
import type { AgentState } from './schema';

/** Which state an agent may go to from which. Retired is the end. */
const next: Record<AgentState, readonly AgentState[]> = {
  draft: ['active', 'probation', 'retired'],
  active: ['probation', 'suspended', 'retired'],
  probation: ['active', 'suspended', 'retired'],
  suspended: ['active', 'probation', 'retired'],
  retired: [],
};

export function mayBecome(from: AgentState, to: AgentState): boolean {
  return next[from].includes(to);
}

/** 409 unless the lifecycle leads from one to the other. */
export function assertMayBecome(from: AgentState, to: AgentState): void {
  if (mayBecome(from, to)) return;
  throw conflict(
    'wrong_state',
    from === to
      ? `The agent is already ${to}. Reload to see its state.`
      : `A ${from} agent cannot become ${to}. Reload to see its state.`,
  );
}
