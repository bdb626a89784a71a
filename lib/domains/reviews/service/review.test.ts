import { afterAll, describe, expect, it } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { eventsOf, type Said } from '@/lib/infra/testing/events';
import { mintAgent } from '@/lib/infra/testing/world';
import { digest } from '@/lib/kernel/canonical';
import type { Context } from '@/lib/kernel/context';
import type { ReviewFinding, ReviewRates, Sample } from '../schema';
import { as, mintReviews, permissionOf, sampled, type World } from '../test/world';
import { wilson } from '../wilson';
import { escalateOverdue } from './escalate';
import { closeFinding, followUp } from './findings';
import { draftProposal, reviewRates } from './rates';
import { getSample, listSamples, reviewSummary } from './read';
import { getReviewSettings, updateReviewSettings } from './settings';
import { giveVerdict } from './verdict';

const now = new Date();
afterAll(closeDb);

const approver = (world: World, n: 0 | 1 | 2) => as(world, world.approvers[n], 'approver');
const admin = (world: World) => as(world, world.admin, 'admin', 'approver');

const said = (world: World) =>
  eventsOf<Said & { data: Record<string, unknown>; object?: { id: string } }>(world.workspace);

async function refused(world: World, call: () => Promise<unknown>, status: number): Promise<void> {
  const rows = () =>
    inWorkspace(world.workspace, async (tx) => [
      await tx.sample.findMany({ orderBy: { id: 'asc' } }),
      await tx.sampleReview.findMany({ orderBy: [{ sampleId: 'asc' }, { place: 'asc' }] }),
      await tx.reviewFinding.findMany(),
      await tx.reviewFollowUp.findMany(),
      await tx.reviewSetting.findMany(),
      await tx.policyDraft.count(),
      await tx.agent.findMany(),
    ]);
  const [before, events] = [await rows(), await said(world)];
  await expect(call()).rejects.toMatchObject({ status });
  expect(await rows()).toEqual(before);
  const later = (await said(world)).slice(events.length).map(({ type }) => type);
  expect(later.filter((type) => type !== 'request.refused')).toEqual([]);
}

describe('a blind pair of reviews', () => {
  it('shows nobody the first verdict until both are in, and then the worse counts', async () => {
    const world = await mintReviews(now);
    const id = await sampled(world, { wanted: 2 });
    await escalateOverdue(world.job);
    const [first, second] = [approver(world, 0), approver(world, 1)];
    const given = (await giveVerdict(first, { id, verdict: 'correct', note: 'Fine' })) as Sample;
    expect(given).toMatchObject({ verdict: null, given: 1, wanted: 2 });
    expect(given.reviews).toMatchObject([{ verdict: 'correct', note: 'Fine' }]);
    for (const reader of [second, admin(world), as(world, world.auditor, 'auditor')]) {
      const view = (await getSample(reader, { id })) as Sample;
      expect(view).toMatchObject({ verdict: null, note: null, reviewed_by: null, given: 1 });
      expect(view.reviews).toEqual([]);
    }
    // Not in the trail either, which binds the first to it all the same.
    const open = (await said(world)).find(({ type }) => type === 'review.given');
    expect(open?.data).toEqual({ blind: true, commitment: expect.stringMatching(/^sha256:/) });
    await refused(world, () => giveVerdict(first, { id, verdict: 'wrong' }), 403);

    const both = (await giveVerdict(second, {
      ...{ id, verdict: 'wrong', reason: 'wrong_content', note: 'Too much' },
    })) as Sample;
    expect(both).toMatchObject({ verdict: 'wrong', note: 'Too much', given: 2 });
    expect(both.reviews.map((one) => one.verdict)).toEqual(['correct', 'wrong']);
    const settled = (await said(world)).find(({ type }) => type === 'review.settled');
    const revealed = settled?.data['reviews'] as Record<string, string>[] | undefined;
    const { nonce, note, reason, verdict } = revealed?.[0] ?? {};
    expect(digest({ sample: id, verdict, reason, note, nonce })).toBe(open?.data['commitment']);
    expect(settled?.data).toMatchObject({ agreed: false, verdict: 'wrong' });
    expect(await reviewSummary(first, {})).toMatchObject({
      findings: 1,
      agreement: { pairs: 1, kappa: 0 },
    });
  });

  it('knows that both are in when they are given at the same moment', async () => {
    const world = await mintReviews(now);
    const id = await sampled(world, { wanted: 2 });
    await Promise.all(
      [0, 1].map((n) => giveVerdict(approver(world, n as 0 | 1), { id, verdict: 'correct' })),
    );
    expect(await getSample(approver(world, 2), { id })).toMatchObject({ verdict: 'correct' });
    const settled = (await said(world)).filter(({ type }) => type === 'review.settled');
    expect(settled).toHaveLength(1);
  });
});

