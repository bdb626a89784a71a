import { Prisma, type Tx } from '@/lib/infra/db';
import { afterCreated, newestFirst } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';
import type { InRotation } from './policy';

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

/** Which of these are part of a rotation that is under way, and how. */
export async function inRotation(
  tx: Tx,
  rows: readonly Pick<CredentialRow, 'id' | 'replaces'>[],
): Promise<Map<string, InRotation>> {
  const open = await tx.rotation.findMany({
    where: {
      finishedAt: null,
      subjectType: 'credential',
      subjectId: { in: rows.flatMap(({ id, replaces }) => (replaces ? [id, replaces] : [id])) },
    },
    select: { subjectId: true, state: true },
  });
  const successors = open.map(({ state }) => (state as { successorId?: string }).successorId);
  return new Map([
    ...successors.flatMap((id): [string, InRotation][] => (id ? [[id, 'takes_over']] : [])),
    ...open.map(({ subjectId }): [string, InRotation] => [subjectId, 'replaced']),
  ]);
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

/** A place in a list by the day something is due; ids settle equal days. */
export interface DuePlace {
  dueAt: Date;
  id: string;
}

interface DueFilter {
  /** Days that a credential may be in use. */
  maxAgeDays: number;
  /** Only those after this place. */
  after: DuePlace | undefined;
  /**
   * Only what the schedule renews: of agents that act, and begun so many hours before the day
   * (at most half the life) that the old one is gone by then.
   */
  begins?: { now: Date; leadHours: number } | undefined;
  take: number;
}

// Each day is 24 hours, whatever the session's time zone says.
const credentialsByAge = (maxAgeDays: number) => Prisma.sql`
  SELECT c.id, c.state, c.created_at, a.state AS agent_state,
    least(c.expires_at, c.created_at + make_interval(hours => ${maxAgeDays * 24}::int)) AS due_at
  FROM credentials c JOIN agents a ON a.id = c.agent_id
  WHERE c.state <> 'revoked' AND a.state <> 'retired'`;

/** Credentials that agents may still use, the most urgent first, with the day each is due. */
export async function dueCredentials(
  tx: Tx,
  { maxAgeDays, after, begins, take }: DueFilter,
): Promise<{ row: CredentialRow; dueAt: Date }[]> {
  const found = await tx.$queryRaw<DuePlace[]>`
    SELECT id, due_at AS "dueAt" FROM (${credentialsByAge(maxAgeDays)}) AS found
    WHERE ${after ? Prisma.sql`(due_at, id COLLATE "C") > (${after.dueAt}::timestamptz, ${after.id})` : Prisma.sql`true`}
      AND ${
        begins
          ? Prisma.sql`state = 'active' AND agent_state IN ('active', 'probation')
            AND due_at - make_interval(secs => least(${begins.leadHours * 3_600}::int,
              extract(epoch FROM due_at - created_at) / 2)) <= ${begins.now}::timestamptz`
          : Prisma.sql`true`
      }
    ORDER BY due_at, id COLLATE "C" LIMIT ${take}::int`;
  const ids = found.map(({ id }) => id);
  const rows = new Map((await credentialsById(tx, ids)).map((row) => [row.id, row]));
  return found.flatMap(({ id, dueAt }) => {
    const row = rows.get(id);
    return row ? [{ row, dueAt }] : [];
  });
}

/** How many credentials are in use, and due before each of two instants. */
export async function countDueCredentials(
  tx: Tx,
  maxAgeDays: number,
  { now, soon }: { now: Date; soon: Date },
): Promise<{ inUse: number; overdue: number; soon: number }> {
  const rows = await tx.$queryRaw<{ inUse: number; overdue: number; soon: number }[]>`
    SELECT count(*)::int AS "inUse",
      count(*) FILTER (WHERE due_at < ${now}::timestamptz)::int AS overdue,
      count(*) FILTER (WHERE due_at >= ${now}::timestamptz AND due_at < ${soon}::timestamptz)::int AS soon
    FROM (${credentialsByAge(maxAgeDays)}) AS found`;
  return rows[0] ?? { inUse: 0, overdue: 0, soon: 0 };
}

export function credentialsById(tx: Tx, ids: readonly string[]): Promise<CredentialRow[]> {
  return tx.credential.findMany({ where: { id: { in: [...ids] } }, include: withAgent });
}
