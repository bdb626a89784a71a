import type { Prisma, Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { afterCreated, newestFirst } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';
import { mayCancel, mayDownload } from './policy';
import type { ExportFormat, ExportState, ExportView } from './schema';

export type ExportRow = Prisma.TrailExportGetPayload<object> & {
  format: ExportFormat;
  state: ExportState;
};

/** A process that has said nothing for this long no longer writes. */
const SILENT_MS = 60_000;
/** What ends a process each time is given up after as many. */
export const MOST_ATTEMPTS = 5;

const unfinished = { in: ['waiting', 'running'] };

function silentSince(now: Date): Prisma.TrailExportWhereInput {
  const before = new Date(now.getTime() - SILENT_MS);
  return { OR: [{ beatAt: null }, { beatAt: { lt: before } }] };
}

export async function insertExport(
  tx: Tx,
  row: Prisma.TrailExportUncheckedCreateInput,
): Promise<ExportRow> {
  return (await tx.trailExport.create({ data: row })) as ExportRow;
}

export async function loadExport(tx: Tx, id: string): Promise<ExportRow> {
  const row = await tx.trailExport.findUnique({ where: { id } });
  if (!row) throw notFound('export');
  return row as ExportRow;
}

export async function newestExports(
  tx: Tx,
  page: { cursor?: string | undefined; take: number },
): Promise<ExportRow[]> {
  const rows = await tx.trailExport.findMany({
    where: afterCreated(page.cursor),
    orderBy: newestFirst,
    take: page.take,
  });
  return rows as ExportRow[];
}

export function countUnfinished(tx: Tx): Promise<number> {
  return tx.trailExport.count({ where: { state: unfinished } });
}

/** Every export of the workspace that has, or may have, a file. */
export function withFiles(tx: Tx) {
  return tx.trailExport.findMany({
    where: { state: { in: ['running', 'ready'] } },
    select: { id: true, state: true, runner: true, file: true },
  });
}

/** Gives an export to one writer: it waits, or its last writer has fallen silent. Undefined for every other caller. */
export async function claimExport(
  tx: Tx,
  id: string,
  runner: string,
  now: Date,
): Promise<ExportRow | undefined> {
  const [row] = await tx.trailExport.updateManyAndReturn({
    where: {
      id,
      attempts: { lt: MOST_ATTEMPTS },
      OR: [{ state: 'waiting' }, { state: 'running', ...silentSince(now) }],
    },
    data: {
      state: 'running',
      runner,
      beatAt: now,
      attempts: { increment: 1 },
      rowsDone: 0,
      rowsTotal: null,
      bytes: 0,
    },
  });
  return row as ExportRow | undefined;
}

/** A change by whoever writes it; false when it was cancelled or is someone else's by now. */
export async function changeAsRunner(
  tx: Tx,
  { id, runner }: { id: string; runner: string },
  changes: Prisma.TrailExportUncheckedUpdateManyInput,
): Promise<boolean> {
  const { count } = await tx.trailExport.updateMany({
    where: { id, runner, state: 'running' },
    data: changes,
  });
  return count === 1;
}

/** Undefined when it has ended already. */
export async function cancelUnfinished(
  tx: Tx,
  id: string,
  now: Date,
): Promise<ExportRow | undefined> {
  const [row] = await tx.trailExport.updateManyAndReturn({
    where: { id, state: unfinished },
    data: { state: 'cancelled', runner: null, finishedAt: now },
  });
  return row as ExportRow | undefined;
}

export async function expireReady(tx: Tx, id: string, now: Date): Promise<ExportRow | undefined> {
  const [row] = await tx.trailExport.updateManyAndReturn({
    where: { id, state: 'ready', expiresAt: { lte: now } },
    data: { state: 'expired' },
  });
  return row as ExportRow | undefined;
}

/** What tidying has to see to: writers that fell silent, and files whose time is over. */
export async function neglected(tx: Tx, now: Date): Promise<{ stuck: ExportRow[]; due: string[] }> {
  const stuck = await tx.trailExport.findMany({
    where: { state: unfinished, ...silentSince(now) },
  });
  const due = await tx.trailExport.findMany({
    where: { state: 'ready', expiresAt: { lte: now } },
    select: { id: true },
  });
  return { stuck: stuck as ExportRow[], due: due.map(({ id }) => id) };
}

/** Ends one whose writers all died; false when one has taken it up meanwhile. */
export async function giveUp(tx: Tx, row: ExportRow, now: Date, error: string): Promise<boolean> {
  const { count } = await tx.trailExport.updateMany({
    where: { id: row.id, state: unfinished, attempts: { gte: MOST_ATTEMPTS }, ...silentSince(now) },
    data: { state: 'failed', error, runner: null, finishedAt: now },
  });
  return count === 1;
}

export function viewExport(row: ExportRow, actor: Actor): ExportView {
  return {
    id: row.id,
    format: row.format,
    filters: row.filters as ExportView['filters'],
    state: row.state,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
    expires_at: row.expiresAt?.toISOString() ?? null,
    rows: {
      done: Number(row.rowsDone),
      total: row.rowsTotal === null ? null : Number(row.rowsTotal),
    },
    bytes: Number(row.bytes),
    sha256: row.sha256,
    error: row.error,
    can: { cancel: mayCancel(actor, row.state), download: mayDownload(actor, row.state) },
  };
}
