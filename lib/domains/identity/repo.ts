import type { Prisma, Tx } from '@/lib/infra/db';
import { afterCreated, newestFirst } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';

const withAgent = { agent: { select: { name: true, state: true } } } as const;

export type CredentialRow = Prisma.CredentialGetPayload<{ include: typeof withAgent }>;
export type NewCredentialRow = Prisma.CredentialUncheckedCreateInput;

/** The workspace's credential, or 404. */
export async function loadCredential(tx: Tx, id: string): Promise<CredentialRow> {
  const row = await tx.credential.findUnique({ where: { id }, include: withAgent });
  if (!row) throw notFound('credential');
  return row;
}

export async function loadAgent(tx: Tx, id: string): Promise<{ id: string; state: string }> {
  const row = await tx.agent.findUnique({ where: { id }, select: { id: true, state: true } });
  if (!row) throw notFound('agent');
  return row;
}

export function listCredentials(
  tx: Tx,
  filter: { agentId?: string | undefined; state?: string | undefined; cursor?: string | undefined },
  take: number,
): Promise<CredentialRow[]> {
  return tx.credential.findMany({
    where: {
      ...afterCreated(filter.cursor),
      ...(filter.agentId === undefined ? {} : { agentId: filter.agentId }),
      ...(filter.state === undefined ? {} : { state: filter.state }),
    },
    include: withAgent,
    orderBy: newestFirst,
    take,
  });
}

/** All of an agent's credentials, newest first: what a chain of successors is found in. */
export function credentialsOfAgent(tx: Tx, agentId: string): Promise<CredentialRow[]> {
  return tx.credential.findMany({ where: { agentId }, include: withAgent, orderBy: newestFirst });
}

export function countLive(tx: Tx, agentId: string): Promise<number> {
  return tx.credential.count({ where: { agentId, state: { not: 'revoked' } } });
}

export function insertCredential(tx: Tx, row: NewCredentialRow): Promise<CredentialRow> {
  return tx.credential.create({ data: row, include: withAgent });
}

/** Moves it only from one of `from`; false when another was first. */
export async function moveCredential(
  tx: Tx,
  id: string,
  from: readonly string[],
  to: 'active' | 'retiring' | 'revoked',
  now: Date,
): Promise<boolean> {
  const { count } = await tx.credential.updateMany({
    where: { id, state: { in: [...from] } },
    data: { state: to, ...(to === 'revoked' ? { revokedAt: now } : {}) },
  });
  return count === 1;
}

/** Credentials that agents may still use, oldest first. */
export function liveCredentials(tx: Tx): Promise<CredentialRow[]> {
  return tx.credential.findMany({
    where: { state: { not: 'revoked' }, agent: { state: { not: 'retired' } } },
    include: withAgent,
    orderBy: { createdAt: 'asc' },
    take: 2_000,
  });
}

export function credentialsById(tx: Tx, ids: readonly string[]): Promise<CredentialRow[]> {
  return tx.credential.findMany({ where: { id: { in: [...ids] } }, include: withAgent });
}