describe('who reviews', () => {
  it('is spread over approvers, never the sponsor or who is excluded; their own comes first', async () => {
    const world = await mintReviews(now);
    await inWorkspace(world.workspace, (tx) =>
      tx.member.update({ where: { id: world.admin }, data: { roles: ['admin', 'approver'] } }),
    );
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) ids.push(await sampled(world));
    const excluded = await sampled(world, {
      ...{ origin: 'break_glass', tier: 3, excluded: [world.approvers[0], world.approvers[1]] },
    });
    await escalateOverdue(world.job);
    const reviews = await inWorkspace(world.workspace, (tx) => tx.sampleReview.findMany());
    expect(reviews.find((one) => one.sampleId === excluded)?.assignedTo).toBe(world.approvers[2]);
    const each = world.approvers.map(
      (member) => reviews.filter((one) => one.assignedTo === member).length,
    );
    expect(each.reduce((a, b) => a + b, 0)).toBe(7);
    expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);

    const page = (await listSamples(approver(world, 1), { open: 'true', limit: 3 })) as {
      items: Sample[];
      next: string;
    };
    const rest = (await listSamples(approver(world, 1), {
      ...{ open: 'true', limit: 10, cursor: page.next },
    })) as { items: Sample[] };
    const all = [...page.items, ...rest.items];
    expect(all).toHaveLength(7);
    const mine = all.map((one) => one.mine);
    expect(mine).toEqual(mine.toSorted((a, b) => Number(b) - Number(a)));
    expect(mine.filter(Boolean)).toHaveLength(each[1] ?? 0);

    const [sample = ''] = ids;
    await refused(world, () => giveVerdict(admin(world), { id: sample, verdict: 'correct' }), 403);
    await refused(
      world,
      () => giveVerdict(as(world, world.auditor, 'auditor'), { id: sample, verdict: 'correct' }),
      403,
    );
    await refused(
      world,
      () => giveVerdict(approver(world, 0), { id: excluded, verdict: 'correct' }),
      403,
    );
    // Whoever else may takes it; the one it was assigned to has no claim on it.
    const other =
      reviews.find((one) => one.sampleId === sample)?.assignedTo === world.approvers[0] ? 1 : 0;
    expect(
      await giveVerdict(approver(world, other), { id: sample, verdict: 'unsure' }),
    ).toMatchObject({
      verdict: 'unsure',
      assigned_to: [],
    });
    await refused(
      world,
      () => giveVerdict(approver(world, 2), { id: sample, verdict: 'correct' }),
      409,
    );
  });

  it('is everybody once it is overdue, which is said once', async () => {
    const world = await mintReviews(now);
    const late = await sampled(world, { dueAt: new Date(now.getTime() - 60_000) });
    await sampled(world);
    expect(await escalateOverdue(world.job)).toBe(1);
    expect(await escalateOverdue(world.job)).toBe(0);
    const events = (await said(world)).filter(({ type }) => type === 'review.escalated');
    expect(events).toMatchObject([{ object: { id: late } }]);
    expect(await getSample(as(world, world.admin, 'admin'), { id: late })).toMatchObject({
      escalated_at: expect.any(String),
    });
  });
});

