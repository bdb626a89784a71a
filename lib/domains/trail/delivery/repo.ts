import { db, type Prisma, type Tx } from '@/lib/infra/db';
import { newId } from '@/lib/kernel/ids';
import { afterCreated, decodeCursor, newestFirst } from '@/lib/kernel/page';
import { invalid, notFound } from '@/lib/kernel/problem';

export type SinkRow = Prisma.TrailSinkGetPayload<object>;
export type FailureRow = Prisma.TrailSinkFailureGetPayload<object>;

/** Longer than a batch takes at worst, so that it ends only with the process that holds it. */
const LEASE_MS = 30_000;

export async function loadSink(tx: Tx, id: string): Promise<SinkRow> {
  const row = await tx.trailSink.findUnique({ where: { id } });
  if (!row) throw notFound('sink');
  return row;
}

export function listSinkRows(
  tx: Tx,
  filter: { cursor: string | undefined; retired: boolean },
  take: number,
): Promise<SinkRow[]> {
  return tx.trailSink.findMany({
    where: {
      AND: [afterCreated(filter.cursor), filter.retired ? {} : { state: { not: 'retired' } }],
    },
    orderBy: newestFirst,
    take,
  });
}

/** How many a workspace has that are not retired. */
export function countSinks(tx: Tx): Promise<number> {
  return tx.trailSink.count({ where: { state: { not: 'retired' } } });
}

export function insertSink(tx: Tx, row: Prisma.TrailSinkUncheckedCreateInput): Promise<SinkRow> {
  return tx.trailSink.create({ data: row });
}

/** Changes a sink that is not retired; undefined when it is by now. */
export async function changeSink(
  tx: Tx,
  id: string,
  changes: Prisma.TrailSinkUncheckedUpdateManyInput,
): Promise<SinkRow | undefined> {
  const [row] = await tx.trailSink.updateManyAndReturn({
    where: { id, state: { not: 'retired' } },
    data: changes,
  });
  return row;
}

export async function dataKeyOf(tx: Tx, workspace: string): Promise<Uint8Array> {
  const { dataKey } = await tx.workspace.findUniqueOrThrow({
    where: { id: workspace },
    select: { dataKey: true },
  });
  return dataKey;
}

// Delivering

export interface DueSink {
  workspace: string;
  id: string;
  position: number;
}

/** Sinks of every workspace that may be tried now and that nobody delivers to. */
export async function dueSinks(): Promise<DueSink[]> {
  const rows = await db().$queryRaw<
    { workspace_id: string; sink_id: string; next_index: bigint }[]
  >`SELECT * FROM trail_sinks_due()`;
  return rows.map((row) => ({
    workspace: row.workspace_id,
    id: row.sink_id,
    position: Number(row.next_index),
  }));
}

const leaseUntil = (now: Date) => new Date(now.getTime() + LEASE_MS);
const noLease = { leaseOwner: null, leaseUntil: null };

/** As it is now, and nobody else's to change until the transaction ends. */
export async function lockSink(tx: Tx, id: string): Promise<SinkRow> {
  await tx.$queryRaw`SELECT 1 FROM trail_sinks WHERE id = ${id} FOR UPDATE`;
  return loadSink(tx, id);
}

/** Takes the right to deliver to a sink; undefined when it is another's or not due. */
export async function takeSink(
  tx: Tx,
  id: string,
  owner: string,
  now: Date,
): Promise<SinkRow | undefined> {
  const [row] = await tx.trailSink.updateManyAndReturn({
    where: {
      id,
      state: 'active',
      nextTryAt: { lte: now },
      OR: [{ leaseOwner: owner }, { leaseUntil: null }, { leaseUntil: { lt: now } }],
    },
    data: { leaseOwner: owner, leaseUntil: leaseUntil(now) },
  });
  return row;
}

/** Settles where the batch ends, before any of it is sent; false when the sink has changed. */
export async function beginBatch(tx: Tx, sink: SinkRow, end: number, now: Date): Promise<boolean> {
  const { count } = await tx.trailSink.updateMany({
    where: { ...mine(sink), state: 'active' },
    data: { pendingEnd: BigInt(end), leaseUntil: leaseUntil(now) },
  });
  return count === 1;
}

