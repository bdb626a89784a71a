import type { Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';
import type { Actor } from '@/lib/kernel/actor';
import { afterCreated, containing, newestFirst } from '@/lib/kernel/page';
import { invalid, notFound } from '@/lib/kernel/problem';
import type { Classification } from '@/lib/domains/classification';
import type { z } from 'zod';
import { agentAbilities } from './policy';
import type { Agent, AgentState, ListAgents } from './schema';

const withSponsor = { sponsor: { select: { id: true, name: true } } };

export type AgentRow = Awaited<ReturnType<typeof loadAgent>>;

/** The agent of this workspace, or 404. */
export async function loadAgent(tx: Tx, id: string) {
  const row = await tx.agent.findUnique({ where: { id }, include: withSponsor });
  if (!row) throw notFound('agent');
  return row;
}

export function findAgents(tx: Tx, input: z.output<typeof ListAgents>) {
  return tx.agent.findMany({
    where: {
      AND: [
        afterCreated(input.cursor),
        input.q
          ? {
              OR: [
                { name: containing(input.q) },
                { purpose: containing(input.q) },
                { id: input.q },
              ],
            }
          : {},
        input.state ? { state: input.state } : {},
        input.environment ? { environment: input.environment } : {},
        input.role ? { roles: { some: { roleId: input.role } } } : {},
        input.sponsor ? { sponsorId: input.sponsor } : {},
      ],
    },
    include: withSponsor,
    orderBy: newestFirst,
    take: input.limit + 1,
  });
}

/** A sponsor answers for the agent, so it must be someone who can sign in. */
export async function assertSponsor(tx: Tx, sponsorId: string | null): Promise<void> {
  if (sponsorId === null) return;
  const member = await tx.member.findUnique({ where: { id: sponsorId } });
  if (member?.state !== 'active') {
    throw invalid([{ field: 'sponsorId', message: 'must be an active member of the workspace' }]);
  }
}

/** Moves the agent to a state only from the one it was read in; false when someone else was first. */
export async function moveAgent(
  tx: Tx,
  row: AgentRow,
  to: AgentState,
  reason: string,
  at: Date,
): Promise<boolean> {
  const { count } = await tx.agent.updateMany({
    where: { id: row.id, state: row.state },
    data: { state: to, stateReason: reason, stateChangedAt: at },
  });
  return count === 1;
}

/** Held actions that wait for a person, and credentials that still work. */
export async function countLeft(tx: Tx, agentId: string) {
  const [held, credentials] = await Promise.all([
    // As many as the queue shows.
    withPlanted(tx, () => tx.action.count({ where: { agentId, status: 'pending' } })),
    tx.credential.count({ where: { agentId, state: { not: 'revoked' } } }),
  ]);
  return { held, credentials };
}

export async function revokeCredentials(tx: Tx, agentId: string, at: Date): Promise<string[]> {
  const rows = await tx.credential.updateManyAndReturn({
    where: { agentId, state: { not: 'revoked' } },
    data: { state: 'revoked', revokedAt: at },
    select: { id: true },
  });
  return rows.map((row) => row.id);
}

/** The fields that a change of an agent is shown by. */
export function agentFields(row: AgentRow) {
  const { name, purpose, sponsorId, awaitedSponsor, environment, model, clearance } = row;
  return { name, purpose, sponsorId, awaitedSponsor, environment, model, clearance };
}

export function viewAgent(row: AgentRow, actor: Actor): Agent {
  return {
    id: row.id,
    name: row.name,
    purpose: row.purpose,
    sponsor: row.sponsor,
    awaitedSponsor: row.awaitedSponsor,
    environment: row.environment as Agent['environment'],
    model: row.model,
    clearance: row.clearance as Classification,
    state: row.state as AgentState,
    stateReason: row.stateReason,
    stateChangedAt: row.stateChangedAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    can: agentAbilities(actor, { state: row.state as AgentState }),
  };
}
