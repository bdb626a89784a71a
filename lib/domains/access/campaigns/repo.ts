import type { z } from 'zod';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { afterCreated, newestFirst } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';
import { all, allow, deny } from '@/lib/kernel/verdict';
import { exportEvidence, manageCampaigns } from './policy';
import type { Campaign, CampaignDetail, ListCampaigns, Progress, Waiting } from './schema';

export type CampaignRow = Awaited<ReturnType<typeof loadCampaign>>;

export async function loadCampaign(tx: Tx, id: string) {
  const row = await tx.campaign.findUnique({ where: { id } });
  if (!row) throw notFound('access review');
  return row;
}

/**
 * The campaign as it is now, for this transaction alone until it ends. Whoever changes
 * anything in one takes it first: deciders of one campaign take turns, none waits for another
 * that waits for it, and nothing is decided in one that is closed.
 */
export async function holdCampaign(tx: Tx, id: string) {
  await tx.$queryRaw`SELECT 1 FROM campaigns WHERE id = ${id} FOR UPDATE`;
  return loadCampaign(tx, id);
}

export function findCampaigns(tx: Tx, input: z.output<typeof ListCampaigns>) {
  return tx.campaign.findMany({
    where: { AND: [afterCreated(input.cursor), input.state ? { state: input.state } : {}] },
    orderBy: newestFirst,
    take: input.limit + 1,
  });
}

export async function openCampaigns(tx: Tx): Promise<string[]> {
  const rows = await tx.campaign.findMany({
    where: { state: 'open' },
    select: { id: true },
    orderBy: { dueAt: 'asc' },
  });
  return rows.map(({ id }) => id);
}

const none: Progress = {
  ...{ items: 0, open: 0, confirmed: 0, removed: 0, escalated: 0, lapsed: 0, requested: 0 },
  mine: 0,
};

const isAdmin = (actor: Actor) => actor.type === 'member' && actor.roles.includes('admin');

/** How far each campaign is, and how much of what waits is the reader's. */
export async function progressOf(
  tx: Tx,
  ids: readonly string[],
  actor: Actor,
): Promise<Map<string, Progress>> {
  const rows = await tx.$queryRaw<({ id: string } & Progress)[]>`
    SELECT campaign_id AS id, count(*)::int AS items,
           (count(*) FILTER (WHERE decision IS NULL))::int AS open,
           (count(*) FILTER (WHERE decision = 'confirm'))::int AS confirmed,
           (count(*) FILTER (WHERE decision = 'remove'))::int AS removed,
           (count(*) FILTER (WHERE decision = 'escalated'))::int AS escalated,
           (count(*) FILTER (WHERE decision = 'lapsed'))::int AS lapsed,
           (count(*) FILTER (WHERE effect = 'requested'))::int AS requested,
           (count(*) FILTER (WHERE (decision IS NULL AND reviewer_id = ${actor.id})
             OR (${isAdmin(actor)} AND (decision = 'escalated' OR effect = 'requested'))))::int AS mine
      FROM campaign_items WHERE campaign_id = ANY (${[...ids]}) GROUP BY campaign_id`;
  return new Map(rows.map(({ id, ...progress }) => [id, progress]));
}

/** What waits for the reader, over all open campaigns. */
export async function waitingFor(tx: Tx, actor: Actor): Promise<Waiting> {
  // Each part by an index of its own over what waits, which is little beside all items.
  const [row] = await tx.$queryRaw<{ items: number; due: Date | null }[]>`
    SELECT count(*)::int AS items, min(c.due_at) AS due FROM campaigns c JOIN (
      SELECT campaign_id FROM campaign_items WHERE decision IS NULL AND reviewer_id = ${actor.id}
      UNION ALL
      SELECT campaign_id FROM campaign_items WHERE decision = 'escalated' AND ${isAdmin(actor)}
      UNION ALL
      SELECT campaign_id FROM campaign_items WHERE effect = 'requested' AND ${isAdmin(actor)}
    ) i ON i.campaign_id = c.id WHERE c.state = 'open'`;
  return { items: row?.items ?? 0, dueAt: row?.due?.toISOString() ?? null };
}

