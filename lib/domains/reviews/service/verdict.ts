import { randomBytes } from 'node:crypto';
import type { Tx } from '@/lib/infra/db';
import { digest } from '@/lib/kernel/canonical';
import { clock } from '@/lib/kernel/clock';
import type { NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { maskPii } from '@/lib/kernel/mask';
import { conflict } from '@/lib/kernel/problem';
import { permitted, verb } from '@/lib/kernel/verb';
import { giveVerdicts, mayReview } from '../policy';
import { agentsOf, loadSample, lockSample, type SampleRow } from '../repo';
import { GiveVerdict, Sample, type Verdict } from '../schema';
import { factsOf, viewOne } from '../view';

type Given = SampleRow['reviews'][number];

export const giveVerdict = verb({
  name: 'reviews.verdict',
  input: GiveVerdict,
  output: Sample,
  permit: giveVerdicts,
  run: async ({ ctx, input, tx, event }) => {
    await lockSample(tx, input.id);
    const row = await loadSample(tx, input.id);
    const sponsorId = (await agentsOf(tx, [row.action.agentId])).get(row.action.agentId)?.sponsorId;
    if (row.verdict !== null) throw alreadyReviewed();
    permitted(mayReview(ctx.actor, factsOf(row, sponsorId ?? null)));
    const said = {
      verdict: input.verdict,
      reason: input.reason ?? null,
      note: maskPii(input.note),
      nonce: randomBytes(16).toString('hex'),
      reviewedBy: ctx.actor.id,
      reviewedAt: clock.now(),
    };
    await take(tx, row, ctx.actor.id, said);
    const { reviews } = await loadSample(tx, row.id);
    const given = reviews.filter((one) => one.verdict !== null);
    const done = given.length >= row.wanted;
    // Until the second has reviewed it too, the trail only holds that this verdict was given.
    const { verdict, reason, note } = said;
    event({
      ...about(row),
      type: 'review.given',
      data:
        row.wanted === 1
          ? { verdict, reason, note }
          : { blind: true, commitment: commitmentOf(row.id, said) },
    });
    if (done) await settle(tx, row, given, event);
    return viewOne(tx, await loadSample(tx, row.id), ctx.actor);
  },
});

function about(row: SampleRow): Omit<NewEvent, 'type'> {
  return {
    agent: row.action.agentId,
    session: row.action.sessionId,
    action: row.action.id,
    object: { type: 'sample', id: row.id },
    tier: row.action.tier ?? 2,
    ...(row.action.classification ? { classification: row.action.classification } : {}),
    digest: row.action.digest,
  };
}

/** Fills the reviewer's own place, or one that nobody has filled yet. */
async function take(
  tx: Tx,
  row: SampleRow,
  reviewer: string,
  said: Pick<Given, 'verdict' | 'reason' | 'note' | 'nonce' | 'reviewedBy' | 'reviewedAt'>,
): Promise<void> {
  const open = row.reviews.filter((one) => one.verdict === null);
  const slot =
    open.find((one) => one.assignedTo === reviewer) ??
    open.find((one) => one.assignedTo === null) ??
    (row.reviews.length < row.wanted ? undefined : open[0]);
  if (slot) {
    const { count } = await tx.sampleReview.updateMany({
      where: { sampleId: row.id, place: slot.place, verdict: null },
      data: said,
    });
    if (count === 0) throw alreadyReviewed();
    return;
  }
  const place = row.reviews.some((one) => one.place === 1) ? 2 : 1;
  await tx.sampleReview.create({
    data: { sampleId: row.id, place, workspaceId: row.workspaceId, ...said },
  });
}

const worst: Verdict[] = ['wrong', 'unsure', 'correct'];

/** With all its reviews in, a sample has its verdict: of two that differ the worse. A wrong one opens a finding. */
async function settle(
  tx: Tx,
  row: SampleRow,
  given: Given[],
  event: (event: NewEvent) => void,
): Promise<void> {
  const [deciding] = given.toSorted(
    (a, b) => worst.indexOf(a.verdict as Verdict) - worst.indexOf(b.verdict as Verdict),
  );
  if (!deciding?.reviewedBy) throw new Error('a sample is settled without a review');
  const { note, reviewedAt, reviewedBy, verdict } = deciding;
  await tx.sample.update({
    where: { id: row.id },
    data: { verdict, note, reviewedBy, reviewedAt },
  });
  if (row.wanted > 1) {
    event({
      ...about(row),
      type: 'review.settled',
      data: {
        verdict,
        agreed: new Set(given.map((one) => one.verdict)).size === 1,
        reviews: given.map((one) => ({
          by: one.reviewedBy,
          verdict: one.verdict,
          reason: one.reason,
          note: one.note,
          nonce: one.nonce,
        })),
      },
    });
  }
  // The first of a pair may have been given while it was wanted alone, and found it wrong.
  if (verdict !== 'wrong' || row.finding) return;
  const id = newId('rfd');
  await tx.reviewFinding.create({
    data: {
      id,
      workspaceId: row.workspaceId,
      sampleId: row.id,
      openedBy: reviewedBy,
      openedAt: clock.now(),
    },
  });
  event({
    ...about(row),
    type: 'review_finding.opened',
    object: { type: 'review_finding', id },
    data: { sample: row.id, verdict, reason: deciding.reason, note, by: reviewedBy },
  });
}

/** Binds a blind reviewer to a verdict before anyone can read it: its nonce comes with `review.settled`. */
function commitmentOf(sample: string, said: Pick<Given, 'verdict' | 'reason' | 'note' | 'nonce'>) {
  const { verdict, reason, note, nonce } = said;
  return digest({ sample, verdict, reason, note, nonce });
}

function alreadyReviewed() {
  return conflict('already_reviewed', 'This action has its verdict already. Reload to see it.');
}
