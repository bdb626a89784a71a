import type { z } from 'zod';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { decodeCursor } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';
import { mayReview } from './policy';
import type { ListSamples, ReviewDay, Sample } from './schema';

/** Outcomes of a tier-2 action that ran. */
const ran = ['succeeded', 'failed', 'unknown'];
const withAction = { action: true };

export type SampleRow = Awaited<ReturnType<typeof loadSample>>;

export function asDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

export function asDate(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

export async function loadSample(tx: Tx, id: string) {
  const row = await tx.sample.findUnique({ where: { id }, include: withAction });
  if (!row) throw notFound('sample');
  return row;
}

export function findSamples(tx: Tx, input: z.output<typeof ListSamples>) {
  return tx.sample.findMany({
    where: {
      AND: [
        input.day ? { day: asDate(input.day) } : {},
        input.open === undefined ? {} : { verdict: input.open ? null : { not: null } },
        afterSample(input.cursor),
      ],
    },
    include: withAction,
    orderBy: [{ day: 'desc' }, { id: 'asc' }],
    take: input.limit + 1,
  });
}

function afterSample(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const [day = '', id = ''] = decodeCursor(cursor, 2);
  return { OR: [{ day: { lt: asDate(day) } }, { day: asDate(day), id: { gt: id } }] };
}

export function sampleKey(row: SampleRow): [string, string] {
  return [asDay(row.day), row.id];
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

export async function agentsOf(tx: Tx, ids: readonly string[]) {
  const rows = await tx.agent.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, name: true, sponsorId: true },
  });
  return new Map(rows.map((row) => [row.id, row]));
}

export async function reviewersOf(tx: Tx, rows: readonly SampleRow[]) {
  const members = await tx.member.findMany({
    where: { id: { in: rows.flatMap((row) => row.reviewedBy ?? []) } },
    select: { id: true, name: true },
  });
  return new Map(members.map((row) => [row.id, row.name]));
}

/** One line a day, newest first. */
export async function summariseDays(tx: Tx, days: number): Promise<ReviewDay[]> {
  const rows = await tx.$queryRaw<
    (Omit<ReviewDay, 'day' | 'population'> & { day: Date; population: number | null })[]
  >`
    SELECT coalesce(s.day, d.day) AS day, d.population,
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

export function viewSample(
  row: SampleRow,
  agents: Awaited<ReturnType<typeof agentsOf>>,
  reviewers: Map<string, string>,
  actor: Actor,
): Sample {
  const { action } = row;
  const agent = agents.get(action.agentId);
  return {
    id: row.id,
    day: asDay(row.day),
    origin: row.origin as Sample['origin'],
    due_at: row.dueAt.toISOString(),
    verdict: row.verdict as Sample['verdict'],
    note: row.note,
    reviewed_by: row.reviewedBy
      ? { id: row.reviewedBy, name: reviewers.get(row.reviewedBy) ?? row.reviewedBy }
      : null,
    reviewed_at: row.reviewedAt?.toISOString() ?? null,
    action: {
      id: action.id,
      type: action.type,
      agent: { id: action.agentId, name: agent?.name ?? action.agentId },
      session: action.sessionId,
      parameters: action.parameters,
      summary: action.summary,
      why: action.why,
      evidence: action.evidence,
      untrusted: action.untrusted,
      classification: action.classification,
      tier: action.tier ?? 2,
      status: action.status,
      amount: action.amount,
      result: action.result,
      error: action.error,
      digest: action.digest,
      created_at: action.createdAt.toISOString(),
    },
    can: {
      review: mayReview(actor, { verdict: row.verdict, sponsorId: agent?.sponsorId ?? null }),
    },
  };
}
