import type { Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { defaultPeriods, type Periods } from './classes';
import type { Removed } from './trail';

export interface Setting {
  periods: Periods;
  updatedBy: string | null;
  updatedAt: Date | null;
}

export async function readSetting(tx: Tx): Promise<Setting> {
  const row = await tx.trailRetention.findFirst();
  if (!row) return { periods: defaultPeriods, updatedBy: null, updatedAt: null };
  const { administration, decisions, reads, sessions } = row;
  return {
    periods: { decisions, sessions, administration, reads },
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt,
  };
}

export async function savePeriods(
  tx: Tx,
  workspace: string,
  periods: Periods,
  by: string,
): Promise<void> {
  await tx.trailRetention.upsert({
    where: { workspaceId: workspace },
    create: { workspaceId: workspace, ...periods, updatedBy: by },
    update: { ...periods, updatedBy: by, updatedAt: clock.now() },
  });
}

export async function beginExpiry(
  tx: Tx,
  workspace: string,
  expiry: { id: string; month: string; classes: readonly string[] },
): Promise<void> {
  await tx.trailExpiry.create({
    data: { ...expiry, classes: [...expiry.classes], workspaceId: workspace },
  });
}

/** Removals that were begun and whose end was never heard of. */
export async function findBegun(tx: Tx) {
  return tx.trailExpiry.findMany({
    where: { state: 'begun' },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
}

/** Ends a removal; false when another had done so. */
export async function endExpiry(tx: Tx, id: string, removed: Removed): Promise<boolean> {
  // By the database's clock, as its event in the outbox: the two are compared.
  const count = await tx.$executeRaw`
    UPDATE trail_expiries SET state = 'done', events = ${removed.events}::bigint,
           digest = ${removed.digest}, finished_at = now()
     WHERE id = ${id} AND state = 'begun'`;
  return count === 1;
}

export async function forgetExpiry(tx: Tx, id: string): Promise<void> {
  await tx.trailExpiry.deleteMany({ where: { id, state: 'begun' } });
}

export async function lastRemovals(tx: Tx, count: number) {
  return tx.trailExpiry.findMany({
    where: { state: 'done' },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: count,
  });
}

/**
 * Removals whose event the log need not have yet: those under way, and those whose event is
 * not older than what still waits in the outbox.
 */
export async function expiriesUnderway(
  tx: Tx,
): Promise<{ id: string; digest: string | undefined }[]> {
  const [backlog] = await tx.$queryRaw<{ oldest: Date | null }[]>`
    SELECT least((SELECT oldest FROM outbox_backlog(1)), (SELECT min(oldest) FROM outbox_refusals())) AS oldest`;
  const rows = await tx.trailExpiry.findMany({
    where: backlog?.oldest
      ? { OR: [{ state: 'begun' }, { finishedAt: { gte: backlog.oldest } }] }
      : { state: 'begun' },
  });
  return rows.map(({ digest, id }) => ({ id, digest: digest ?? undefined }));
}
