import { z } from 'zod';
import { readTimeZone } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { query } from '@/lib/kernel/verb';
import { groupsOf, standOf } from '../people';
import { type Raise, raisesAt } from '../planted/raise';
import { COUNTED_DAYS, outcomesSince } from '../planted/repo';
import { readApprovals, seesEveryApprover } from '../policy';
import { loadApprovals } from '../repo';
import { dayIn, daysUpTo } from './days';
import {
  type HealthRow,
  readDaily,
  readDecisionTimes,
  readHealth,
  readWaiting,
  readWaits,
  signedWaiting,
} from './repo';
import { DAYS, IN_A_ROW, MEDIAN_SECONDS } from './rules';
import { ApproversHealth, Load } from './schema';

const DAY_MS = 86_400_000;

/** How each approver decides; an approver sees only themselves. */
export const approverHealth = query({
  name: 'approver_health.list',
  input: z.strictObject({}),
  output: ApproversHealth,
  permit: readApprovals,
  run: async ({ ctx, tx }) => {
    const now = clock.now();
    const since = new Date(now.getTime() - DAYS * DAY_MS);
    const everyone = seesEveryApprover(ctx.actor).allowed;
    const only = everyone ? null : ctx.actor.id;
    const seen = await plantedOf(tx, new Date(now.getTime() - COUNTED_DAYS * DAY_MS), only);
    const raises = await raisesAt(tx, now);
    const signed = await readHealth(tx, since, await readTimeZone(tx), only);
    const known = new Set(signed.map(({ member_id }) => member_id));
    const others = [...seen.keys()].filter((id) => !known.has(id));
    const rows = [...signed, ...others.map(nothingSigned)];
    const ids = rows.map(({ member_id }) => member_id);
    const [members, alerts] = await Promise.all([
      tx.member.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } }),
      tx.approverAlert.findMany({
        where: { memberId: { in: ids }, at: { gte: since } },
        orderBy: { day: 'desc' },
      }),
    ]);
    const names = new Map(members.map(({ id, name }) => [id, name]));
    return {
      items: rows.map(({ member_id: id, median_seconds, p90_seconds, ...row }) => ({
        ...row,
        ...{ id, member: { id, name: names.get(id) ?? id } },
        median_seconds: tenth(median_seconds),
        p90_seconds: tenth(p90_seconds),
        planted: seen.get(id) ?? { seen: 0, caught: 0, missed: 0 },
        raised: viewRaise(raises.get(id)),
        alerts: alerts.flatMap(({ memberId, day, detail }) =>
          memberId === id ? [{ day: day.toISOString().slice(0, 10), ...Detail.parse(detail) }] : [],
        ),
      })),
      ...{ next: null, days: DAYS, everyone },
      thresholds: { in_a_row: IN_A_ROW, median_seconds: MEDIAN_SECONDS },
    };
  },
});

/** What each has decided of what was planted; of one member alone when one is named. */
async function plantedOf(tx: Tx, since: Date, only: string | null) {
  const found = new Map<string, { seen: number; caught: number; missed: number }>();
  for (const { member, outcome, counted, count } of await outcomesSince(tx, since)) {
    if (member === null || !counted || (only !== null && member !== only)) continue;
    const { seen, caught, missed } = found.get(member) ?? { seen: 0, caught: 0, missed: 0 };
    found.set(member, {
      seen: seen + count,
      caught: caught + (outcome === 'caught' ? count : 0),
      missed: missed + (outcome === 'missed' ? count : 0),
    });
  }
  return found;
}

/** Who decided what was planted and signed nothing of late. */
function nothingSigned(member_id: string): HealthRow {
  return {
    ...{ member_id, signatures: 0, approved: 0, decisions: 0, batches: 0, unopened: 0 },
    ...{ median_seconds: null, p90_seconds: null, longest_streak: 0, at_night: 0 },
  };
}

function viewRaise(raise: Raise | undefined) {
  return raise ? { since: raise.since.toISOString(), until: raise.until.toISOString() } : null;
}

const Detail = z.object({ in_a_row: z.number(), median_seconds: z.number() });

/** How much waits for whom, and how long it took of late. */
export const approvalLoad = query({
  name: 'approvals.load',
  input: z.strictObject({}),
  output: Load,
  permit: readApprovals,
  run: async ({ tx }) => {
    const now = clock.now();
    const zone = await readTimeZone(tx);
    const since = new Date(now.getTime() - DAYS * DAY_MS);
    const days = daysUpTo(dayIn(zone, now), DAYS);
    const groups = await groupsOf(tx, new Map());
    const waiting = await waitingFor(tx);
    const waits = await readWaits(tx, since);
    const daily = await readDaily(tx, since, zone);
    const times = await readDecisionTimes(tx, since);
    const approvers = await tx.member.count({
      where: { state: 'active', roles: { has: 'approver' } },
    });
    const ids = new Set([null, ...groups.keys(), ...waits.map(({ group }) => group)]);
    return {
      items: [...ids].map((id) => {
        const [wait, time] = [waits, times].map((rows) => rows.find(({ group }) => group === id));
        const { pending = 0, oldest } = waiting.get(id) ?? {};
        const group = id === null ? undefined : groups.get(id);
        return {
          id: id ?? 'any',
          group: id === null ? null : { id, name: group?.name ?? 'a group that is gone' },
          approvers: id === null ? approvers : (group?.approvers ?? 0),
          ...{ pending, oldest: oldest?.toISOString() ?? null },
          decided: waits.find(({ group: of }) => of === id)?.decided ?? 0,
          wait_seconds: wait ? { median: tenth(wait.median), p90: tenth(wait.p90) } : null,
          decision_seconds: time ? { median: tenth(time.median), p90: tenth(time.p90) } : null,
          daily: days.map(
            (day) => daily.find((one) => one.group === id && one.day === day)?.decided ?? 0,
          ),
        };
      }),
      ...{ next: null, days },
    };
  },
});

/** By group: what still lacks its signature. */
async function waitingFor(tx: Tx) {
  const waiting = new Map<string | null, { pending: number; oldest: Date }>();
  const add = (group: string | null, pending: number, oldest: Date) => {
    const before = waiting.get(group);
    waiting.set(group, {
      pending: (before?.pending ?? 0) + pending,
      oldest: before && before.oldest < oldest ? before.oldest : oldest,
    });
  };
  for (const { group, pending, oldest } of await readWaiting(tx)) add(group, pending, oldest);
  for (const row of await loadApprovals(tx, await signedWaiting(tx))) {
    const stand = standOf(row);
    const lacking = new Set(
      stand?.needs.flatMap(({ group }, at) => (stand.quorum.missing[at] ? [group] : [])),
    );
    for (const group of lacking) add(group, 1, row.requestedAt);
  }
  return waiting;
}

function tenth(value: number): number;
function tenth(value: number | null): number | null;
function tenth(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}
