import type { z } from 'zod';
import type { Tx } from '@/lib/infra/db';
import { decodeCursor } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';
import type { ListSamples, ReviewDay } from './schema';

/** Outcomes of a tier-2 action that ran. */
const ran = ['succeeded', 'failed', 'unknown'];
/** Of one that was approved by breaking the glass; what another gateway asked for ends here as permitted. */
const ranOrPermitted = [...ran, 'permitted'];
const whole = {
  action: true,
  reviews: { orderBy: { place: 'asc' } },
  finding: { select: { id: true, status: true } },
} as const;

export type SampleRow = Awaited<ReturnType<typeof loadSample>>;

export function asDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

export function asDate(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

export async function loadSample(tx: Tx, id: string) {
  const row = await tx.sample.findUnique({ where: { id }, include: whole });
  if (!row) throw notFound('sample');
  return row;
}

/** Keeps a sample's reviews from being given at once, so that the last of them knows that it is. */
export async function lockSample(tx: Tx, id: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM samples WHERE id = ${id} FOR UPDATE`;
}

export function assignedTo(member: string) {
  return { some: { assignedTo: member, verdict: null } };
}

/** What is assigned to the reader comes first, then the newest days. */
export async function findSamples(
  tx: Tx,
  input: z.output<typeof ListSamples>,
  reader: string,
): Promise<SampleRow[]> {
  const [phase = '0', day, id] = input.cursor === undefined ? [] : decodeCursor(input.cursor, 3);
  const wanted = input.limit + 1;
  const after =
    day === undefined
      ? {}
      : { OR: [{ day: { lt: asDate(day) } }, { day: asDate(day), id: { gt: id ?? '' } }] };
  const page = (mine: boolean, further: object, take: number) =>
    tx.sample.findMany({
      where: {
        AND: [
          input.day ? { day: asDate(input.day) } : {},
          input.open === undefined ? {} : { verdict: input.open ? null : { not: null } },
          mine ? { reviews: assignedTo(reader) } : { NOT: { reviews: assignedTo(reader) } },
          further,
        ],
      },
      include: whole,
      orderBy: [{ day: 'desc' }, { id: 'asc' }],
      take,
    });
  const mine = phase === '0' ? await page(true, after, wanted) : [];
  if (input.mine || mine.length === wanted) return mine;
  const others = await page(false, phase === '0' ? {} : after, wanted - mine.length);
  return [...mine, ...others];
}

export function sampleKey(reader: string) {
  return (row: SampleRow): string[] => {
    const mine = row.reviews.some((one) => one.assignedTo === reader && one.verdict === null);
    return [mine ? '0' : '1', asDay(row.day), row.id];
  };
}

/** Ids of the tier-2 actions that ran in [start, end), in no sample yet. */
export async function findPopulation(tx: Tx, start: Date, end: Date): Promise<string[]> {
  const rows = await tx.action.findMany({
    where: {
      tier: 2,
      decision: 'allow',
      status: { in: ran },
      createdAt: { gte: start, lt: end },
      sample: null,
    },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

export function countPopulation(tx: Tx, start: Date, end: Date): Promise<number> {
  return tx.action.count({
    where: { tier: 2, decision: 'allow', status: { in: ran }, createdAt: { gte: start, lt: end } },
  });
}

/** Whether anything has run under supervision, of what is kept. */
export async function everSupervised(tx: Tx): Promise<boolean> {
  const where = { tier: 2, decision: 'allow', status: { in: ran } };
  return (await tx.action.findFirst({ where, select: { id: true } })) !== null;
}

export interface KeptStratum {
  /** Its place in the draw's event. */
  stratum: number;
  agent: string;
  action_type: string;
  band: string;
  size: number;
  drawn: number;
}

/** Keeps strata of a day's draw; those that are there stay as they are. */
export async function addStrata(
  tx: Tx,
  workspace: string,
  day: Date,
  strata: readonly KeptStratum[],
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO sample_strata (workspace_id, day, stratum, agent_id, action_type, band, size, drawn)
    SELECT ${workspace}, ${asDay(day)}::date, s.stratum, s.agent, s.action_type, s.band, s.size, s.drawn
    FROM jsonb_to_recordset(${JSON.stringify(strata)}::jsonb)
      AS s (stratum int, agent text, action_type text, band text, size int, drawn int)
    ON CONFLICT DO NOTHING`;
}

export interface DrawnAction {
  /** The sample's id, where it makes one. */
  id: string;
  action: string;
  late: boolean;
  wanted: number;
  stratum: number | null;
}

/**
 * Puts actions of a day's draw among the samples, those that are there still. One drawn by hand
 * before is in the daily sample from now on, with the reviews it may have; where the draw wants a
 * second one, the first is no verdict of the pair. Done twice it is done once.
 */
export async function addDrawn(
  tx: Tx,
  { day, dueAt, workspace }: { day: Date; dueAt: Date; workspace: string },
  drawn: readonly DrawnAction[],
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO samples (id, workspace_id, day, action_id, origin, due_at, late, wanted, stratum)
    SELECT d.id, ${workspace}, ${asDay(day)}::date, a.id, 'daily', ${dueAt}, d.late, d.wanted, d.stratum
    FROM jsonb_to_recordset(${JSON.stringify(drawn)}::jsonb)
      AS d (id text, action text, late boolean, wanted int, stratum int)
    JOIN actions a ON a.id = d.action
    ON CONFLICT (action_id) DO UPDATE SET origin = 'daily', day = excluded.day, stratum = excluded.stratum,
        late = excluded.late, wanted = greatest(samples.wanted, excluded.wanted)
      WHERE samples.origin = 'hand'`;
  await tx.$executeRaw`
    UPDATE samples s SET verdict = NULL, note = NULL, reviewed_by = NULL, reviewed_at = NULL,
           due_at = ${dueAt}, escalated_at = NULL, escalation_told = false
    WHERE s.action_id = ANY (${drawn.map(({ action }) => action)}) AND s.verdict IS NOT NULL
      AND s.wanted > (SELECT count(r.verdict) FROM sample_reviews r WHERE r.sample_id = s.id)`;
}

/** Open samples that have fewer reviewers than they want, by who is due first. */
export async function lackingReviewers(tx: Tx): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT s.id FROM samples s LEFT JOIN sample_reviews r ON r.sample_id = s.id
    WHERE s.verdict IS NULL
    GROUP BY s.id HAVING count(r.sample_id) < s.wanted ORDER BY s.due_at, s.id`;
  return rows.map(({ id }) => id);
}

/** How many reviews each approver has to give. */
export async function openLoad(tx: Tx): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ id: string; open: number }[]>`
    SELECT m.id, count(s.id)::int AS open FROM members m
    LEFT JOIN sample_reviews r ON r.assigned_to = m.id AND r.verdict IS NULL
    LEFT JOIN samples s ON s.id = r.sample_id AND s.verdict IS NULL
    WHERE m.state = 'active' AND 'approver' = ANY (m.roles) GROUP BY m.id`;
  return new Map(rows.map(({ id, open }) => [id, open]));
}

