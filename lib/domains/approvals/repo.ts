import type { z } from 'zod';
import { Display } from '@/lib/domains/gateway';
import { readSettings } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import { decodeCursor } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';
import { mayDecide } from './policy';
import type { Approval, ListApprovals } from './schema';

const withAction = { action: true };

export type ApprovalRow = Awaited<ReturnType<typeof loadApproval>>;

export async function loadApproval(tx: Tx, id: string) {
  const row = await tx.approval.findUnique({ where: { actionId: id }, include: withAction });
  if (!row) throw notFound('approval');
  return row;
}

/** Those that wait by who has waited longest; the rest newest first. */
export function findApprovals(tx: Tx, input: z.output<typeof ListApprovals>) {
  const waiting = input.status === 'pending';
  const order = waiting ? ('asc' as const) : ('desc' as const);
  return tx.approval.findMany({
    where: {
      AND: [
        input.status ? { action: { status: input.status } } : {},
        input.decided ? { action: { status: { not: 'pending' } } } : {},
        input.agent ? { action: { agentId: input.agent } } : {},
        afterCursor(input.cursor, waiting ? 'gt' : 'lt'),
      ],
    },
    include: withAction,
    orderBy: [{ requestedAt: order }, { actionId: order }],
    take: input.limit + 1,
  });
}

function afterCursor(cursor: string | undefined, side: 'gt' | 'lt') {
  if (cursor === undefined) return {};
  const [time = '', actionId = ''] = decodeCursor(cursor, 2);
  const requestedAt = new Date(time);
  return {
    OR: [{ requestedAt: { [side]: requestedAt } }, { requestedAt, actionId: { [side]: actionId } }],
  };
}

export function approvalKey(row: ApprovalRow): [string, string] {
  return [row.requestedAt.toISOString(), row.actionId];
}

/** Names of the agents and members that these rows mention, and the reader's own address. */
export async function peopleOf(tx: Tx, rows: readonly ApprovalRow[], actor: Actor) {
  const { requireSecondFactor } = await readSettings(tx);
  const [agents, members] = await Promise.all([
    tx.agent.findMany({
      where: { id: { in: rows.map((row) => row.action.agentId) } },
      select: { id: true, name: true, sponsorId: true },
    }),
    tx.member.findMany({
      where: { id: { in: [actor.id, ...rows.flatMap((row) => row.decidedBy ?? [])] } },
      select: { id: true, name: true, email: true },
    }),
  ]);
  return {
    secondFactor: requireSecondFactor,
    agents: new Map(agents.map((agent) => [agent.id, agent])),
    members: new Map(members.map((member) => [member.id, member])),
  };
}

export type People = Awaited<ReturnType<typeof peopleOf>>;

/** The rule of policy.ts over this row, for this member. */
export function verdictOn(row: ApprovalRow, people: People, actor: Actor) {
  return mayDecide(
    actor,
    people.members.get(actor.id)?.email ?? '',
    {
      status: row.action.status,
      expiresAt: row.expiresAt,
      sponsorId: people.agents.get(row.action.agentId)?.sponsorId ?? null,
      initiator: Display.parse(row.display).session.initiator,
      secondFactor: people.secondFactor,
    },
    clock.now(),
  );
}

/** Moves a waiting action on; false when someone or the clock was first. */
export async function moveHeld(
  tx: Tx,
  id: string,
  to: 'approved' | 'rejected',
  at: Date,
): Promise<boolean> {
  const { count } = await tx.action.updateMany({
    where: { id, status: 'pending', expiresAt: { gt: at } },
    data: to === 'approved' ? { status: to } : { status: to, finishedAt: at },
  });
  return count === 1;
}

/** Ends every wait whose time has passed; answers what ended. */
export async function expireHeld(tx: Tx, at: Date, most: number) {
  const due = await tx.action.findMany({
    where: { status: 'pending', expiresAt: { lte: at } },
    select: { id: true },
    orderBy: { expiresAt: 'asc' },
    take: most,
  });
  if (due.length === 0) return [];
  return tx.action.updateManyAndReturn({
    where: { id: { in: due.map(({ id }) => id) }, status: 'pending', expiresAt: { lte: at } },
    data: { status: 'expired', finishedAt: at },
  });
}

export function viewApproval(row: ApprovalRow, people: People, actor: Actor): Approval {
  const decider = row.decidedBy ? people.members.get(row.decidedBy) : undefined;
  return {
    id: row.actionId,
    status: row.action.status as Approval['status'],
    tier: row.action.tier ?? 3,
    agent: {
      id: row.action.agentId,
      name: people.agents.get(row.action.agentId)?.name ?? row.action.agentId,
    },
    display: Display.parse(row.display),
    digest: row.action.digest,
    display_digest: row.displayDigest,
    requested_at: row.requestedAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    decided_by: row.decidedBy ? { id: row.decidedBy, name: decider?.name ?? row.decidedBy } : null,
    decided_at: row.decidedAt?.toISOString() ?? null,
    reason: row.reason,
    result: row.action.result,
    error: row.action.error,
    finished_at: row.action.finishedAt?.toISOString() ?? null,
    can: { decide: verdictOn(row, people, actor) },
  };
}
