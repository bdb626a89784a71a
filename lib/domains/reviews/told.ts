/**
 * What has happened in the reviews and was not told yet, for whoever tells people outside the
 * console: taking it notes that it is told, in the same transaction.
 */
import { readTimeZone } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { dayOf } from './day';
import { mayReview } from './policy';
import { findProposals } from './rates';
import { agentsOf, asDay, assignedTo } from './repo';
import type { Proposal } from './schema';
import { readReviewSettings } from './settings';

export interface Assigned {
  member: string;
  /** How many were assigned to them and are not reviewed, and when the first of them is due. */
  count: number;
  due: Date;
}

/**
 * What was assigned to each person and not told, once a day for each: what is assigned to them
 * later that day is told on the next. What was drawn a moment ago waits for what is being drawn.
 */
export async function takeAssigned(
  tx: Tx,
  now: Date,
): Promise<{ day: string; people: Assigned[] }> {
  const day = dayOf(now, await readTimeZone(tx));
  const settled = new Date(now.getTime() - SETTLED_MS);
  const rows = await tx.$queryRaw<{ member: string; due_at: Date }[]>`
    UPDATE sample_reviews r SET told_on = ${day}::date FROM samples s
    WHERE s.id = r.sample_id AND s.verdict IS NULL AND s.created_at <= ${settled}
      AND r.told_on IS NULL AND r.verdict IS NULL AND r.assigned_to IS NOT NULL
      AND NOT EXISTS (
        SELECT 1 FROM sample_reviews o WHERE o.assigned_to = r.assigned_to AND o.told_on = ${day}::date)
    RETURNING r.assigned_to AS member, s.due_at`;
  const people = new Map<string, Assigned>();
  for (const { due_at: due, member } of rows) {
    const known = people.get(member);
    people.set(member, {
      member,
      count: (known?.count ?? 0) + 1,
      due: known && known.due < due ? known.due : due,
    });
  }
  return { day, people: [...people.values()] };
}

const SETTLED_MS = 60_000;

export interface Overdue {
  /** Of the samples that are everybody's now. */
  ids: string[];
  /** When the first of them was due. */
  due: Date;
  /** Approvers who may take one of them, and admins. */
  members: string[];
}

/** Reviews that were escalated and not told, and to whom they went; undefined without any. */
export async function takeOverdue(tx: Tx): Promise<Overdue | undefined> {
  const taken = await tx.sample.updateManyAndReturn({
    where: { escalatedAt: { not: null }, escalationTold: false },
    data: { escalationTold: true },
    select: { id: true, verdict: true },
  });
  const rows = await tx.sample.findMany({
    where: { id: { in: taken.map(({ id }) => id) }, verdict: null },
    include: { action: { select: { agentId: true } }, reviews: true },
    orderBy: { id: 'asc' },
  });
  const [first] = rows.map(({ dueAt }) => dueAt).toSorted((a, b) => a.getTime() - b.getTime());
  if (!first) return undefined;
  const agents = await agentsOf(
    tx,
    rows.map((row) => row.action.agentId),
  );
  const active = await tx.member.findMany({
    where: { state: 'active', roles: { hasSome: ['approver', 'admin'] } },
    select: { id: true, roles: true },
    orderBy: { id: 'asc' },
  });
  const concerned = active.filter(
    ({ id, roles }) =>
      roles.includes('admin') ||
      rows.some((row) => {
        const reviewers = row.reviews.flatMap((one) => one.reviewedBy ?? []);
        const sponsorId = agents.get(row.action.agentId)?.sponsorId ?? null;
        const facts = { verdict: null, sponsorId, excluded: row.excluded, reviewers };
        return mayReview(signedIn(id, roles), facts).allowed;
      }),
  );
  return {
    ids: rows.map(({ id }) => id),
    due: first,
    members: concerned.map(({ id }) => id),
  };
}

function signedIn(id: string, roles: string[]): Actor {
  return { type: 'member', id, name: id, roles, abilities: [], method: '', authenticatedAt: 0 };
}

export interface Opened {
  id: string;
  agent: string;
  actionType: string;
  day: string;
  /** Who answers for the agent; null without anyone who is active. */
  sponsor: string | null;
}

/** Findings that were opened and not told, and are open still. */
export async function takeFindings(tx: Tx): Promise<Opened[]> {
  const taken = await tx.reviewFinding.updateManyAndReturn({
    where: { told: false },
    data: { told: true },
    select: { id: true },
  });
  const rows = await tx.reviewFinding.findMany({
    where: { id: { in: taken.map(({ id }) => id) }, status: 'open' },
    include: { sample: { include: { action: { select: { agentId: true, type: true } } } } },
    orderBy: [{ openedAt: 'asc' }, { id: 'asc' }],
  });
  const agents = await agentsOf(
    tx,
    rows.map(({ sample }) => sample.action.agentId),
  );
  const sponsors = await tx.member.findMany({
    where: {
      state: 'active',
      id: { in: [...agents.values()].flatMap((agent) => agent.sponsorId ?? []) },
    },
    select: { id: true },
  });
  const active = new Set(sponsors.map(({ id }) => id));
  return rows.map(({ id, sample }) => {
    const agent = agents.get(sample.action.agentId);
    const sponsor = agent?.sponsorId;
    return {
      id,
      agent: agent?.name ?? sample.action.agentId,
      actionType: sample.action.type,
      day: asDay(sample.day),
      sponsor: sponsor && active.has(sponsor) ? sponsor : null,
    };
  });
}

/** Proposals to move a permission that were noted and not told, and hold still. */
export async function takeProposals(tx: Tx): Promise<(Proposal & { since: Date })[]> {
  const taken = await tx.reviewProposal.updateManyAndReturn({
    where: { told: false },
    data: { told: true },
  });
  if (taken.length === 0) return [];
  const now = await findProposals(tx, await readReviewSettings(tx));
  return taken.flatMap(({ move, permissionId, since }) => {
    const found = now.find((one) => one.permission === permissionId && one.move === move);
    return found ? [{ ...found, since }] : [];
  });
}

/** How many reviews are assigned to this member and not given. */
export function openReviewsOf(tx: Tx, member: string): Promise<number> {
  return tx.sample.count({ where: { verdict: null, reviews: assignedTo(member) } });
}
