import { missedDays } from '@/lib/domains/reviews/server';
import { type Check, daysBefore } from './check';

const APPROVAL_DAYS = 90;

export const separationOfDuties: Check = {
  key: 'separation_of_duties',
  title: 'Nobody decides for their own agent',
  question:
    'Did nobody sign or decide for an agent of their own, and is there someone else who can for each?',
  wrong: { one: 'case lacks a second person', many: 'cases lack a second person' },
  observe: async ({ tx, now }) => {
    const since = daysBefore(now, APPROVAL_DAYS);
    const signed = { signatures: { some: { signedAt: { gte: since } } } };
    const held = await tx.approval.count({
      where: { OR: [{ decidedAt: { gte: since } }, signed] },
    });
    // The sponsor is who it was when the action was held, as the approver was shown: another may be
    // named since, and the agent retired.
    const own = await tx.$queryRaw<{ action: string; member: string; decided: boolean }[]>`
      WITH said AS (
        SELECT action_id, decided_by AS member, true AS decided FROM approvals
        WHERE decided_at >= ${since}
        UNION ALL
        SELECT action_id, unnest(ARRAY[member_id, in_place_of]), false FROM approval_signatures
        WHERE signed_at >= ${since}
      )
      SELECT s.action_id AS action, s.member, bool_or(s.decided) AS decided
      FROM said s JOIN approvals a ON a.action_id = s.action_id
      WHERE a.display #>> '{agent,sponsor_id}' = s.member
      GROUP BY s.action_id, s.member ORDER BY s.action_id`;
    const agents = await tx.agent.findMany({
      where: { state: { in: ['active', 'probation'] } },
      select: { id: true, name: true, sponsorId: true },
    });
    const approvers = await tx.member.findMany({
      where: { state: 'active', roles: { has: 'approver' } },
      select: { id: true },
    });
    return {
      examined: held + agents.length,
      found: [
        ...own.map(({ decided, ...about }) => ({
          ...about,
          why: decided
            ? 'the agent’s sponsor decided it'
            : 'the agent’s sponsor signed it, or someone in the sponsor’s place',
        })),
        ...agents
          .filter(({ sponsorId }) => !approvers.some(({ id }) => id !== sponsorId))
          .map(({ id, name }) => ({
            ...{ agent: id, name },
            why: 'no approver other than its sponsor could decide its actions',
          })),
      ],
    };
  },
};

export const sampleReviewed: Check = {
  key: 'sample_reviewed',
  title: 'The daily sample is reviewed in time',
  question: 'Is each day drawn from, and has each sampled action its verdict by its due time?',
  wrong: { one: 'review or day is overdue', many: 'reviews and days are overdue' },
  observe: async ({ tx, now }) => {
    const samples = await tx.sample.findMany({
      where: { OR: [{ createdAt: { gte: daysBefore(now, 30) } }, { verdict: null }] },
      select: { id: true, actionId: true, dueAt: true, verdict: true },
    });
    const missed = await missedDays(tx, now);
    const overdue = samples
      .filter(({ verdict, dueAt }) => verdict === null && dueAt < now)
      .map(({ id, actionId, dueAt }) => ({
        ...{ sample: id, action: actionId },
        why: `due ${dueAt.toISOString()}`,
      }));
    // The days first: what is not drawn is never overdue, and evidence is cut where it is long.
    return {
      examined: samples.length,
      found: [...missed.map(({ day, why }) => ({ day, why })), ...overdue],
    };
  },
};

export const trailVerified: Check = {
  key: 'trail_verified',
  title: 'The trail was verified today',
  question: 'Was the whole trail verified within 24 hours, and nothing found wrong since?',
  wrong: { one: 'verification is missing or failed', many: 'verifications are missing or failed' },
  observe: async ({ tx, now }) => {
    const recent = await tx.trailVerification.findMany({
      where: { finishedAt: { gte: daysBefore(now, 1) }, status: { in: ['ok', 'failed'] } },
      orderBy: { finishedAt: 'desc' },
      take: 50,
    });
    const failed = recent
      .filter(({ status }) => status !== 'ok')
      .map(({ id, detail, firstBad, finishedAt }) => ({
        ...{
          verification: id,
          at: finishedAt?.toISOString() ?? null,
          first_bad: firstBad?.toString() ?? null,
        },
        why: detail,
      }));
    // One that a clock which was ahead has dated in the future says nothing of now.
    const whole = recent.some(
      ({ finishedAt, scope }) => scope === 'all' && finishedAt && finishedAt <= now,
    );
    const missing = whole ? [] : [{ why: 'no verification of all of it within 24 hours' }];
    return { examined: recent.length, found: [...failed, ...missing] };
  },
};

export const approverSecondFactor: Check = {
  key: 'approver_second_factor',
  title: 'Approvers have a second factor',
  question: 'Does it take more than a password to sign in as an active approver?',
  wrong: { one: 'approver has no second factor', many: 'approvers have no second factor' },
  observe: async ({ tx }) => {
    const approvers = await tx.member.findMany({
      where: { state: 'active', roles: { has: 'approver' } },
      select: {
        ...{ id: true, name: true, totpConfirmedAt: true, passkeySignIn: true, oidcSubject: true },
        passwordHash: true,
      },
    });
    return {
      examined: approvers.length,
      found: approvers
        .filter(
          ({ oidcSubject, passwordHash, totpConfirmedAt, passkeySignIn }) =>
            totpConfirmedAt === null &&
            !passkeySignIn &&
            (oidcSubject === null || passwordHash !== null),
        )
        .map(({ id, name, oidcSubject, passwordHash }) => ({
          ...{ member: id, name },
          why: whyBare({ oidcSubject, passwordHash }),
        })),
    };
  },
};

function whyBare(member: { oidcSubject: string | null; passwordHash: string | null }): string {
  const then = 'they must set up a second factor';
  if (member.passwordHash === null) return `no way to sign in is linked: ${then}`;
  const beside = member.oidcSubject === null ? '' : ', beside single sign-on';
  return `a password alone signs them in${beside}: ${then}`;
}
