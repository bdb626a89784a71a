import type { DuePlace } from '@/lib/domains/identity/server';
import { Prisma, type Tx } from '@/lib/infra/db';
import { type SecretRow, secretsById } from '../repo';

interface DueFilter {
  /** Days that a secret without a limit of its own may be in use. */
  maxAgeDays: number;
  /** Only those after this place. */
  after: DuePlace | undefined;
  /** Only what the schedule renews and is due by then. */
  begins?: { now: Date } | undefined;
  take: number;
}

// Each day is 24 hours, whatever the session's time zone says.
const secretsByAge = (maxAgeDays: number) => Prisma.sql`
  SELECT s.id, s.rotator->>'kind' <> 'manual' AND v.id IS NOT NULL AS automatic,
    coalesce(v.activated_at, s.created_at)
      + make_interval(hours => 24 * coalesce(s.rotate_every_days, ${maxAgeDays}::int)) AS due_at
  FROM secrets s LEFT JOIN secret_versions v ON v.secret_id = s.id AND v.state = 'current'
  WHERE s.state = 'active'`;

/** Secrets in use, the most urgent first, with the day each is due. */
export async function dueSecrets(
  tx: Tx,
  { maxAgeDays, after, begins, take }: DueFilter,
): Promise<{ row: SecretRow; dueAt: Date }[]> {
  const found = await tx.$queryRaw<DuePlace[]>`
    SELECT id, due_at AS "dueAt" FROM (${secretsByAge(maxAgeDays)}) AS found
    WHERE ${after ? Prisma.sql`(due_at, id COLLATE "C") > (${after.dueAt}::timestamptz, ${after.id})` : Prisma.sql`true`}
      AND ${begins ? Prisma.sql`automatic AND due_at <= ${begins.now}::timestamptz` : Prisma.sql`true`}
    ORDER BY due_at, id COLLATE "C" LIMIT ${take}::int`;
  const rows = await secretsById(
    tx,
    found.map(({ id }) => id),
  );
  return found.flatMap(({ id, dueAt }) => {
    const row = rows.get(id);
    return row ? [{ row, dueAt }] : [];
  });
}

/** Those of `ids`, of secrets or credentials, whose rotation has failed after `since`. */
export async function failedSince(
  tx: Tx,
  ids: readonly string[],
  since: Date,
): Promise<ReadonlySet<string>> {
  const rows = await tx.rotation.findMany({
    where: { subjectId: { in: [...ids] }, step: 'failed', finishedAt: { gt: since } },
    select: { subjectId: true },
  });
  return new Set(rows.map(({ subjectId }) => subjectId));
}

/** How many secrets are in use, and due before each of two instants. */
export async function countDueSecrets(
  tx: Tx,
  maxAgeDays: number,
  { now, soon }: { now: Date; soon: Date },
): Promise<{ inUse: number; overdue: number; soon: number }> {
  const rows = await tx.$queryRaw<{ inUse: number; overdue: number; soon: number }[]>`
    SELECT count(*)::int AS "inUse",
      count(*) FILTER (WHERE due_at < ${now}::timestamptz)::int AS overdue,
      count(*) FILTER (WHERE due_at >= ${now}::timestamptz AND due_at < ${soon}::timestamptz)::int AS soon
    FROM (${secretsByAge(maxAgeDays)}) AS found`;
  return rows[0] ?? { inUse: 0, overdue: 0, soon: 0 };
}
