import type { Prisma, Tx } from '@/lib/infra/db';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { decodeCursor, toPage } from '@/lib/kernel/page';
import { invalid } from '@/lib/kernel/problem';
import type { Actor } from '@/lib/kernel/actor';
import { mayVerify } from '../policy';
import type { Landmark } from './broken';
import type { LogCheck } from './check';
import type { Scope, VerificationView } from './schema';

type Row = Prisma.TrailVerificationGetPayload<object>;

/** A run that says nothing for so long has lost its process. */
const SILENT_MS = 60_000;

/** Size and root of the last verification that found the log as it was signed. */
export async function lastGood(tx: Tx): Promise<Landmark | undefined> {
  const row = await tx.trailVerification.findFirst({
    where: { status: 'ok', size: { gt: 0 }, root: { not: null } },
    orderBy: { seq: 'desc' },
  });
  if (!row?.root) return undefined;
  return {
    size: Number(row.size),
    root: Buffer.from(row.root),
    said: 'An earlier verification says',
  };
}

/** The workspace's run that is under way; one whose process is gone is ended first. */
export async function underWay(tx: Tx): Promise<Row | undefined> {
  const silent = new Date(clock.now().getTime() - SILENT_MS);
  await tx.trailVerification.updateMany({
    where: { status: 'running', seenAt: { lt: silent } },
    data: {
      status: 'cancelled',
      detail: 'The process that verified has ended. Start it again.',
      finishedAt: clock.now(),
    },
  });
  return (await tx.trailVerification.findFirst({ where: { status: 'running' } })) ?? undefined;
}

export async function insertRun(
  tx: Tx,
  run: { id: string; workspace: string; startedBy: string; scope: Scope; from: number },
): Promise<Row> {
  const now = clock.now();
  return tx.trailVerification.create({
    data: {
      id: run.id,
      workspaceId: run.workspace,
      startedBy: run.startedBy,
      scope: run.scope,
      fromSize: BigInt(run.from),
      done: BigInt(run.from),
      size: BigInt(run.from),
      status: 'running',
      startedAt: now,
      seenAt: now,
    },
  });
}

/** Notes how far a run has come; false when it is not to go on. */
export async function noteProgress(
  workspace: string,
  id: string,
  done: number,
  size: number,
): Promise<boolean> {
  const { count } = await inWorkspace(workspace, (tx) =>
    tx.trailVerification.updateMany({
      where: { id, status: 'running' },
      data: { done: BigInt(done), size: BigInt(size), seenAt: clock.now() },
    }),
  );
  return count === 1;
}

/** Ends a run with what it found; false when it was cancelled meanwhile. */
export async function finishRun(tx: Tx, id: string, check: LogCheck): Promise<boolean> {
  const { count } = await tx.trailVerification.updateMany({
    where: { id, status: 'running' },
    data: {
      status: check.status,
      fromSize: BigInt(check.from),
      done: BigInt(check.size),
      size: BigInt(check.size),
      root: check.status === 'ok' ? Uint8Array.from(check.root) : null,
      firstBad: check.firstBad === null ? null : BigInt(check.firstBad),
      detail: check.detail,
      finishedAt: clock.now(),
    },
  });
  return count === 1;
}

/** Ends a run without a finding; false when it has ended already. */
export async function cancelRun(tx: Tx, id: string, detail: string): Promise<boolean> {
  const { count } = await tx.trailVerification.updateMany({
    where: { id, status: 'running' },
    data: { status: 'cancelled', detail, finishedAt: clock.now() },
  });
  return count === 1;
}

export async function findRun(tx: Tx, id: string): Promise<Row | undefined> {
  return (await tx.trailVerification.findUnique({ where: { id } })) ?? undefined;
}

export async function pageOfRuns(
  tx: Tx,
  actor: Actor,
  page: { cursor?: string | undefined; limit: number },
) {
  const rows = await tx.trailVerification.findMany({
    where: afterStarted(page.cursor),
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take: page.limit + 1,
  });
  return toPage(
    rows,
    page.limit,
    (row) => [row.startedAt.toISOString(), row.id],
    (row) => viewOf(row, actor),
  );
}

/**
 * What was found wrong and has not been found right since, the latest of it; as `trail_failures`
 * in the database. Later is what was begun later, whatever time a clock gave it.
 */
export async function standingFailure(tx: Tx): Promise<Row | undefined> {
  const found = async (where: object) =>
    (await tx.trailVerification.findFirst({ where, orderBy: { seq: 'desc' } })) ?? undefined;
  const good = await found({ status: 'ok' });
  const goodOfAll = await found({ status: 'ok', scope: 'all' });
  return found({
    status: 'failed',
    OR: [
      { scope: 'all', seq: { gt: goodOfAll?.seq ?? 0 } },
      { scope: { not: 'all' }, seq: { gt: good?.seq ?? 0 } },
    ],
  });
}

export async function lastFinished(tx: Tx): Promise<Row | undefined> {
  const row = await tx.trailVerification.findFirst({
    where: { status: { in: ['ok', 'failed'] } },
    orderBy: { seq: 'desc' },
  });
  return row ?? undefined;
}

/** Whether a verification of this much, whatever it found, has finished since then. */
export async function verifiedSince(tx: Tx, scopes: Scope[], since: Date): Promise<boolean> {
  const found = await tx.trailVerification.findFirst({
    where: {
      scope: { in: scopes },
      status: { in: ['ok', 'failed'] },
      // One that a clock which was ahead has dated in the future says nothing of now.
      finishedAt: { gte: since, lte: clock.now() },
    },
  });
  return found !== null;
}

export function viewOf(row: Row, actor: Actor): VerificationView {
  const may = mayVerify(actor);
  return {
    id: row.id,
    started_by: row.startedBy,
    scope: row.scope === 'new' ? 'new' : 'all',
    status: row.status as VerificationView['status'],
    size: Number(row.size),
    from: Number(row.fromSize),
    done: Number(row.done),
    first_bad: row.firstBad === null ? null : Number(row.firstBad),
    detail: row.detail,
    started_at: row.startedAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
    can: {
      cancel:
        row.status === 'running' ? may : { allowed: false, reason: 'This verification has ended.' },
    },
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