describe('a wrong verdict', () => {
  async function found(permissions?: string[]) {
    const world = await mintReviews(now);
    const held = permissions ?? [await permissionOf(world, 2)];
    const id = await sampled(world, { permissions: held });
    const given = (await giveVerdict(approver(world, 0), {
      ...{ id, verdict: 'wrong', reason: 'against_rules', note: 'Not allowed' },
    })) as Sample;
    return { world, finding: given.finding?.id ?? '' };
  }
  const act = (ctx: Context, id: string, body: object) =>
    followUp(ctx, { id, ...body }) as Promise<ReviewFinding>;

  it('opens a finding that tightens the permission by a draft, which decides nothing yet', async () => {
    const { world, finding } = await found();
    const before = await inWorkspace(world.workspace, (tx) => tx.permission.findMany());
    const tightened = await act(admin(world), finding, { do: 'tighten' });
    const draft = tightened.follow_ups[0]?.draft ?? '';
    const row = await inWorkspace(world.workspace, (tx) =>
      tx.policyDraft.findUnique({ where: { id: draft } }),
    );
    const name =
      Object.keys((row?.document as { roles: object } | undefined)?.roles ?? {})[0] ?? '';
    expect(row?.document).toMatchObject({
      roles: { [name]: { permissions: [{ action: 'orders.update', tier: 3 }] } },
    });
    expect(await inWorkspace(world.workspace, (tx) => tx.permission.findMany())).toEqual(before);
    expect((await said(world)).map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        ...['review.given', 'review_finding.opened', 'policy_draft.created'],
        ...['policy_draft.edited', 'review_finding.followed_up'],
      ]),
    );
    await refused(world, () => act(approver(world, 0), finding, { do: 'tighten' }), 403);
    await refused(
      world,
      () => act(as(world, world.auditor, 'auditor'), finding, { do: 'correct', note: 'Done' }),
      403,
    );
  });

  it('puts the agent on probation, isolates it, is corrected and closed, each by who may', async () => {
    const { world, finding } = await found();
    const state = () =>
      inWorkspace(world.workspace, async (tx) => (await tx.agent.findFirst())?.state);
    await refused(world, () => act(approver(world, 0), finding, { do: 'probation' }), 403);
    await refused(
      world,
      () => act(approver(world, 0), finding, { do: 'isolate', note: 'Stop it' }),
      403,
    );
    await refused(world, () => act(approver(world, 0), finding, { do: 'correct' }), 422);
    await refused(world, () => closeFinding(approver(world, 0), { id: finding }), 422);
    await act(approver(world, 0), finding, { do: 'correct', note: 'Refunded the rest' });
    expect((await act(admin(world), finding, { do: 'probation' })).action.agent.state).toBe(
      'probation',
    );
    expect(await state()).toBe('probation');
    await act(admin(world), finding, { do: 'isolate', note: 'Did it again' });
    expect(await state()).toBe('suspended');
    const closed = (await closeFinding(approver(world, 1), { id: finding })) as ReviewFinding;
    expect(closed).toMatchObject({ status: 'closed', can: { correct: { allowed: false } } });
    expect(closed.follow_ups.map(({ kind }) => kind)).toEqual(['correct', 'probation', 'isolate']);
    await refused(world, () => act(admin(world), finding, { do: 'correct', note: 'Late' }), 409);
    await refused(world, () => closeFinding(admin(world), { id: finding }), 409);
  });

  it('cannot tighten what a policy by hand allows', async () => {
    const { world, finding } = await found(['policy-by-hand']);
    const draft = act(admin(world), finding, { do: 'tighten' });
    await expect(draft).rejects.toMatchObject({ status: 409, code: 'nothing_to_move' });
    expect(await inWorkspace(world.workspace, (tx) => tx.policyDraft.count())).toBe(0);
  });
});