/** Who was asked, by how much they have left. */
export async function reviewersOf(tx: Tx, id: string): Promise<CampaignDetail['reviewers']> {
  const rows = await tx.$queryRaw<{ id: string; name: string; items: number; open: number }[]>`
    SELECT m.id, m.name, count(*)::int AS items,
           (count(*) FILTER (WHERE i.decision IS NULL))::int AS open
      FROM campaign_items i JOIN members m ON m.id = i.reviewer_id
     WHERE i.campaign_id = ${id} GROUP BY m.id, m.name ORDER BY open DESC, m.name, m.id`;
  return rows.map(({ id: member, name, items, open }) => ({
    reviewer: { id: member, name },
    ...{ items, open },
  }));
}

/** Names of members by id. */
export async function namesOf(tx: Tx, ids: readonly (string | null)[]) {
  const rows = await tx.member.findMany({
    where: { id: { in: [...new Set(ids.filter((id) => id !== null))] } },
    select: { id: true, name: true },
  });
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** A member by id and name; a job, which nobody is, by none. */
export function personOf(names: Map<string, string>, id: string | null) {
  const name = id === null ? undefined : names.get(id);
  return id === null || name === undefined ? null : { id, name };
}

/** Campaigns as their readers see them, in the order given. */
export async function viewCampaigns(
  tx: Tx,
  rows: readonly CampaignRow[],
  actor: Actor,
): Promise<Campaign[]> {
  const progress = await progressOf(
    tx,
    rows.map(({ id }) => id),
    actor,
  );
  const names = await namesOf(
    tx,
    rows.flatMap((row) => [row.createdBy, row.closedBy]),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    scope: row.scope as Campaign['scope'],
    undone: row.undone as Campaign['undone'],
    dueAt: row.dueAt.toISOString(),
    state: row.state as Campaign['state'],
    reminders: row.reminders,
    remindedAt: row.remindedAt?.toISOString() ?? null,
    createdBy: personOf(names, row.createdBy) ?? { id: row.createdBy, name: row.createdBy },
    createdAt: row.createdAt.toISOString(),
    closedBy: personOf(names, row.closedBy),
    closedAt: row.closedAt?.toISOString() ?? null,
    closeReason: row.closeReason,
    progress: progress.get(row.id) ?? none,
    can: {
      close: all(
        manageCampaigns(actor),
        row.state === 'open' ? allow : deny('The access review is closed already.'),
      ),
      export: exportEvidence(actor),
    },
  }));
}

export async function viewDetail(tx: Tx, id: string, actor: Actor): Promise<CampaignDetail> {
  const [view] = await viewCampaigns(tx, [await loadCampaign(tx, id)], actor);
  if (!view) throw notFound('access review');
  return { ...view, reviewers: await reviewersOf(tx, id) };
}

interface Closing {
  by: string;
  at: Date;
  reason: string;
}

/** Closes it if it is open; false when it was closed already. */
export async function closeOpen(tx: Tx, id: string, { by, at, reason }: Closing): Promise<boolean> {
  const { count } = await tx.campaign.updateMany({
    where: { id, state: 'open' },
    data: { state: 'closed', closedBy: by, closedAt: at, closeReason: reason },
  });
  return count === 1;
}

/** Whether anything of it still waits for anyone. */
export async function isOpen(tx: Tx, id: string): Promise<boolean> {
  const waiting = await tx.campaignItem.findFirst({
    where: {
      campaignId: id,
      OR: [{ decision: null }, { decision: 'escalated' }, { effect: 'requested' }],
    },
    select: { id: true },
  });
  return waiting !== null;
}

/** Notes reminders as given, once: false when another was first. */
export async function noteReminders(
  tx: Tx,
  id: string,
  kinds: readonly string[],
  at: Date,
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE campaigns SET reminders = reminders || ${[...kinds]}::text[], reminded_at = ${at}
     WHERE id = ${id} AND state = 'open' AND NOT reminders && ${[...kinds]}::text[]`;
  return count === 1;
}
