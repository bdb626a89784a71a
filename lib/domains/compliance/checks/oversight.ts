import { type Check, daysBefore } from './check';

const APPROVAL_DAYS = 90;

export const separationOfDuties: Check = {
  key: 'separation_of_duties',
  title: 'Nobody decides for their own agent',
  question:
    'Did someone other than the sponsor decide each held action, and can someone for each agent?',
  wrong: { one: 'case lacks a second person', many: 'cases lack a second person' },
  observe: async ({ tx, now }) => {
    const decided = await tx.approval.findMany({
      where: { decidedAt: { gte: daysBefore(now, APPROVAL_DAYS) } },
      select: { actionId: true, decidedBy: true, action: { select: { agentId: true } } },
    });
    const agents = await tx.agent.findMany({
      where: { state: { in: ['active', 'probation'] } },
      select: { id: true, name: true, sponsorId: true },
    });
    const approvers = await tx.member.findMany({
      where: { state: 'active', roles: { has: 'approver' } },
      select: { id: true },
    });
    const sponsor = new Map(agents.map(({ id, sponsorId }) => [id, sponsorId]));
    return {
      examined: decided.length + agents.length,
      found: [
        ...decided
          .filter(
            ({ decidedBy, action }) =>
              decidedBy !== null && decidedBy === sponsor.get(action.agentId),
          )
          .map(({ actionId, decidedBy }) => ({
            ...{ action: actionId, member: decidedBy },
            why: 'the agent’s sponsor decided it',
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
  question: 'Has each sampled action its verdict by its due time?',
  wrong: { one: 'sample is overdue', many: 'samples are overdue' },
  observe: async ({ tx, now }) => {
    const samples = await tx.sample.findMany({
      where: { OR: [{ createdAt: { gte: daysBefore(now, 30) } }, { verdict: null }] },
      select: { id: true, actionId: true, dueAt: true, verdict: true },
    });
    return {
      examined: samples.length,
      found: samples
        .filter(({ verdict, dueAt }) => verdict === null && dueAt < now)
        .map(({ id, actionId, dueAt }) => ({
          ...{ sample: id, action: actionId },
          why: `due ${dueAt.toISOString()}`,
        })),
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
    const whole = recent.some(({ scope }) => scope === 'all');
    const missing = whole ? [] : [{ why: 'no verification of all of it within 24 hours' }];
    return { examined: recent.length, found: [...failed, ...missing] };
  },
};

export const approverSecondFactor: Check = {
  key: 'approver_second_factor',
  title: 'Approvers have a second factor',
  question: 'Does each active approver sign in with a second factor or single sign-on?',
  wrong: { one: 'approver has no second factor', many: 'approvers have no second factor' },
  observe: async ({ tx }) => {
    const approvers = await tx.member.findMany({
      where: { state: 'active', roles: { has: 'approver' } },
      select: { id: true, name: true, totpConfirmedAt: true, oidcSubject: true },
    });
    return {
      examined: approvers.length,
      found: approvers
        .filter(
          ({ totpConfirmedAt, oidcSubject }) => totpConfirmedAt === null && oidcSubject === null,
        )
        .map(({ id, name }) => ({ member: id, name, why: 'only a password' })),
    };
  },
};
