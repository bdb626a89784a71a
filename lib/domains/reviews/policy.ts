import type { Actor } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';

export function readReviews(actor: Actor): Verdict {
  return actor.type === 'member' ? allow : deny('Only members see reviews.');
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

export function mayReview(
  actor: Actor,
  sample: { verdict: string | null; sponsorId: string | null },
): Verdict {
  return all(
    giveVerdicts(actor),
    sample.verdict === null ? allow : deny('It has its verdict already.'),
    sample.sponsorId === actor.id
      ? deny('You answer for this agent. Someone else must review it.')
      : allow,
  );
}
