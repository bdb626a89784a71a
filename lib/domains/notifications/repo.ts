import { Display, Needs } from '@/lib/domains/gateway';
import type { Prisma, Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';
import { defined } from '@/lib/kernel/defined';
import { afterCreated, newestFirst } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';

export type ChannelRow = Prisma.NotificationChannelGetPayload<object>;
export type NotificationRow = Prisma.NotificationGetPayload<object>;

const there = { state: { not: 'removed' } };

// ---- channels ----

export async function loadChannel(tx: Tx, id: string): Promise<ChannelRow> {
  const row = await tx.notificationChannel.findFirst({ where: { id, ...there } });
  if (!row) throw notFound('channel');
  return row;
}

export function listChannelRows(tx: Tx): Promise<ChannelRow[]> {
  return tx.notificationChannel.findMany({
    where: there,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
}

/** Changes a channel that is not removed; undefined when it is by now. */
export async function changeChannel(
  tx: Tx,
  id: string,
  changes: Prisma.NotificationChannelUncheckedUpdateManyInput,
): Promise<ChannelRow | undefined> {
  const [row] = await tx.notificationChannel.updateManyAndReturn({
    where: { id, ...there },
    data: changes,
  });
  return row;
}

/** Messages by channel and state: what waits, and what was given up since. */
export async function countsOf(tx: Tx, since: Date) {
  const rows = await tx.notification.groupBy({
    by: ['channelId', 'state'],
    where: { OR: [{ state: 'queued' }, { state: 'failed', createdAt: { gte: since } }] },
    _count: true,
  });
  return (channel: string, state: 'queued' | 'failed') =>
    rows.find((row) => row.channelId === channel && row.state === state)?._count ?? 0;
}

export async function groupNames(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.approverGroup.findMany({ select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

// ---- messages ----

export function listNotificationRows(
  tx: Tx,
  filter: { channel?: string | undefined; state?: string | undefined; cursor?: string | undefined },
  take: number,
) {
  return tx.notification.findMany({
    where: {
      AND: [
        defined({ channelId: filter.channel, state: filter.state }),
        afterCreated(filter.cursor),
      ],
    },
    include: { channel: { select: { id: true, name: true } } },
    orderBy: newestFirst,
    take,
  });
}

/** Adds messages; one that is there already stays as it is. */
export async function addNotifications(
  tx: Tx,
  rows: Prisma.NotificationCreateManyInput[],
): Promise<void> {
  if (rows.length > 0) await tx.notification.createMany({ data: rows, skipDuplicates: true });
}

/** Whom a channel has told of an action, or is about to. */
export async function toldOf(tx: Tx, actions: readonly string[]): Promise<NotificationRow[]> {
  return tx.notification.findMany({
    where: {
      actionId: { in: [...actions] },
      recipient: { not: '' },
      state: { in: ['queued', 'sent'] },
    },
  });
}

/**
 * Takes the message that is to be sent next, for so long as a try takes: one at a time for a
 * channel. Whoever takes one does it alone in the workspace, so that what others have taken is
 * seen.
 */
export async function claimNext(
  tx: Tx,
  workspace: string,
  claim: string,
  now: Date,
  until: Date,
): Promise<NotificationRow | undefined> {
  await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended(${`notifications ${workspace}`}, 0))) AS alone`;
  const [taken] = await tx.$queryRaw<{ id: string }[]>`
    UPDATE notifications SET claim = ${claim}, tries = tries + 1, next_try_at = ${until}
    WHERE id = (
      SELECT n.id FROM notifications n LEFT JOIN notification_channels c ON c.id = n.channel_id
      WHERE n.state = 'queued' AND n.next_try_at <= ${now}
        AND (n.channel_id IS NULL OR c.state = 'active'
          OR (c.state = 'paused' AND n.occasion = 'broke_glass'))
        AND (n.channel_id IS NULL OR n.channel_id NOT IN (
          SELECT o.channel_id FROM notifications o
          WHERE o.claim IS NOT NULL AND o.next_try_at > ${now} AND o.channel_id IS NOT NULL))
      ORDER BY n.next_try_at, n.created_at, n.id
      LIMIT 1 FOR UPDATE OF n SKIP LOCKED
    ) RETURNING id`;
  return taken ? tx.notification.findUniqueOrThrow({ where: { id: taken.id } }) : undefined;
}

/** Keeps a channel from others until the transaction ends; before its messages, always in this order. */
export async function lockChannel(tx: Tx, id: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM notification_channels WHERE id = ${id} FOR UPDATE`;
}

/** Ends or puts off a try; false when it is another worker's by now. */
export async function settle(
  tx: Tx,
  row: NotificationRow,
  changes: Prisma.NotificationUncheckedUpdateManyInput,
): Promise<boolean> {
  const { count } = await tx.notification.updateMany({
    where: { id: row.id, claim: row.claim, state: 'queued' },
    data: { ...changes, claim: null },
  });
  return count === 1;
}

/** Puts off whatever else waits for a channel that fails, so that it is tried once a time and not once a message. */
export async function postpone(tx: Tx, channelId: string, next: Date): Promise<void> {
  await tx.notification.updateMany({
    where: { channelId, state: 'queued', claim: null, nextTryAt: { lt: next } },
    data: { nextTryAt: next },
  });
}

/** Has what waits for a channel tried at once: what it was waiting for may be mended. */
export async function hasten(tx: Tx, channelId: string, now: Date): Promise<void> {
  await tx.notification.updateMany({
    where: { channelId, state: 'queued', claim: null },
    data: { nextTryAt: now },
  });
}

/** Ends what waits for a channel, since nothing goes there any more. */
export async function skipAll(tx: Tx, channelId: string, why: string, at: Date): Promise<void> {
  await tx.notification.updateMany({
    where: { channelId, state: 'queued' },
    data: { state: 'skipped', lastError: why, endedAt: at, claim: null },
  });
}

export async function forgetBefore(tx: Tx, at: Date): Promise<void> {
  await tx.notification.deleteMany({ where: { createdAt: { lt: at }, state: { not: 'queued' } } });
}

// ---- what messages tell of ----

export type HeldRow = Awaited<ReturnType<typeof heldRows>>[number];

export async function heldRows(tx: Tx, ids: readonly string[]) {
  const rows = await withPlanted(tx, () =>
    tx.approval.findMany({
      where: { actionId: { in: [...ids] } },
      include: { action: { select: { status: true, classification: true, planted: true } } },
      orderBy: [{ requestedAt: 'asc' }, { actionId: 'asc' }],
    }),
  );
  return rows.map((row) => ({
    id: row.actionId,
    status: row.action.status,
    planted: row.action.planted === true,
    classification: row.action.classification,
    display: Display.parse(row.display),
    needs: Needs.parse(row.needs),
    requestedAt: row.requestedAt,
    expiresAt: row.expiresAt,
    brokeGlass: row.brokeGlass,
    decidedBy: row.decidedBy,
  }));
}

export async function memberNames(
  tx: Tx,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const rows = await tx.member.findMany({
    where: { id: { in: ids.filter((id) => id !== null && id !== '') as string[] } },
    select: { id: true, name: true },
  });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export async function activeAdmins(tx: Tx): Promise<string[]> {
  const rows = await tx.member.findMany({
    where: { state: 'active', roles: { has: 'admin' } },
    select: { id: true },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ id }) => id);
}

export function findMember(tx: Tx, id: string) {
  return tx.member.findUnique({
    where: { id },
    select: { id: true, name: true, email: true, state: true },
  });
}

export async function loadWorkspace(tx: Tx, id: string) {
  const { name, timeZone } = await tx.workspace.findUniqueOrThrow({
    where: { id },
    select: { name: true, timeZone: true },
  });
  return { id, name, timeZone };
}

// ---- who wants no email ----

export async function optedOut(tx: Tx): Promise<Set<string>> {
  const rows = await tx.emailOptOut.findMany({ select: { memberId: true } });
  return new Set(rows.map(({ memberId }) => memberId));
}

export async function setOptOut(
  tx: Tx,
  workspaceId: string,
  memberId: string,
  out: boolean,
  at: Date,
): Promise<void> {
  await tx.emailOptOut.deleteMany({ where: { memberId } });
  if (out) await tx.emailOptOut.create({ data: { memberId, workspaceId, at } });
}
