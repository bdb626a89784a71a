'use client';

import { RolePage } from '@/lib/domains/access';
import { AgentsInRole } from '@/lib/domains/agents';

/** A role with the agents in it. */
export function RoleView({ id }: { id: string }) {
  return <RolePage id={id} agents={<AgentsInRole role={id} />} />;
}
