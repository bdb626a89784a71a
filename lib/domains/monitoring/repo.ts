import { standingFailure } from '@/lib/domains/trail/server';
import { Prisma, type Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';
import type { AgentAtRisk, FirstSteps, Overview } from './schema';

const DAY_MS = 86_400_000;
/** Agents listed as needing a look. */
const SHOWN = 8;

interface MinuteRow {
  at: Date;
  allow: number;
  hold: number;
  deny: number;
}

/** What waits counts as held, planted or not, as it does in the queue; once revealed it does no more. */
const asSeen = Prisma.sql`(a.planted IS NOT TRUE OR a.status = 'pending')`;

/**
 * Decisions of the last hour by minute, with the minutes in which nothing was decided. The minute
 * that is running is left out: of what is not over yet there is always less.
 */
export async function minutesOf(tx: Tx, now: Date): Promise<Overview['minutes']> {
  const rows = await withPlanted(
    tx,
    () => tx.$queryRaw<MinuteRow[]>`
    SELECT minute AS at,
           count(a.id) FILTER (WHERE a.decision = 'allow')::int AS allow,
           count(a.id) FILTER (WHERE a.decision = 'hold')::int AS hold,
           count(a.id) FILTER (WHERE a.decision = 'deny')::int AS deny
    FROM generate_series(date_trunc('minute', ${now}::timestamptz) - interval '60 minutes',
                         date_trunc('minute', ${now}::timestamptz) - interval '1 minute',
                         interval '1 minute') AS minute
    LEFT JOIN actions a ON a.created_at >= minute AND a.created_at < minute + interval '1 minute'
      AND ${asSeen}
    GROUP BY minute ORDER BY minute`,
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

export async function decisionsOf(
  tx: Tx,
  now: Date,
): Promise<Overview['decisions'] & { unknown: number }> {
  const since = new Date(now.getTime() - DAY_MS);
  const [row] = await withPlanted(
    tx,
    () => tx.$queryRaw<(Overview['decisions'] & { unknown: number })[]>`
    SELECT count(*) FILTER (WHERE decision = 'allow')::int AS allow,
           count(*) FILTER (WHERE decision = 'hold')::int AS hold,
           count(*) FILTER (WHERE decision = 'deny')::int AS deny,
           count(*) FILTER (WHERE status = 'unknown')::int AS unknown,
           count(*) FILTER (WHERE created_at >= ${new Date(now.getTime() - 60_000)})::int AS "lastMinute"
    FROM actions a WHERE created_at >= ${since} AND ${asSeen}`,
  );
  return row ?? { allow: 0, hold: 0, deny: 0, unknown: 0, lastMinute: 0 };
}

export function reasonsOf(tx: Tx, now: Date): Promise<Overview['reasons']> {
  return tx.$queryRaw<Overview['reasons']>`
    SELECT reason->>'code' AS code, count(*)::int AS count
    FROM actions, json_array_elements(reasons) AS reason
    WHERE decision = 'deny' AND created_at >= ${new Date(now.getTime() - DAY_MS)}
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5`;
}

/** Agents by what stands out: suspended, without a sponsor, or denied often in the last day. */
export async function agentsAtRisk(tx: Tx, now: Date): Promise<AgentAtRisk[]> {
  const rows = await tx.$queryRaw<Omit<AgentAtRisk, 'why'>[]>`
    SELECT g.id, g.name, g.state, m.name AS sponsor,
           coalesce(a.denied, 0)::int AS denied, coalesce(a.decided, 0)::int AS decided
    FROM agents g LEFT JOIN members m ON m.id = g.sponsor_id
    LEFT JOIN (SELECT agent_id, count(*) AS decided, count(*) FILTER (WHERE decision = 'deny') AS denied
               FROM actions WHERE created_at >= ${new Date(now.getTime() - DAY_MS)} GROUP BY agent_id) a
      ON a.agent_id = g.id
    WHERE g.state IN ('active', 'probation', 'suspended')
      AND (a.denied > 0 OR g.sponsor_id IS NULL OR g.state <> 'active')
    ORDER BY (g.state = 'suspended') DESC, (g.sponsor_id IS NULL) DESC, coalesce(a.denied, 0) DESC, g.name
    LIMIT ${SHOWN}`;
  return rows.map((row) => ({ ...row, why: whyOf(row) }));
}

const count = (value: number) => value.toLocaleString('en');

function whyOf({ state, sponsor, denied, decided }: Omit<AgentAtRisk, 'why'>): string {
  if (state === 'suspended') return 'Suspended';
  if (sponsor === null) return 'Nobody answers for it';
  const share = decided === 0 ? 0 : Math.round((100 * denied) / decided);
  const often =
    denied > 0 ? `${count(denied)} of ${count(decided)} proposals denied (${share}%)` : '';
  return state === 'probation' ? ['On probation', often].filter(Boolean).join(', ') : often;
}

export async function waitingOf(tx: Tx): Promise<Overview['waiting']> {
  const waiting = await tx.action.aggregate({
    where: { status: 'pending' },
    _count: true,
    _min: { createdAt: true },
  });
  return { count: waiting._count, oldest: waiting._min.createdAt?.toISOString() ?? null };
}

export async function reviewsOf(tx: Tx, now: Date): Promise<Overview['reviews']> {
  const [latest] = await tx.sample.findMany({ orderBy: { day: 'desc' }, take: 1 });
  return {
    open: await tx.sample.count({ where: { verdict: null } }),
    sampled: latest ? await tx.sample.count({ where: { day: latest.day } }) : 0,
    overdue: await tx.sample.count({ where: { verdict: null, dueAt: { lt: now } } }),
  };
}

export async function rotationsOf(tx: Tx, now: Date): Promise<Overview['rotations']> {
  const since = new Date(now.getTime() - DAY_MS);
  const [due] = await tx.$queryRaw<{ due: number }[]>`
    SELECT count(*)::int AS due FROM secrets s
    WHERE s.state = 'active' AND s.rotate_every_days IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM secret_versions v WHERE v.secret_id = s.id AND v.state = 'current'
        AND v.activated_at > ${now}::timestamptz - make_interval(days => s.rotate_every_days))`;
  return {
    running: await tx.rotation.count({ where: { finishedAt: null } }),
    failed: await tx.rotation.count({ where: { step: 'failed', startedAt: { gte: since } } }),
    due: due?.due ?? 0,
  };
}

export async function complianceOf(tx: Tx): Promise<Overview['compliance']> {
  const run = await tx.complianceRun.findFirst({ orderBy: { startedAt: 'desc' } });
  return {
    passed: run?.passed ?? 0,
    failed: run?.failed ?? 0,
    at: run?.startedAt.toISOString() ?? null,
  };
}

/** What the sequencer set aside of this workspace: past a limit nothing more is accepted for it. */
async function refusedOf(tx: Tx): Promise<Overview['trail']['refused']> {
  const [refused] = await tx.$queryRaw<{ events: bigint; oldest: Date }[]>`
    SELECT events, oldest FROM outbox_refusals() WHERE workspace_id = current_workspace()`;
  return refused ? { events: Number(refused.events), oldest: refused.oldest.toISOString() } : null;
}

export async function trailOf(tx: Tx, now: Date): Promise<Overview['trail']> {
  const [backlog] = await tx.$queryRaw<{ events: bigint; oldest: Date | null }[]>`
    SELECT events, oldest FROM outbox_backlog(10000)`;
  // What was found wrong counts until the same, or everything, is found right.
  const failure = await standingFailure(tx);
  const last =
    failure ??
    (await tx.trailVerification.findFirst({
      where: { status: 'ok' },
      orderBy: { seq: 'desc' },
    }));
  return {
    waiting: Number(backlog?.events ?? 0),
    lagMs: backlog?.oldest ? Math.max(0, now.getTime() - backlog.oldest.getTime()) : 0,
    refused: await refusedOf(tx),
    verification: last
      ? {
          status: last.status,
          at: (last.finishedAt ?? last.startedAt).toISOString(),
          size: Number(last.size),
          firstBad: last.firstBad === null ? null : Number(last.firstBad),
        }
      : null,
  };
}

export async function agentsOf(tx: Tx, now: Date): Promise<Overview['agents']> {
  return {
    acting: await tx.agent.count({ where: { state: { in: ['active', 'probation'] } } }),
    total: await tx.agent.count({ where: { state: { not: 'retired' } } }),
    atRisk: await agentsAtRisk(tx, now),
  };
}

/** Null once an agent has proposed something, or began to: actions go with their retention, sessions stay. */
export async function firstStepsOf(tx: Tx): Promise<FirstSteps | null> {
  const latest = { select: { id: true }, orderBy: { createdAt: 'desc' } } as const;
  if ((await tx.action.findFirst(latest)) ?? (await tx.session.findFirst(latest))) return null;
  const acting = { state: { in: ['active', 'probation'] }, roles: { some: {} } };
  const approving = { state: 'active', roles: { has: 'approver' } };
  const there = (row: object | null) => row !== null;
  return {
    tool: there(await tx.tool.findFirst({ where: { state: 'active' } })),
    actionType: there(await tx.actionType.findFirst({ where: { state: 'active' } })),
    permission: there(await tx.permission.findFirst()),
    agent: there(await tx.agent.findFirst({ where: acting })),
    approver: there(await tx.member.findFirst({ where: approving })),
  };
}