export async function agentsOf(tx: Tx, ids: readonly string[]) {
  const rows = await tx.agent.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, name: true, sponsorId: true, state: true },
  });
  return new Map(rows.map((row) => [row.id, row]));
}

export async function namesOf(tx: Tx, ids: readonly (string | null)[]) {
  const members = await tx.member.findMany({
    where: { id: { in: ids.flatMap((id) => id ?? []) } },
    select: { id: true, name: true },
  });
  return new Map(members.map((row) => [row.id, row.name]));
}

/** Members named in samples. */
export function peopleOf(rows: readonly SampleRow[]): (string | null)[] {
  return rows.flatMap((row) => [
    row.reviewedBy,
    ...row.reviews.flatMap((one) => [one.assignedTo, one.reviewedBy]),
  ]);
}

/** One line a day, newest first. */
export async function summariseDays(tx: Tx, days: number): Promise<ReviewDay[]> {
  const rows = await tx.$queryRaw<
    (Omit<ReviewDay, 'day' | 'population'> & { day: Date; population: number | null })[]
  >`
    SELECT coalesce(s.day, d.day) AS day, d.population, coalesce(d.late, 0)::int AS late,
           coalesce(s.sampled, 0)::int AS sampled, coalesce(s.reviewed, 0)::int AS reviewed,
           coalesce(s.correct, 0)::int AS correct, coalesce(s.wrong, 0)::int AS wrong,
           coalesce(s.unsure, 0)::int AS unsure, coalesce(s.overdue, 0)::int AS overdue
    FROM (
      SELECT day, count(*) AS sampled, count(verdict) AS reviewed,
             count(*) FILTER (WHERE verdict = 'correct') AS correct,
             count(*) FILTER (WHERE verdict = 'wrong') AS wrong,
             count(*) FILTER (WHERE verdict = 'unsure') AS unsure,
             count(*) FILTER (WHERE verdict IS NULL AND due_at < now()) AS overdue
      FROM samples GROUP BY day
    ) s FULL JOIN sample_days d ON d.day = s.day
    ORDER BY 1 DESC LIMIT ${days}`;
  return rows.map((row) => ({ ...row, day: asDay(row.day) }));
}

/** Both verdicts on each sample that two people reviewed, since an instant. */
export async function pairsSince(tx: Tx, since: Date): Promise<[string, string][]> {
  const rows = await tx.$queryRaw<{ first: string; second: string }[]>`
    SELECT a.verdict AS first, b.verdict AS second
      FROM sample_reviews a JOIN sample_reviews b ON b.sample_id = a.sample_id AND a.place = 1 AND b.place = 2
     WHERE a.verdict IS NOT NULL AND b.verdict IS NOT NULL AND greatest(a.reviewed_at, b.reviewed_at) >= ${since}`;
  return rows.map(({ first, second }) => [first, second]);
}

/** What ran or was permitted on a broken glass and is in no sample yet, with those who must not review it. */
export async function withoutReview(tx: Tx, most: number) {
  const rows = await tx.approval.findMany({
    where: { brokeGlass: true, action: { status: { in: ranOrPermitted }, sample: null } },
    include: { action: true, signatures: true },
    orderBy: { actionId: 'asc' },
    take: most,
  });
  return rows.map(({ action, signatures }) => ({
    ...action,
    excluded: [...new Set(signatures.flatMap((one) => [one.memberId, one.inPlaceOf]))],
  }));
}