/** Moves on past a delivered batch and keeps the lease; undefined when the sink has changed meanwhile. */
export async function advance(
  tx: Tx,
  sink: SinkRow,
  batch: { end: number; events: number; recent: Prisma.InputJsonValue },
  now: Date,
): Promise<SinkRow | undefined> {
  const [row] = await tx.trailSink.updateManyAndReturn({
    where: mine(sink),
    data: {
      position: BigInt(batch.end),
      pendingEnd: null,
      delivered: { increment: batch.events },
      deliveredAt: now,
      recent: batch.recent,
      leaseUntil: leaseUntil(now),
      ...calm,
    },
  });
  return row;
}

/** Gives the lease back; `next` is when the sink may be tried again. */
export async function release(tx: Tx, sink: SinkRow, next?: Date): Promise<void> {
  await tx.trailSink.updateMany({
    where: { id: sink.id, leaseOwner: sink.leaseOwner },
    data: { ...noLease, ...(next ? { nextTryAt: next } : {}) },
  });
}

/** Notes a failure and gives the lease back; undefined when the sink has changed meanwhile. */
export async function failed(
  tx: Tx,
  sink: SinkRow,
  failure: { error: string; next: Date; paused?: string },
  now: Date,
): Promise<SinkRow | undefined> {
  const { error, paused } = failure;
  const since = sink.failingSince ?? now;
  const [row] = await tx.trailSink.updateManyAndReturn({
    where: { ...mine(sink), state: 'active' },
    data: {
      ...noLease,
      attempts: { increment: 1 },
      error,
      failingSince: since,
      nextTryAt: failure.next,
      ...(paused === undefined ? {} : { state: 'paused', reason: paused, ...calm }),
    },
  });
  if (!row) return undefined;
  const open = { sinkId: sink.id, endedAt: null };
  const { count } = await tx.trailSinkFailure.updateMany({
    where: open,
    data: { attempts: { increment: 1 }, error },
  });
  const { workspaceId, position } = sink;
  if (count === 0)
    await noteFailure(tx, { workspaceId, sinkId: sink.id, beganAt: now, position, error });
  if (paused !== undefined) await endFailures(tx, sink.id, now);
  return row;
}

/** What a sink is set to when nothing is wrong with it. */
export const calm = { attempts: 0, failingSince: null, error: null, alertedAt: null };

const mine = (sink: SinkRow) => ({
  id: sink.id,
  leaseOwner: sink.leaseOwner,
  position: sink.position,
});

export async function noteFailure(
  tx: Tx,
  row: Omit<Prisma.TrailSinkFailureUncheckedCreateInput, 'id'>,
): Promise<void> {
  await tx.trailSinkFailure.create({ data: { id: newId('sfl'), ...row } });
}

export async function endFailures(tx: Tx, sinkId: string, now: Date): Promise<void> {
  await tx.trailSinkFailure.updateMany({
    where: { sinkId, endedAt: null },
    data: { endedAt: now },
  });
}

/** Sinks that have failed since before `since` and of which nobody was told; each is answered once. */
export function takeUnalerted(tx: Tx, since: Date, now: Date): Promise<SinkRow[]> {
  return tx.trailSink.updateManyAndReturn({
    where: { state: 'active', alertedAt: null, failingSince: { lte: since } },
    data: { alertedAt: now },
  });
}

function beganBefore(cursor: string | undefined): Prisma.TrailSinkFailureWhereInput {
  if (cursor === undefined) return {};
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const beganAt = new Date(time);
  if (Number.isNaN(beganAt.getTime())) {
    throw invalid([
      { field: 'cursor', message: 'is not a cursor of this list; start without one' },
    ]);
  }
  return { OR: [{ beganAt: { lt: beganAt } }, { beganAt, id: { lt: id } }] };
}

export function listFailureRows(
  tx: Tx,
  sinkId: string,
  cursor: string | undefined,
  take: number,
): Promise<FailureRow[]> {
  return tx.trailSinkFailure.findMany({
    where: { AND: [{ sinkId }, beganBefore(cursor)] },
    orderBy: [{ beganAt: 'desc' }, { id: 'desc' }],
    take,
  });
}
