import type { Agent } from '../schema';

/** An agent while it is edited. */
export interface AgentDraft {
  name: string;
  purpose: string;
  sponsorId: string | null;
  environment: Agent['environment'];
  model: string;
  clearance: Agent['clearance'];
}

export function draftOf(agent?: Agent): AgentDraft {
  return {
    name: agent?.name ?? '',
    purpose: agent?.purpose ?? '',
    sponsorId: agent?.sponsor?.id ?? null,
    environment: agent?.environment ?? 'development',
    model: agent?.model ?? '',
    clearance: agent?.clearance ?? 'Internal',
  };
}