describe('what the verdicts say', () => {
  it('are rates with their interval, of the daily draw alone, and a proposal that leads to a draft', async () => {
    const world = await mintReviews(now);
    const permission = await permissionOf(world, 2);
    const verdicts = [...Array<string>(8).fill('wrong'), ...Array<string>(4).fill('correct')];
    for (const verdict of [...verdicts, 'unsure']) {
      await sampled(world, { verdict, permissions: [permission] });
    }
    await sampled(world, { verdict: 'wrong', origin: 'hand', permissions: [permission] });
    const rates = await reviewRates(admin(world), {});
    expect(rates).toMatchObject({ all: { reviewed: 12, wrong: 8, unsure: 1 } });
    expect(rates).toMatchObject({ by_action_type: [{ key: 'orders.update', wrong: 8 }] });
    expect(rates).toMatchObject({ by_agent: [{ key: world.agent, wrong: 8 }] });
    expect(rates).toMatchObject({ proposals: [{ permission, move: 'raise', reviewed: 12 }] });
    await refused(
      world,
      () => draftProposal(approver(world, 0), { id: permission, move: 'raise' }),
      403,
    );
    await refused(world, () => draftProposal(admin(world), { id: permission, move: 'lower' }), 409);
    const { draft } = (await draftProposal(admin(world), { id: permission, move: 'raise' })) as {
      draft: string;
    };
    const row = await inWorkspace(world.workspace, (tx) =>
      tx.policyDraft.findUnique({ where: { id: draft } }),
    );
    expect(row).toMatchObject({ state: 'open' });
  });

  it('weigh as many actions as they stand for, in the rates and in what they propose', async () => {
    const world = await mintReviews(now);
    const rare = await mintAgent(world);
    const permission = await permissionOf(world, 2);
    await inWorkspace(world.workspace, (tx) =>
      tx.sampleStratum.createMany({
        data: [
          { agentId: world.agent, size: 9_000, drawn: 6, stratum: 0 },
          { agentId: rare, size: 12, drawn: 12, stratum: 1 },
        ].map((one) => ({
          ...{ workspaceId: world.workspace, day: now, actionType: 'orders.update', band: '' },
          ...one,
        })),
      }),
    );
    const usual = Array.from({ length: 6 }, () => ({ agent: world.agent, stratum: 0 }));
    for (const one of usual)
      await sampled(world, { ...one, verdict: 'correct', permissions: [permission] });
    for (let n = 0; n < 12; n += 1) {
      const verdict = n < 9 ? 'wrong' : 'correct';
      await sampled(world, { agent: rare, stratum: 1, verdict, permissions: [permission] });
    }
    const rates = (await reviewRates(admin(world), {})) as ReviewRates;
    // Half of what was reviewed was wrong, and hardly any of what ran.
    expect(rates.all).toMatchObject({ reviewed: 18, wrong: 9, population: 9_012 });
    expect(rates.all.rate).toBeCloseTo(9 / 9_012, 9);
    expect(rates.all.low).toBeLessThan(0.01);
    expect(rates.proposals).toEqual([]);
    expect(rates.by_agent).toMatchObject([
      { key: rare, rate: 0.75, population: 12 },
      { key: world.agent, rate: 0, population: 9_000 },
    ]);
    const one = (await reviewRates(admin(world), { agent: rare })) as ReviewRates;
    expect(one.all).toMatchObject({ ...wilson(9, 12), rate: 0.75, reviewed: 12 });
    expect(one.by_day).toMatchObject([{ rate: 0.75, wrong: 9 }]);
  });

  it('propose to look at less only after enough of them', async () => {
    const world = await mintReviews(now);
    const permission = await permissionOf(world, 2);
    await updateReviewSettings(admin(world), { enough: 20, lowerBelow: 0.2 });
    for (let n = 0; n < 20; n += 1) {
      await sampled(world, { verdict: 'correct', permissions: [permission] });
    }
    expect(await reviewRates(admin(world), {})).toMatchObject({
      proposals: [{ permission, move: 'lower', wrong: 0 }],
    });
    await updateReviewSettings(admin(world), { enough: 21 });
    expect(await reviewRates(admin(world), {})).toMatchObject({ proposals: [] });
  });
});

describe('the settings', () => {
  it('are an admin’s to change, within bounds, each change an event', async () => {
    const world = await mintReviews(now);
    expect(await getReviewSettings(approver(world, 0), {})).toMatchObject({
      settings: { size: { by: 'fixed', count: 30 }, minimum: 1 },
      can: { update: { allowed: false } },
    });
    const size = { by: 'error_rate', errorRate: 0.05, confidence: 0.95 };
    await refused(world, () => updateReviewSettings(approver(world, 0), { size }), 403);
    await refused(
      world,
      () => updateReviewSettings(admin(world), { size: { ...size, confidence: 1 } }),
      422,
    );
    await refused(world, () => updateReviewSettings(admin(world), { minimum: 51 }), 422);
    expect(await updateReviewSettings(admin(world), { size })).toMatchObject({
      settings: { size },
    });
    const [event] = (await said(world)).filter(({ type }) => type === 'review_settings.updated');
    expect(event?.data).toMatchObject({ before: { size: { by: 'fixed' } }, after: { size } });
  });
});
