import type { z } from 'zod';
import type { Prisma, Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';
import { decodeCursor } from '@/lib/kernel/page';
import { invalid, notFound } from '@/lib/kernel/problem';
import type { ListApprovals } from './schema';

const oldestFirst: Prisma.ApprovalSignatureOrderByWithRelationInput[] = [
  { signedAt: 'asc' },
  { id: 'asc' },
];
// What is planted waits among the rest: whoever loads an approval here sees both alike.
const whole = {
  // What an agent shows may be a megabyte, and stands in the display as well.
  action: { omit: { evidence: true, untrusted: true } },
  signatures: { orderBy: oldestFirst },
  questions: { orderBy: [{ askedAt: 'asc' as const }, { id: 'asc' as const }] },
};

type Loaded = Prisma.ApprovalGetPayload<{ include: typeof whole }>;
/** With what was planted in it, for the few of which that is so. */
export type ApprovalRow = Loaded & { planted: Prisma.PlantedRequestGetPayload<object> | null };

/** Approvals, with what is planted among them; what says so is read for those alone. */
async function find(
  tx: Tx,
  of: Pick<Prisma.ApprovalFindManyArgs, 'where' | 'orderBy' | 'take'>,
): Promise<ApprovalRow[]> {
  const rows = await withPlanted(tx, () => tx.approval.findMany({ ...of, include: whole }));
  const ids = rows.flatMap(({ action }) => (action.planted ? [action.id] : []));
  const planted =
    ids.length > 0 ? await tx.plantedRequest.findMany({ where: { actionId: { in: ids } } }) : [];
  return rows.map((row) => ({
    ...row,
    planted: planted.find(({ actionId }) => actionId === row.actionId) ?? null,
  }));
}

export async function loadApproval(tx: Tx, id: string): Promise<ApprovalRow> {
  const [row] = await loadApprovals(tx, [id]);
  if (!row) throw notFound('approval');
  return row;
}

/** As `loadApproval`, of many; what is not there is left out. */
export function loadApprovals(tx: Tx, ids: string[]): Promise<ApprovalRow[]> {
  return find(tx, { where: { actionId: { in: ids } } });
}

/** As `loadApproval`, for who will sign: until the transaction ends nobody else can. */
export async function lockApproval(tx: Tx, id: string) {
  await tx.$queryRaw`SELECT 1 FROM approvals WHERE action_id = ${id} FOR UPDATE`;
  return loadApproval(tx, id);
}

/** Those that wait by who has waited longest; the rest newest first. */
export async function findApprovals(
  tx: Tx,
  input: z.output<typeof ListApprovals>,
): Promise<ApprovalRow[]> {
  if (input.status === 'pending') return findWaiting(tx, input);
  return find(tx, {
    where: {
      AND: [
        input.status ? { action: { status: input.status } } : {},
        input.decided ? { action: { status: { not: 'pending' } } } : {},
        input.agent ? { action: { agentId: input.agent } } : {},
        beforeCursor(input.cursor),
      ],
    },
    orderBy: [{ requestedAt: 'desc' }, { actionId: 'desc' }],
    take: input.limit + 1,
  });
}

/** By the index of what waits (actions_queue): what was decided is not read, however much it is. */
async function findWaiting(tx: Tx, input: z.output<typeof ListApprovals>): Promise<ApprovalRow[]> {
  const [createdAt, after] = placeIn(input.cursor);
  const waiting = await withPlanted(tx, () =>
    tx.action.findMany({
      where: {
        status: 'pending',
        createdAt: { gte: createdAt },
        ...(input.agent ? { agentId: input.agent } : {}),
        ...(after === undefined ? {} : { NOT: { createdAt, id: { lte: after } } }),
      },
      select: { id: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: input.limit + 1,
    }),
  );
  const rows = await loadApprovals(
    tx,
    waiting.map(({ id }) => id),
  );
  const known = new Map(rows.map((row) => [row.actionId, row]));
  return waiting.flatMap(({ id }) => known.get(id) ?? []);
}

/** The needs of what waits, each once, by their key: as many as routes have made, not as what waits. */
export async function waitingNeeds(tx: Tx): Promise<{ key: bigint; needs: unknown }[]> {
  return tx.$queryRaw<{ key: bigint; needs: unknown }[]>`
    WITH RECURSIVE keys AS (
      (SELECT p.needs_key AS key FROM approvals p WHERE p.waiting AND p.decision IS NULL
        ORDER BY p.needs_key LIMIT 1)
      UNION ALL
      SELECT (SELECT p.needs_key FROM approvals p
        WHERE p.waiting AND p.decision IS NULL AND p.needs_key > k.key ORDER BY p.needs_key LIMIT 1)
      FROM keys k WHERE k.key IS NOT NULL
    )
    SELECT k.key, (SELECT p.needs FROM approvals p
      WHERE p.waiting AND p.decision IS NULL AND p.needs_key = k.key LIMIT 1) AS needs
    FROM keys k WHERE k.key IS NOT NULL`;
}

/** What waits with needs of these keys, asked for by then at the latest, and could be this member's. */
interface Mine {
  member: string;
  now: Date;
  /** Null: whenever it was asked for. */
  keys: { key: bigint; latest: Date | null }[];
  agent?: string | undefined;
  cursor?: string | undefined;
}

/**
 * As `findWaiting`, of what could be one member's: the oldest of each key by the index of what
 * waits (approvals_queue), so that what is only others' is not read. It may find what is not
 * theirs, and leaves out nothing that is: only what the rule refuses whoever else may sign.
 */
export async function findMine(
  tx: Tx,
  { agent, cursor, keys, member, now }: Mine,
  most: number,
): Promise<ApprovalRow[]> {
  const [from, after] = placeIn(cursor);
  const found = await withPlanted(
    tx,
    () => tx.$queryRaw<{ id: string }[]>`
    SELECT one.id FROM unnest(
      ${keys.map(({ key }) => String(key))}::bigint[],
      ${keys.map(({ latest }) => latest?.toISOString() ?? 'infinity')}::timestamptz[]
    ) AS k (key, latest)
    CROSS JOIN LATERAL (
      SELECT p.action_id AS id, p.requested_at AS at
      FROM approvals p JOIN actions a ON a.id = p.action_id LEFT JOIN agents g ON g.id = a.agent_id
      WHERE p.waiting AND p.decision IS NULL AND p.needs_key = k.key AND p.requested_at <= k.latest
        AND (p.requested_at, p.action_id) > (${from}::timestamptz, ${after ?? ''})
        AND a.status = 'pending' AND p.expires_at > ${now}
        AND (${agent ?? null}::text IS NULL OR a.agent_id = ${agent ?? null})
        AND g.sponsor_id IS DISTINCT FROM ${member}
        AND NOT a.permissions && ARRAY(SELECT m.id FROM permissions m WHERE m.updated_by = ${member})
      ORDER BY p.requested_at, p.action_id LIMIT ${most}
    ) one
    ORDER BY one.at, one.id LIMIT ${most}`,
  );
  const rows = await loadApprovals(
    tx,
    found.map(({ id }) => id),
  );
  const known = new Map(rows.map((row) => [row.actionId, row]));
  return found.flatMap(({ id }) => known.get(id) ?? []);
}

function beforeCursor(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const [requestedAt, actionId = ''] = placeIn(cursor);
  return {
    OR: [{ requestedAt: { lt: requestedAt } }, { requestedAt, actionId: { lt: actionId } }],
  };
}

/** The instant and the id that a cursor names; the beginning without one. */
function placeIn(cursor: string | undefined): [Date, string | undefined] {
  if (cursor === undefined) return [new Date(0), undefined];
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const at = new Date(time);
  if (!Number.isNaN(at.getTime())) return [at, id];
  throw invalid([{ field: 'cursor', message: 'is not a cursor of this list; start without one' }]);
}

/** A held action was made when its approval was asked for: both orders have one key. */
export function approvalKey(row: ApprovalRow): [string, string] {
  return [row.requestedAt.toISOString(), row.actionId];
}

/**
 * Moves a waiting action on; false when someone or the clock was first. What another gateway
 * asked for is permitted, and runs there. What is planted is not in sight here, and moves nowhere.
 */
export async function moveHeld(
  tx: Tx,
  { id, askedBy }: { id: string; askedBy: string | null },
  to: 'approved' | 'rejected',
  at: Date,
): Promise<boolean> {
  const status = to === 'approved' && askedBy !== null ? 'permitted' : to;
  const { count } = await tx.action.updateMany({
    where: { id, askedBy, status: 'pending', expiresAt: { gt: at } },
    data: status === 'approved' ? { status } : { status, finishedAt: at },
  });
  return count === 1;
}

/** How many wait, and since when. */
export async function countWaiting(tx: Tx): Promise<{ pending: number; oldest: Date | null }> {
  const { _count: pending, _min } = await withPlanted(tx, () =>
    tx.action.aggregate({ where: { status: 'pending' }, _count: true, _min: { createdAt: true } }),
  );
  return { pending, oldest: _min.createdAt };
}

/** Ends every wait whose time has passed; answers what ended. */
export function expireHeld(tx: Tx, at: Date, most: number) {
  return withPlanted(tx, () => expire(tx, at, most));
}

async function expire(tx: Tx, at: Date, most: number) {
  const due = await tx.action.findMany({
    where: { status: 'pending', expiresAt: { lte: at } },
    select: { id: true },
    orderBy: { expiresAt: 'asc' },
    take: most,
  });
  const ended =
    due.length === 0
      ? []
      : await tx.action.updateManyAndReturn({
          where: { id: { in: due.map(({ id }) => id) }, status: 'pending', expiresAt: { lte: at } },
          data: { status: 'expired', finishedAt: at },
        });
  await leaveQueue(tx, most);
  return ended;
}

/**
 * Takes what ended undecided, whoever ended it, out of the index of what waits. As an array, here
 * and wherever some rows are chosen to be changed, they are chosen once: where statistics are old,
 * what stands in an IN may be planned to be chosen anew for every row of the table.
 */
async function leaveQueue(tx: Tx, most: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE approvals SET waiting = false WHERE action_id = ANY (ARRAY(
      SELECT p.action_id FROM approvals p JOIN actions a ON a.id = p.action_id
      WHERE p.waiting AND p.decision IS NULL AND a.status <> 'pending'
      LIMIT ${most} FOR UPDATE OF p SKIP LOCKED))`;
}

/** Delegations that hold at this moment, by whom or to whom. */
export function delegationsAt(tx: Tx, at: Date, where: { toId?: string; fromId?: string }) {
  return tx.approvalDelegation.findMany({
    where: { ...where, startsAt: { lte: at }, endsAt: { gt: at }, endedAt: null },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
}

export interface Notice {
  action_id: string;
  /** half, nine_tenths, or escalation:<need>:<step>. */
  kind: string;
  /** The group that may sign from now on; null is any approver. */
  group: string | null;
  agent_id: string;
  session_id: string;
  type: string;
  digest: string;
  classification: string | null;
  expires_at: Date;
}

/** Takes what is to be announced of the waits and is not yet; whoever takes it announces it. */
export function takeNotices(tx: Tx, at: Date, most: number): Promise<Notice[]> {
  return withPlanted(
    tx,
    () => tx.$queryRaw<Notice[]>`
    WITH due AS (
      SELECT p.action_id, p.workspace_id, k.kind, k.grp
      FROM approvals p
      JOIN actions a ON a.id = p.action_id AND a.status = 'pending' AND a.expires_at > ${at}
      CROSS JOIN LATERAL (
        SELECT 'half' AS kind, NULL AS grp
        WHERE ${at} >= p.requested_at + (p.expires_at - p.requested_at) / 2
        UNION ALL
        SELECT 'nine_tenths', NULL
        WHERE ${at} >= p.requested_at + (p.expires_at - p.requested_at) * 0.9
        UNION ALL
        SELECT format('escalation:%s:%s', n.at - 1, e.at - 1), e.step->>'group'
        FROM jsonb_array_elements(p.needs) WITH ORDINALITY AS n(need, at)
        CROSS JOIN jsonb_array_elements(n.need->'escalation') WITH ORDINALITY AS e(step, at)
        WHERE ${at} >= p.requested_at + (e.step->>'after_minutes')::int * interval '1 minute'
      ) k
      WHERE NOT EXISTS (
        SELECT 1 FROM approval_notices n WHERE n.action_id = p.action_id AND n.kind = k.kind
      )
      LIMIT ${most}
    ), taken AS (
      INSERT INTO approval_notices (action_id, workspace_id, kind, at)
      SELECT action_id, workspace_id, kind, ${at} FROM due
      ON CONFLICT DO NOTHING RETURNING action_id, kind
    )
    SELECT t.action_id, t.kind, d.grp AS "group", a.agent_id, a.session_id, a.type, a.digest,
           a.classification, a.expires_at
    FROM taken t JOIN due d USING (action_id, kind) JOIN actions a ON a.id = t.action_id`,
  );
}

/** How many actions ran on a broken glass since then. */
export function brokenGlassSince(tx: Tx, at: Date): Promise<number> {
  return tx.approval.count({ where: { brokeGlass: true, decidedAt: { gte: at } } });
}
