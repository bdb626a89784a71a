import type { Tx } from '@/lib/infra/db';
import { decodeCursor, toPage } from '@/lib/kernel/page';
import { invalid } from '@/lib/kernel/problem';
import type { VerificationView } from './schema';
import type { Earlier } from './verify';

// The root is kept with the finding, in the control database, so that a trail that was
// replaced whole, checkpoints and all, does not pass the next verification.
const ROOT = /^Root ([A-Za-z0-9+/]{43}=)$/;

export async function insertVerification(
  tx: Tx,
  workspace: string,
  view: VerificationView,
  root: Buffer,
): Promise<void> {
  await tx.trailVerification.create({
    data: {
      id: view.id,
      workspaceId: workspace,
      startedBy: view.started_by,
      size: BigInt(view.size),
      status: view.status,
      firstBad: view.first_bad === null ? null : BigInt(view.first_bad),
      detail: view.status === 'ok' ? `Root ${root.toString('base64')}` : view.detail,
      startedAt: new Date(view.started_at),
      finishedAt: new Date(view.finished_at),
    },
  });
}

/** Size and root of the last verification that found the log as it was signed. */
export async function earlierFinding(tx: Tx): Promise<Earlier | undefined> {
  const row = await tx.trailVerification.findFirst({
    where: { status: 'ok', size: { gt: 0 } },
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
  });
  const root = ROOT.exec(row?.detail ?? '')?.[1];
  return row && root ? { size: Number(row.size), root: Buffer.from(root, 'base64') } : undefined;
}

export async function pageOfVerifications(
  tx: Tx,
  page: { cursor?: string | undefined; limit: number },
) {
  const rows = await tx.trailVerification.findMany({
    where: afterStarted(page.cursor),
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take: page.limit + 1,
  });
  return toPage(rows, page.limit, (row) => [row.startedAt.toISOString(), row.id], viewOf);
}

function viewOf(row: {
  id: string;
  startedBy: string;
  size: bigint;
  status: string;
  firstBad: bigint | null;
  detail: string;
  startedAt: Date;
  finishedAt: Date;
}): VerificationView {
  return {
    id: row.id,
    started_by: row.startedBy,
    size: Number(row.size),
    status: row.status === 'ok' ? 'ok' : 'failed',
    first_bad: row.firstBad === null ? null : Number(row.firstBad),
    detail: ROOT.test(row.detail) ? '' : row.detail,
    started_at: row.startedAt.toISOString(),
    finished_at: row.finishedAt.toISOString(),
  };
}

function afterStarted(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const startedAt = new Date(time);
  if (Number.isNaN(startedAt.getTime())) {
    throw invalid([
      { field: 'cursor', message: 'is not a cursor of this list; start without one' },
    ]);
  }
  return { OR: [{ startedAt: { lt: startedAt } }, { startedAt, id: { lt: id } }] };
}

/** Whether a verification, whatever it found, has finished since then. */
export async function verifiedSince(tx: Tx, since: Date): Promise<boolean> {
  const found = await tx.trailVerification.findFirst({ where: { finishedAt: { gte: since } } });
  return found !== null;
}
