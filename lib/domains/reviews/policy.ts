import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';

export function readReviews(actor: Actor): Verdict {
  return withAnyRole(actor, 'Only members see reviews.');
}

export function giveVerdicts(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.roles.includes('approver')) return allow;
  return deny('Only an approver reviews the sample.');
}

/** Whoever could gain from the choice must not make it: sponsors and approvers do not draw. */
export function drawSamples(actor: Actor): Verdict {
  if (
    actor.type === 'member' &&
    actor.roles.some((role) => role === 'auditor' || role === 'admin')
  ) {
    return allow;
  }
  return deny('Only an auditor or an admin draws an extra sample.');
}

/** What bears on who may review a sample. */
export interface SampleFacts {
  verdict: string | null;
  sponsorId: string | null;
  excluded: readonly string[];
  /** Who has reviewed it: of two reviews each is by another person. */
  reviewers: readonly string[];
}

export function mayReview(actor: Actor, sample: SampleFacts): Verdict {
  return all(
    giveVerdicts(actor),
    sample.verdict === null ? allow : deny('It has its verdict already.'),
    sample.sponsorId === actor.id
      ? deny('You answer for this agent. Someone else must review it.')
      : allow,
    sample.excluded.includes(actor.id)
      ? deny('You let this action run. Someone else must review it.')
      : allow,
    sample.reviewers.includes(actor.id)
      ? deny('You have reviewed it. The second review is someone else’s.')
      : allow,
  );
}

export function changeReviewSettings(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin changes how actions are sampled.');
}

/** What a follow-up changes beyond the finding is for the rooms that own it to permit. */
export function followUpFindings(actor: Actor): Verdict {
  if (
    actor.type === 'member' &&
    actor.roles.some((role) => role === 'approver' || role === 'admin')
  ) {
    return allow;
  }
  return deny('Only an approver or an admin follows up a finding.');
}

export function stillOpen(status: string): Verdict {
  return status === 'open' ? allow : deny('The finding is closed.');
}
