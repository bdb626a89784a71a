import type { Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';
import type { Again } from '@/lib/domains/gateway/server';
import { newSalt, commitmentTo } from './commitment';
import type { Source, Wrong } from './kinds';

/** Of how many days planted requests are counted. */
export const COUNTED_DAYS = 90;
/** The most that are looked at for one that fits. */
const MOST = 200;

interface SourceRow {
  id: string;
  type: string;
  parameters: Record<string, unknown>;
  summary: string;
  evidence: { content?: unknown }[];
  display: {
    amount: Source['amount'];
    ladder: { parameter: string; gated: number } | null;
  };
  largest: number | null;
}

/**
 * The latest held actions that a copy could be planted of: that wait no longer, rest on evidence,
 * are of an active agent, came by no other gateway, and were not used for it before.
 */
export async function sourcesSince(tx: Tx, since: Date): Promise<Source[]> {
  const rows = await tx.$queryRaw<SourceRow[]>`
    SELECT a.id, a.type, a.parameters, a.summary, a.evidence, p.display,
      (SELECT max(b.amount) FROM actions b
       WHERE b.agent_id = a.agent_id AND b.type = a.type AND b.created_at >= ${since}) AS largest
    FROM approvals p JOIN actions a ON a.id = p.action_id JOIN agents g ON g.id = a.agent_id
    WHERE p.requested_at >= ${since} AND a.status <> 'pending' AND a.asked_by IS NULL
      AND g.state = 'active' AND json_array_length(a.evidence) > 0
      AND NOT EXISTS (SELECT 1 FROM planted_requests r WHERE r.source_id = a.id)
    ORDER BY p.requested_at DESC LIMIT ${MOST}`;
  return rows.map(({ display, evidence, largest, ...row }) => ({
    ...row,
    evidence: evidence.map(({ content }) => content),
    amount: display.amount,
    most:
      display.ladder?.parameter === display.amount?.parameter
        ? (display.ladder?.gated ?? null)
        : null,
    largest: largest ?? 0,
  }));
}

/** How many actions were held in this time. */
export function heldBetween(tx: Tx, from: Date, to: Date): Promise<number> {
  return tx.action.count({ where: { decision: 'hold', createdAt: { gt: from, lte: to } } });
}

/** Up to when was drawn before; undefined the first time. */
export async function lookedAt(tx: Tx): Promise<Date | undefined> {
  return (await tx.plantedLook.findFirst())?.lookedAt;
}

/**
 * Takes the time since the last look for this one; undefined when another took it meanwhile, or
 * when it is the first and there is nothing to look back on.
 */
export async function takeLook(tx: Tx, workspaceId: string, to: Date): Promise<Date | undefined> {
  const from = await lookedAt(tx);
  if (!from) {
    await tx.plantedLook.createMany({
      data: [{ workspaceId, lookedAt: to }],
      skipDuplicates: true,
    });
    return undefined;
  }
  // Another took this very look, or a later one, before this one read.
  if (from >= to) return undefined;
  const { count } = await tx.plantedLook.updateMany({
    where: { workspaceId, lookedAt: from },
    data: { lookedAt: to },
  });
  return count === 1 ? from : undefined;
}

/** Says why nothing was planted; null when something was. */
export async function sayNothing(
  tx: Tx,
  workspaceId: string,
  nothing: string | null,
  at: Date,
): Promise<void> {
  const said = { nothing, nothingAt: nothing === null ? null : at };
  await tx.plantedLook.upsert({
    where: { workspaceId },
    create: { workspaceId, lookedAt: at, ...said },
    update: said,
  });
}

/** Holds it as the gateway's recorder holds any other, but marked; answers its commitment. */
export async function plant(
  tx: Tx,
  workspaceId: string,
  { again, wrong, by, at }: { again: Again; wrong: Wrong; by: string | null; at: Date },
): Promise<string> {
  const action: unknown = { ...(JSON.parse(again.action) as object), planted: true };
  await withPlanted(
    tx,
    () => tx.$queryRaw`
      SELECT written FROM gateway_record(${workspaceId}, ${JSON.stringify([action])}::json,
        ${`[${again.approval}]`}::json, NULL, NULL, NULL, NULL, NULL, NULL, '{}', '{}', '{}')`,
  );
  const { source: sourceId, kind, parameter, planted, right } = wrong;
  const salt = newSalt();
  const commitment = commitmentTo(salt, again.id);
  await tx.plantedRequest.create({
    data: {
      ...{ actionId: again.id, workspaceId, kind, sourceId, salt, commitment },
      ...{ wrong: { parameter, planted, right }, plantedBy: by, plantedAt: at },
    },
  });
  return commitment;
}

/** Ends the wait of a planted one; false when someone or the clock was first. */
export async function endPlanted(tx: Tx, id: string, at: Date): Promise<boolean> {
  const { count } = await withPlanted(tx, () =>
    tx.action.updateMany({
      where: { id, planted: true, status: 'pending', expiresAt: { gt: at } },
      data: { status: 'cancelled', finishedAt: at },
    }),
  );
  return count === 1;
}

export type PlantedEnd = {
  outcome: string;
  answer: string | null;
  decidedBy: string | null;
  counted: boolean;
  revealedAt: Date;
};

/** Reveals it, once. */
export async function revealRow(tx: Tx, actionId: string, end: PlantedEnd): Promise<boolean> {
  const { count } = await tx.plantedRequest.updateMany({
    where: { actionId, outcome: null },
    data: end,
  });
  return count === 1;
}

/** By whom (null: nobody) and how those that were revealed since then ended. */
export async function outcomesSince(
  tx: Tx,
  since: Date,
): Promise<{ member: string | null; outcome: string; counted: boolean; count: number }[]> {
  return tx.$queryRaw`
    SELECT decided_by AS member, outcome, counted, count(*)::int AS count FROM planted_requests
    WHERE revealed_at >= ${since} GROUP BY 1, 2, 3`;
}
