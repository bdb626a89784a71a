/** The rule of who takes one more beside them; the statement below applies it. */
import type { Tx } from '@/lib/infra/db';
import type { NewEvent } from '@/lib/kernel/event';

const DAY_MS = 86_400_000;
/** How long a miss raises at the longest, in days. */
export const RAISED_DAYS = 30;
/** So many caught in a row after it end that. */
export const CAUGHT_IN_A_ROW = 3;
/** How many signatures of others it takes beside one of theirs. */
export const EXTRA = 1;

/** A member whose signature takes one more beside it. */
export interface Raise {
  /** When they approved what was planted. */
  since: Date;
  until: Date;
}

/** Who is raised at this moment. */
export async function raisesAt(tx: Tx, now: Date): Promise<Map<string, Raise>> {
  const rows = await tx.approverRaise.findMany({ where: { endedAt: null, endsAt: { gt: now } } });
  return new Map(
    rows.map(({ memberId, missedAt, endsAt }) => [memberId, { since: missedAt, until: endsAt }]),
  );
}

/** From now on their signature takes one more beside it; a second miss begins it anew. */
export async function raise(
  tx: Tx,
  workspaceId: string,
  memberId: string,
  now: Date,
): Promise<NewEvent> {
  const endsAt = new Date(now.getTime() + RAISED_DAYS * DAY_MS);
  const raised = { missedAt: now, endsAt, caught: 0, endedAt: null };
  await tx.approverRaise.upsert({
    where: { workspaceId_memberId: { workspaceId, memberId } },
    create: { workspaceId, memberId, ...raised },
    update: raised,
  });
  return {
    type: 'approver.quorum_raised',
    object: { type: 'member', id: memberId },
    data: { extra: EXTRA, ends_at: endsAt.toISOString(), caught_in_a_row: CAUGHT_IN_A_ROW },
  };
}

/** Counts what they caught; the last of the row ends it. */
export async function caughtOne(tx: Tx, memberId: string, now: Date): Promise<NewEvent[]> {
  const rows = await tx.$queryRaw<{ caught: number; ended: boolean }[]>`
    UPDATE approver_raises SET caught = caught + 1,
      ended_at = CASE WHEN caught + 1 >= ${CAUGHT_IN_A_ROW} THEN ${now}::timestamptz END
    WHERE member_id = ${memberId} AND ended_at IS NULL AND ends_at > ${now}
    RETURNING caught, ended_at IS NOT NULL AS ended`;
  return rows.flatMap(({ caught, ended }) => (ended ? [restored(memberId, { caught })] : []));
}

/** Ends what has lasted its time; answers of whom. */
export async function endRaises(tx: Tx, now: Date): Promise<NewEvent[]> {
  const rows = await tx.approverRaise.updateManyAndReturn({
    where: { endedAt: null, endsAt: { lte: now } },
    data: { endedAt: now },
  });
  return rows.map(({ memberId }) => restored(memberId, { days: RAISED_DAYS }));
}

function restored(memberId: string, after: Record<string, number>): NewEvent {
  return {
    type: 'approver.quorum_restored',
    object: { type: 'member', id: memberId },
    data: { after },
  };
}
