import type { z } from 'zod';
import type { Prisma, Tx } from '@/lib/infra/db';
import { newId } from '@/lib/kernel/ids';
import { decodeCursor } from '@/lib/kernel/page';
import type { CheckRef, CheckResult, Evaluated, ListRuns, Run } from './schema';

const HISTORY = 14;

interface NewRun {
  id: string;
  workspace: string;
  startedBy: string;
  started: Date;
  finished: Date;
  results: readonly Evaluated[];
}

export async function saveRun(tx: Tx, run: NewRun) {
  const passed = run.results.filter(({ status }) => status === 'pass').length;
  const row = await tx.complianceRun.create({
    data: {
      ...{ id: run.id, workspaceId: run.workspace, startedBy: run.startedBy },
      ...{ startedAt: run.started, finishedAt: run.finished },
      ...{ passed, failed: run.results.length - passed },
    },
  });
  await tx.complianceResult.createMany({
    data: run.results.map(({ check, status, summary, evidence }) => ({
      ...{ id: newId('res'), workspaceId: run.workspace, runId: run.id, check, status, summary },
      evidence: JSON.parse(JSON.stringify(evidence)) as Prisma.InputJsonObject,
    })),
  });
  return row;
}

/** The newest results of each check. */
export async function latestResults(tx: Tx): Promise<CheckResult[]> {
  const rows = await tx.$queryRaw<ResultRow[]>`
    SELECT id, run_id AS "runId", "check", status, summary, evidence, created_at AS "createdAt"
    FROM (SELECT *, row_number() OVER (PARTITION BY "check" ORDER BY created_at DESC) AS place
          FROM compliance_results) ranked
    WHERE place <= ${HISTORY} ORDER BY created_at DESC`;
  return rows.map(viewResult);
}

export async function findResults(tx: Tx, input: z.output<typeof CheckRef>) {
  return tx.complianceResult.findMany({
    where: { AND: [{ check: input.key }, afterTime(input.cursor, 'createdAt')] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: input.limit + 1,
  });
}

export async function findRuns(tx: Tx, input: z.output<typeof ListRuns>) {
  return tx.complianceRun.findMany({
    where: afterTime(input.cursor, 'startedAt'),
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take: input.limit + 1,
  });
}

function afterTime(cursor: string | undefined, field: 'createdAt' | 'startedAt') {
  if (cursor === undefined) return {};
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const at = new Date(time);
  return { OR: [{ [field]: { lt: at } }, { [field]: at, id: { lt: id } }] };
}

export interface ResultRow {
  id: string;
  runId: string;
  check: string;
  status: string;
  summary: string;
  evidence: unknown;
  createdAt: Date;
}

export function viewResult(row: ResultRow): CheckResult {
  return {
    id: row.id,
    run: row.runId,
    check: row.check,
    status: row.status as CheckResult['status'],
    summary: row.summary,
    evidence: row.evidence as CheckResult['evidence'],
    at: row.createdAt.toISOString(),
  };
}

export function viewRun(row: {
  id: string;
  startedBy: string;
  startedAt: Date;
  finishedAt: Date | null;
  passed: number;
  failed: number;
}): Run {
  return {
    id: row.id,
    started_by: row.startedBy,
    started_at: row.startedAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
    passed: row.passed,
    failed: row.failed,
  };
}
